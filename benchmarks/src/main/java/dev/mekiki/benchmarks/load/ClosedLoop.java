package dev.mekiki.benchmarks.load;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps a fixed number of calls in flight: each answer sends the next request. No thread waits for anything, so that the
 * load costs little beside the server on the same machine. A lane that is refused asks again when it was told to.
 */
public final class ClosedLoop {

    private final Caller caller;
    private final Timekeeper time;

    public ClosedLoop(Caller caller, Timekeeper time) {
        this.caller = caller;
        this.time = time;
    }

    /**
     * Asks for the given time; returns when the last call has ended. Calls in flight at the end count, as their cost to
     * the server cannot be taken off.
     *
     * @param lanes calls kept in flight, at least 1
     * @throws IllegalStateException if a call fails; a benchmark with failures measures something else
     */
    public Load run(int lanes, Duration duration) {
        return start(lanes, duration).await();
    }

    /** As {@link #run}, but returns at once. */
    Running start(int lanes, Duration duration) {
        Running running = new Running(duration, lanes);
        for (int i = 0; i < lanes; i++) {
            running.ask();
        }
        return running;
    }

    /** Calls that are being made. */
    final class Running {

        private final long startNanos = time.nanoTime();
        private final long endNanos;
        private final AtomicInteger lanes;
        private final Tally tally = new Tally();
        private final CompletableFuture<Duration> elapsed = new CompletableFuture<>();

        private Running(Duration duration, int lanes) {
            this.endNanos = startNanos + duration.toNanos();
            this.lanes = new AtomicInteger(lanes);
        }

        /** Waits until the last call has ended. */
        Load await() {
            try {
                return tally.load(elapsed.join());
            } catch (CompletionException e) {
                throw new IllegalStateException(
                        e.getCause() == null ? e.toString() : e.getCause().getMessage(), e);
            }
        }

        private void ask() {
            long asked = time.nanoTime();
            tally.offered();
            caller.ask(outcome -> {
                tally.ended(outcome, time.nanoTime() - asked);
                switch (outcome) {
                    case Outcome.Failed failed ->
                        elapsed.completeExceptionally(new IllegalStateException(failed.reason()));
                    case Outcome.Refused refused ->
                        time.later(refused.retryAfter().toNanos(), this::goOn);
                    case Outcome.Answered _, Outcome.Expired _ -> goOn();
                }
            });
        }

        private void goOn() {
            if (time.nanoTime() - endNanos < 0) {
                ask();
            } else if (lanes.decrementAndGet() == 0) {
                elapsed.complete(Duration.ofNanos(time.nanoTime() - startNanos));
            }
        }
    }
}
