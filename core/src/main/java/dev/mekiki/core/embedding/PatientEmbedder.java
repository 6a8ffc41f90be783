package dev.mekiki.core.embedding;

import dev.mekiki.core.completion.Callbacks;
import dev.mekiki.core.failure.Overloaded;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.time.Deadline;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * An embedder for work in the background: it gives another embedder no more than a few images at a time and, when that
 * one is full, waits until it is worth trying again instead of failing. So interactive requests find places free, and
 * the background goes as fast as they let it; what it has handed over takes the part of a {@link Tenant#inBackground
 * tenant in the background}, so that it is neither pushed out nor pushes anybody out.
 *
 * <p>Images wait here without bound and without a thread: whoever hands them over bounds how many there are. First come,
 * first served. Thread-safe.
 */
public final class PatientEmbedder implements Embedder {

    /** So that an embedder that says "at once" is not asked in a circle. */
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(10);

    /** Runs things later. */
    public interface Alarm {

        /** Runs {@code then} after {@code pause}, on any thread. */
        void in(Duration pause, Runnable then);
    }

    private record Waiting(EncodedImage image, Tenant tenant, Deadline deadline, Answer answer) {}

    /** What the caller holds; cancelling it reaches the image wherever it is. */
    private static final class Answer extends CompletableFuture<EmbeddedImage> {

        private volatile @Nullable CompletableFuture<EmbeddedImage> underWay;

        @Override
        public boolean cancel(boolean interrupt) {
            boolean cancelled = super.cancel(interrupt);
            takeBackIfCancelled();
            return cancelled;
        }

        void isUnderWay(CompletableFuture<EmbeddedImage> embedded) {
            underWay = embedded;
            takeBackIfCancelled();
        }

        private void takeBackIfCancelled() {
            CompletableFuture<EmbeddedImage> embedded = underWay;
            if (embedded != null && isCancelled()) {
                embedded.cancel(false);
            }
        }
    }

    private final Embedder embedder;
    private final int most;
    private final Alarm alarm;

    // All of the following under this object's lock.
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private int underWay;
    private boolean pausing;
    private boolean handing;

    /**
     * @param embedder does the work
     * @param most images that it is given at a time, at least 1
     * @param alarm wakes this one after a pause
     */
    public PatientEmbedder(Embedder embedder, int most, Alarm alarm) {
        if (most < 1) {
            throw new IllegalArgumentException("most: " + most + " (expected: at least 1)");
        }
        this.embedder = embedder;
        this.most = most;
        this.alarm = alarm;
    }

    @Override
    public EmbeddingSpace space() {
        return embedder.space();
    }

    /** As the other embedder's, but never fails with {@link Overloaded}. */
    @Override
    public CompletableFuture<EmbeddedImage> embed(EncodedImage image, Tenant tenant, Deadline deadline) {
        Answer answer = new Answer();
        synchronized (this) {
            waiting.add(new Waiting(image, tenant.inBackground(), deadline, answer));
        }
        handOver();
        return answer;
    }

    /** Hands over what there is room for; by one thread at a time, so that answers at once do not nest. */
    private void handOver() {
        synchronized (this) {
            if (handing) {
                // Whoever does it looks again before it stops.
                return;
            }
            handing = true;
        }
        for (; ; ) {
            Waiting next;
            synchronized (this) {
                next = pausing || underWay >= most ? null : nextWaiting();
                if (next != null) {
                    underWay++;
                } else {
                    handing = false;
                    return;
                }
            }
            CompletableFuture<EmbeddedImage> embedded;
            try {
                embedded = embedder.embed(next.image, next.tenant, next.deadline);
            } catch (Throwable e) {
                // Thrown on, it would end this loop, which is the only one.
                embedded = CompletableFuture.failedFuture(e);
            }
            next.answer.isUnderWay(embedded);
            var _ = embedded.whenComplete(
                    Callbacks.orFail(next.answer, (image, failure) -> ended(next, image, failure)));
        }
    }

    private @Nullable Waiting nextWaiting() {
        Waiting next = waiting.poll();
        while (next != null && next.answer.isDone()) {
            next = waiting.poll();
        }
        return next;
    }

    private void ended(Waiting image, @Nullable EmbeddedImage embedded, @Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        try {
            synchronized (this) {
                underWay--;
                if (cause instanceof Overloaded full) {
                    waiting.addFirst(image);
                    if (!pausing) {
                        pausing = true;
                        alarm.in(longer(full.retryAfter(), SHORTEST_PAUSE), this::goOn);
                    }
                }
            }
            if (embedded != null) {
                image.answer.complete(embedded);
            } else if (cause != null && !(cause instanceof Overloaded)) {
                image.answer.completeExceptionally(cause);
            }
        } finally {
            handOver();
        }
    }

    private void goOn() {
        synchronized (this) {
            pausing = false;
        }
        handOver();
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }
}
