package dev.mekiki.service.grpc;

import dev.mekiki.core.bulk.BulkImport;
import dev.mekiki.core.bulk.RowResult;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.v1.ImportAppend;
import dev.mekiki.v1.ImportOptions;
import dev.mekiki.v1.ImportRegistrationsRequest;
import dev.mekiki.v1.ImportRegistrationsResponse;
import dev.mekiki.v1.ImportRow;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One {@code ImportRegistrations} call.
 *
 * <p>Messages are answered in the order in which they came. Up to {@value #MOST_BATCHES} batches are under way at a
 * time, so that one is embedded while another is stored; appends that come meanwhile wait and become one batch, as far
 * as they fit into it. The next message is asked for only while what is held is little, so that an import that is faster
 * than the gallery waits at its own end.
 *
 * <p>Ends when the caller has finished, everything is answered, and look-ups see all of it; when a message cannot be taken or a batch fails, as
 * soon as everything before it is answered; or, once the service drains, when everything taken is answered. If the caller
 * goes away, what is under way is given up.
 */
final class ImportStream implements StreamObserver<ImportRegistrationsRequest> {

    /** Enough to keep a gallery busy that takes most of a second to make a row durable. */
    static final int MOST_BATCHES = 16;

    private static final RequestFields FIELDS = RequestFields.AS_THEY_ARE;
    static final RequestFields OPTIONS_FIELDS = FIELDS.with("gallery", "parent").within("options");

    /** As many as are worth waiting: those that become the next batch, and some to go on with. */
    private static final int MOST_MESSAGES = 64;

    private static final int MOST_ROWS = (MOST_BATCHES + 1) * BulkImport.MAX_ROWS;
    private static final Duration RETRY_ELSEWHERE = Duration.ofSeconds(1);

    /** Where rows go. */
    interface Destination {

        /** Imports rows; as {@link BulkImport#add}. */
        CompletableFuture<List<RowResult>> add(long offset, List<ImportRow> rows);

        /** Completes when look-ups see all rows that were imported until now; never fails. */
        CompletableFuture<Void> shown();

        /** Gives up what is under way. */
        void abandon();

        /** The answer to rows that were imported, except for the next offset. */
        ImportRegistrationsResponse.Builder answer(long offset, List<RowResult> results);
    }

    /** Hears of the stream's life. */
    interface Watcher {

        /**
         * The stream was opened.
         *
         * @param onDrain to be run when the service drains
         * @return to be run when the stream has ended
         */
        Runnable opened(Runnable onDrain);

        /** Whether another message may come beside those that are held, this stream's and others'. */
        boolean hasRoom();

        /** A message of that many bytes was answered, or dropped. */
        void answered(int messageBytes);
    }

    /** A message in its turn. */
    private sealed interface Turn {

        int bytes();

        /** The options; done when there is a destination. */
        record Opening(int bytes) implements Turn {}

        /** Rows that were appended before. */
        record Replay(int bytes) implements Turn {}

        /** The message that ends the stream. */
        record Refusal(int bytes, StatusRuntimeException why) implements Turn {}

        /** Rows on their way. */
        final class Append implements Turn {
            private final long offset;
            private final int bytes;
            private final int count;
            private @Nullable List<ImportRow> rows;
            private @Nullable List<RowResult> results;
            private @Nullable StatusRuntimeException failure;

            Append(ImportAppend append, int bytes) {
                this.offset = append.getOffset();
                this.rows = append.getRowsList();
                this.count = append.getRowsCount();
                this.bytes = bytes;
            }

            @Override
            public int bytes() {
                return bytes;
            }
        }
    }

    private final ServerCallStreamObserver<ImportRegistrationsResponse> caller;
    private final Function<ImportOptions, CompletableFuture<? extends Destination>> begin;
    private final Watcher watcher;

    // All of the following under this object's lock.
    private final Deque<Turn> turns = new ArrayDeque<>();
    private final Deque<Turn.Append> waiting = new ArrayDeque<>();
    private @Nullable Destination destination;
    private boolean opened;
    private int batches;
    private int rowsHeld;

    /** Of the first append, and of the one that comes next; -1 before there was one. */
    private long firstOffset = -1;

    private long nextOffset = -1;
    private long answeredOffset;
    private boolean asked;
    private boolean refusing;
    private boolean callerFinished;

    /** Once everything is answered; completes when it can be seen. */
    private @Nullable CompletableFuture<Void> shown;

    private boolean draining;
    private boolean settling;
    private boolean settleAgain;
    private boolean ended;

    /** Why nothing more is begun. */
    private @Nullable StatusRuntimeException broken;

    private @Nullable Runnable onEnd;

    private ImportStream(
            ServerCallStreamObserver<ImportRegistrationsResponse> caller,
            Function<ImportOptions, CompletableFuture<? extends Destination>> begin,
            Watcher watcher) {
        this.caller = caller;
        this.begin = begin;
        this.watcher = watcher;
    }

    /**
     * To be called while the call is being started.
     *
     * @param caller who imports
     * @param begin opens the destination, may throw what it fails with
     * @param watcher hears of it
     */
    static StreamObserver<ImportRegistrationsRequest> open(
            ServerCallStreamObserver<ImportRegistrationsResponse> caller,
            Function<ImportOptions, CompletableFuture<? extends Destination>> begin,
            Watcher watcher) {
        ImportStream stream = new ImportStream(caller, begin, watcher);
        caller.disableAutoRequest();
        caller.setOnReadyHandler(stream::settle);
        caller.setOnCancelHandler(stream::abandon);
        Runnable closed = watcher.opened(stream::drain);
        synchronized (stream) {
            if (stream.ended) {
                closed.run();
            } else {
                stream.onEnd = closed;
                stream.asked = true;
                caller.request(1);
            }
        }
        return stream;
    }

    @Override
    public void onNext(ImportRegistrationsRequest message) {
        int bytes = message.getSerializedSize();
        synchronized (this) {
            asked = false;
            if (ended || refusing || draining) {
                watcher.answered(bytes);
            } else {
                try {
                    take(message, bytes);
                } catch (Throwable e) {
                    refuse(bytes, FailureStatus.exception(e, opened ? FIELDS : OPTIONS_FIELDS));
                }
            }
        }
        settle();
    }

    private void take(ImportRegistrationsRequest message, int bytes) {
        if (!opened) {
            if (!message.hasOptions()) {
                refuse(
                        bytes,
                        FailureStatus.exception(
                                new InvalidInput("request", "no options", "options, as the first message"), FIELDS));
                return;
            }
            CompletableFuture<? extends Destination> opening = begin.apply(message.getOptions());
            opened = true;
            turns.add(new Turn.Opening(bytes));
            var _ = opening.whenComplete(this::begun);
            return;
        }
        if (!message.hasAppend()) {
            throw new InvalidInput("request", "no append", "an append, after the first message");
        }
        ImportAppend append = message.getAppend();
        int count = append.getRowsCount();
        if (count < 1 || count > BulkImport.MAX_ROWS) {
            throw new InvalidInput("append.rows", count + " rows", "1.." + BulkImport.MAX_ROWS);
        }
        long offset = append.getOffset();
        if (offset < 0 || offset > Long.MAX_VALUE - count) {
            throw new InvalidInput("append.offset", Long.toString(offset), "0 or more");
        }
        if (firstOffset < 0) {
            firstOffset = offset;
            nextOffset = offset;
            answeredOffset = offset;
        }
        if (offset == nextOffset) {
            Turn.Append turn = new Turn.Append(append, bytes);
            nextOffset += count;
            rowsHeld += count;
            turns.add(turn);
            waiting.add(turn);
        } else if (offset >= firstOffset && offset + count <= nextOffset) {
            turns.add(new Turn.Replay(bytes));
        } else {
            refuse(
                    bytes,
                    StatusProto.toStatusRuntimeException(
                            FailureStatus.outOfRange("append.offset: rows %d..%d (expected: the next row is %d)"
                                    .formatted(offset, offset + count - 1, nextOffset))));
        }
    }

    private void refuse(int bytes, StatusRuntimeException why) {
        refusing = true;
        turns.add(new Turn.Refusal(bytes, why));
    }

    private void begun(@Nullable Destination ready, @Nullable Throwable failure) {
        boolean late;
        synchronized (this) {
            late = ended;
            if (ready != null) {
                destination = ready;
            } else if (failure != null) {
                broken = FailureStatus.exception(failure, OPTIONS_FIELDS);
            }
        }
        if (late && ready != null) {
            ready.abandon();
        }
        settle();
    }

    @Override
    public void onCompleted() {
        synchronized (this) {
            callerFinished = true;
        }
        settle();
    }

    @Override
    public void onError(Throwable gone) {
        abandon();
    }

    /** Does whatever can be done now; by one thread at a time, and not within itself. */
    private synchronized void settle() {
        if (settling) {
            settleAgain = true;
            return;
        }
        settling = true;
        try {
            do {
                settleAgain = false;
                if (!ended) {
                    answer();
                }
                if (!ended) {
                    startBatches();
                }
                if (!ended) {
                    endOrAsk();
                }
            } while (settleAgain);
        } catch (Throwable e) {
            // Nobody else would hear of it.
            if (!ended) {
                end(FailureStatus.exception(e, FIELDS));
            }
        } finally {
            settling = false;
        }
    }

    /** Answers those whose turn it is, as far as they are done. */
    private void answer() {
        while (!ended) {
            Turn turn = turns.peek();
            switch (turn) {
                case null -> {
                    return;
                }
                case Turn.Opening _ -> {
                    if (broken != null) {
                        end(broken);
                        return;
                    }
                    if (destination == null) {
                        return;
                    }
                }
                case Turn.Replay _ ->
                    caller.onNext(ImportRegistrationsResponse.newBuilder()
                            .setNextOffset(answeredOffset)
                            .setReplay(FailureStatus.replay())
                            .build());
                case Turn.Refusal refusal -> {
                    end(refusal.why);
                    return;
                }
                case Turn.Append append -> {
                    if (append.failure != null) {
                        end(append.failure);
                        return;
                    }
                    if (append.results == null) {
                        return;
                    }
                    if (destination != null) {
                        answeredOffset = append.offset + append.count;
                        rowsHeld -= append.count;
                        caller.onNext(destination
                                .answer(append.offset, append.results)
                                .setNextOffset(answeredOffset)
                                .build());
                    }
                }
            }
            turns.remove();
            watcher.answered(turn.bytes());
        }
    }

    private void startBatches() {
        while (destination != null && broken == null && batches < MOST_BATCHES && !waiting.isEmpty()) {
            List<Turn.Append> together = new ArrayList<>();
            List<ImportRow> rows = List.of();
            int count = 0;
            while (!waiting.isEmpty() && count + waiting.getFirst().count <= BulkImport.MAX_ROWS) {
                Turn.Append next = waiting.removeFirst();
                if (next.rows != null) {
                    if (together.isEmpty()) {
                        rows = next.rows;
                    } else {
                        if (together.size() == 1) {
                            rows = new ArrayList<>(rows);
                        }
                        rows.addAll(next.rows);
                    }
                }
                next.rows = null;
                count += next.count;
                together.add(next);
            }
            batches++;
            var _ = destination
                    .add(together.getFirst().offset, rows)
                    .whenComplete((results, failure) -> imported(together, results, failure));
        }
    }

    private void imported(List<Turn.Append> together, @Nullable List<RowResult> results, @Nullable Throwable failure) {
        synchronized (this) {
            batches--;
            if (results != null) {
                int from = 0;
                for (Turn.Append append : together) {
                    append.results = results.subList(from, from + append.count);
                    from += append.count;
                }
            } else if (failure != null && !ended) {
                // Those before it may be done yet, and are to be acknowledged.
                broken = FailureStatus.exception(failure, FIELDS);
                together.getFirst().failure = broken;
            }
        }
        settle();
    }

    private void endOrAsk() {
        if (turns.isEmpty() && callerFinished && isShown()) {
            finish();
            caller.onCompleted();
        } else if (turns.isEmpty() && draining && !callerFinished) {
            end(FailureStatus.exception(
                    new Unavailable("the service is stopping; what has no answer was not taken", RETRY_ELSEWHERE),
                    FIELDS));
        } else if (!asked
                && !refusing
                && !draining
                && !callerFinished
                && broken == null
                && turns.size() < MOST_MESSAGES
                && rowsHeld + BulkImport.MAX_ROWS <= MOST_ROWS
                && caller.isReady()
                && (turns.isEmpty() || watcher.hasRoom())) {
            asked = true;
            caller.request(1);
        }
    }

    /** If not, {@link #settle} is called once it is. */
    private boolean isShown() {
        if (destination == null) {
            return true;
        }
        if (shown == null) {
            shown = destination.shown();
            var _ = shown.thenRun(this::settle);
        }
        return shown.isDone();
    }

    private void drain() {
        synchronized (this) {
            draining = true;
        }
        settle();
    }

    private synchronized void abandon() {
        if (!ended) {
            finish();
        }
    }

    private void end(StatusRuntimeException why) {
        finish();
        caller.onError(why);
    }

    private void finish() {
        ended = true;
        turns.forEach(turn -> watcher.answered(turn.bytes()));
        turns.clear();
        waiting.clear();
        if (destination != null) {
            destination.abandon();
        }
        if (onEnd != null) {
            onEnd.run();
        }
    }
}
