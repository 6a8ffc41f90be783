package dev.mekiki.client.bulk;

import dev.mekiki.client.Connection;
import dev.mekiki.client.Refusal;
import dev.mekiki.v1.ImportRegistrationsRequest;
import dev.mekiki.v1.ImportRegistrationsResponse;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One stream of an import, from its first message until it is done or broken. Everything happens on the thread that
 * calls {@link #run}, except that gRPC hands over what it heard.
 */
final class ImportStream implements AutoCloseable {

    /**
     * What was sent, or about to be, when the stream broke.
     *
     * @param rows how many were sent and not answered
     * @param bytes of all of them
     * @param firstRow position of the first of them; -1 if there is none
     * @param end position in the source after the last of them
     */
    record Unanswered(int rows, long bytes, long firstRow, long end) {}

    private final StreamingImport.Run run;
    private final RowCursor cursor;
    private final Inbox inbox = new Inbox();
    private final ClientCallStreamObserver<ImportRegistrationsRequest> requests;

    private final Deque<Append> inFlight = new ArrayDeque<>();
    private long bytesInFlight;
    private int sentInFlight;

    /** Position in the source of the row that the cursor gives next. */
    private long nextRow;

    /** What the service will be told as the position of the next row. */
    private long nextSent;

    /** From which position on, as the service is told it, how many rows of the source were left out before. */
    private final NavigableMap<Long, Long> leftOut = new TreeMap<>();

    /** Read, but too large for the append before it. */
    private @Nullable SourceRow leftOver;

    private boolean exhausted;
    private boolean over;

    /** @param offset where the cursor stands */
    ImportStream(StreamingImport.Run run, Connection connection, RowCursor cursor, long offset) {
        this.run = run;
        this.cursor = cursor;
        this.nextRow = offset;
        this.nextSent = offset;
        connection.registrationStreams().importRegistrations(inbox);
        this.requests = inbox.requests();
        requests.onNext(ImportRegistrationsRequest.newBuilder()
                .setOptions(run.options())
                .build());
    }

    /**
     * Sends what the cursor gives and waits for all answers.
     *
     * @return why the stream broke; null if all rows are answered
     */
    @Nullable
    Refusal run() throws IOException, InterruptedException {
        Append next = null;
        try {
            while (true) {
                Heard heard = inbox.take();
                for (ImportRegistrationsResponse answer : heard.answers()) {
                    acknowledge(answer);
                }
                settleUnsent();
                if (heard.end() != null) {
                    over = true;
                    return conclusion(heard.end());
                }
                if (next == null && !exhausted) {
                    next = read();
                    if (next == null) {
                        exhausted = true;
                        requests.onCompleted();
                    }
                }
                if (next != null && next.rowsSent() == 0) {
                    inFlight.add(next);
                    next = null;
                } else if (next != null && hasRoomFor(next) && requests.isReady()) {
                    send(next);
                    next = null;
                } else if (!inbox.await(
                        next != null && hasRoomFor(next), run.settings().answerLimit())) {
                    return new Refusal(
                            Status.Code.UNAVAILABLE,
                            "nothing heard for " + run.settings().answerLimit().toSeconds() + " s");
                }
            }
        } catch (Append.ProtocolViolation e) {
            return new Refusal(Status.Code.DATA_LOSS, String.valueOf(e.getMessage()));
        }
    }

    Unanswered unanswered() {
        long first = -1;
        long end = nextRow;
        for (Append append : inFlight) {
            if (first < 0 && append.rowsSent() > 0) {
                first = append.firstRow();
            }
            end = append.end();
        }
        return new Unanswered(inFlight.stream().mapToInt(Append::rowsSent).sum(), bytesInFlight, first, end);
    }

    @Override
    public void close() {
        if (!over) {
            requests.cancel("the import ends this stream", null);
        }
    }

    private boolean hasRoomFor(Append append) {
        if (sentInFlight == 0) {
            return true;
        }
        return !run.isSingle(append.firstRow())
                && sentInFlight < run.settings().appendsInFlight()
                && bytesInFlight + append.bytes() <= run.settings().bytesInFlight();
    }

    private void send(Append append) {
        inFlight.add(append);
        sentInFlight++;
        bytesInFlight += append.bytes();
        requests.onNext(ImportRegistrationsRequest.newBuilder()
                .setAppend(append.message())
                .build());
    }

    /** The next append; null if there are no more rows. */
    private @Nullable Append read() throws IOException {
        int rows = run.isSingle(nextRow) ? 1 : run.settings().rowsPerAppend();
        Append append = new Append(nextRow, nextSent);
        while (append.length() < rows) {
            SourceRow row = leftOver != null ? leftOver : nextOf(cursor);
            leftOver = null;
            if (row == null) {
                break;
            }
            if (append.rowsSent() > 0
                    && row instanceof SourceRow.Usable usable
                    && append.bytes() + usable.row().getSerializedSize() > run.bytesPerAppend()) {
                leftOver = row;
                break;
            }
            append.add(row);
            nextRow++;
            if (row instanceof SourceRow.Unusable) {
                leftOut.put(append.endSent(), nextRow - append.endSent());
            }
        }
        nextSent = append.endSent();
        return append.length() == 0 ? null : append;
    }

    private @Nullable SourceRow nextOf(RowCursor rows) throws IOException {
        SourceRow row = rows.next();
        String refused = row == null ? null : run.refused(nextRow);
        return row == null || refused == null ? row : new SourceRow.Unusable(row.origin(), refused);
    }

    private void acknowledge(ImportRegistrationsResponse answer) throws IOException {
        settleUnsent();
        Append append = inFlight.peek();
        if (append == null || answer.getNextOffset() != append.endSent()) {
            throw new Append.ProtocolViolation("next_offset: " + answer.getNextOffset() + " (expected: "
                    + (append == null ? "no answer, nothing is under way" : append.endSent()) + ")");
        }
        inFlight.remove();
        sentInFlight--;
        bytesInFlight -= append.bytes();
        run.advance(
                append.end(),
                answer.getRegisteredCount(),
                answer.getPresentCount(),
                append.findings(answer.getFindingsList(), this::inSource));
    }

    private long inSource(long sent) {
        Map.Entry<Long, Long> entry = leftOut.floorEntry(sent);
        return entry == null ? sent : sent + entry.getValue();
    }

    /** Appends of which no row could be sent are done when those before them are. */
    private void settleUnsent() throws IOException {
        for (Append append = inFlight.peek(); append != null && append.rowsSent() == 0; append = inFlight.peek()) {
            inFlight.remove();
            run.advance(append.end(), 0, 0, append.findings(List.of(), this::inSource));
        }
    }

    private @Nullable Refusal conclusion(Status end) {
        if (!end.isOk()) {
            return Refusal.of(end.asRuntimeException(inbox.trailers()));
        }
        return exhausted && inFlight.isEmpty()
                ? null
                : new Refusal(Status.Code.UNAVAILABLE, "the service ended the stream early");
    }

    /**
     * What arrived since the last look.
     *
     * @param end how the stream ended; null while it goes on
     */
    private record Heard(
            List<ImportRegistrationsResponse> answers,
            @Nullable Status end) {}

    /** Where gRPC's threads leave what they hear. */
    private static final class Inbox
            implements ClientResponseObserver<ImportRegistrationsRequest, ImportRegistrationsResponse> {

        private final ReentrantLock lock = new ReentrantLock();
        private final Condition news = lock.newCondition();

        // All of the following under the lock.
        private final Deque<ImportRegistrationsResponse> answers = new ArrayDeque<>();
        private @Nullable Status end;
        private @Nullable Metadata trailers;
        private @Nullable ClientCallStreamObserver<ImportRegistrationsRequest> requests;

        @Override
        public void beforeStart(ClientCallStreamObserver<ImportRegistrationsRequest> stream) {
            requests = stream;
            stream.setOnReadyHandler(this::signal);
        }

        @Override
        public void onNext(ImportRegistrationsResponse answer) {
            lock.lock();
            try {
                answers.add(answer);
                news.signal();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void onError(Throwable failure) {
            StatusRuntimeException status = failure instanceof StatusRuntimeException known
                    ? known
                    : Status.fromThrowable(failure).asRuntimeException();
            finish(status.getStatus(), status.getTrailers());
        }

        @Override
        public void onCompleted() {
            finish(Status.OK, null);
        }

        private void finish(Status status, @Nullable Metadata with) {
            lock.lock();
            try {
                end = status;
                trailers = with;
                news.signal();
            } finally {
                lock.unlock();
            }
        }

        private void signal() {
            lock.lock();
            try {
                news.signal();
            } finally {
                lock.unlock();
            }
        }

        ClientCallStreamObserver<ImportRegistrationsRequest> requests() {
            if (requests == null) {
                throw new IllegalStateException("the stream has not been opened");
            }
            return requests;
        }

        @Nullable
        Metadata trailers() {
            lock.lock();
            try {
                return trailers;
            } finally {
                lock.unlock();
            }
        }

        Heard take() {
            lock.lock();
            try {
                List<ImportRegistrationsResponse> all = List.copyOf(answers);
                answers.clear();
                return new Heard(all, end);
            } finally {
                lock.unlock();
            }
        }

        /**
         * Waits until there is something to take or, if that is wanted, until more can be sent.
         *
         * @return false if neither happened within the limit
         */
        boolean await(boolean untilReady, Duration limit) throws InterruptedException {
            lock.lock();
            try {
                long left = limit.toNanos();
                while (answers.isEmpty()
                        && end == null
                        && !(untilReady && requests().isReady())) {
                    if (left <= 0) {
                        return false;
                    }
                    left = news.awaitNanos(left);
                }
                return true;
            } finally {
                lock.unlock();
            }
        }
    }
}
