package dev.mekiki.benchmarks.load;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Sends each request when it is due, with a clock that ticks every millisecond, whatever became of the ones before, as independent callers do. Latency counts from
 * when a request was due, so a pause of the service or of this generator is in the latency of every request that it
 * held up: there is no coordinated omission.
 */
public final class OpenLoop {

    private static final long LONGEST_LAG_NANOS = Duration.ofMinutes(10).toNanos();

    /** Bytes of requests that this process may have under way, those still in its own buffers included. */
    private static final long MOST_OUTSTANDING_BYTES = 1L << 30;

    private static final int MOST_OUTSTANDING = 10_000;

    /**
     * Waking up for each request would cost as much as sending it, and would interrupt the service, which is on the same
     * processors, as often.
     */
    private static final long TICK_NANOS = 1_000_000;

    private final Caller caller;
    private final Timekeeper time;
    private final int mostOutstanding;

    /**
     * What came of a spell.
     *
     * @param load what callers saw
     * @param unsent requests that were due while {@code mostOutstanding} were under way; if there are any, less was
     *     offered than was asked for
     * @param lag nanoseconds from when a request was due to when it was sent
     */
    public record Spell(Load load, long unsent, Histogram lag) {}

    /** @param mostOutstanding calls under way at once, at least 1; bounds the memory of this process */
    public OpenLoop(Caller caller, Timekeeper time, int mostOutstanding) {
        if (mostOutstanding < 1) {
            throw new IllegalArgumentException("mostOutstanding: " + mostOutstanding + " (expected: at least 1)");
        }
        this.caller = caller;
        this.time = time;
        this.mostOutstanding = mostOutstanding;
    }

    /** How many requests of such a size may be under way for the memory of this process. */
    public static int mostOutstanding(long requestBytes) {
        return Math.clamp(MOST_OUTSTANDING_BYTES / Math.max(1, requestBytes), 1, MOST_OUTSTANDING);
    }

    /**
     * Sends for the given time on the calling thread; returns when the last call has ended.
     *
     * @param rate requests due per second on average
     * @param seed of their arrivals
     * @throws IllegalStateException if a call fails; a benchmark with failures measures something else
     */
    public Spell run(double rate, Duration duration, long seed) {
        return offer(rate, duration, seed).await();
    }

    /** As {@link #run}, but returns when the last request was sent; calls may still be under way. */
    public Offered offer(double rate, Duration duration, long seed) {
        Arrivals arrivals = new Arrivals(rate, seed);
        Offered offered = new Offered();
        long start = time.nanoTime();
        for (long after = arrivals.next();
                after < duration.toNanos() && offered.failure.get() == null;
                after = arrivals.next()) {
            long due = start + after;
            time.awaitUntil(start + Math.ceilDiv(after, TICK_NANOS) * TICK_NANOS);
            offered.send(due);
        }
        time.awaitUntil(start + duration.toNanos());
        offered.elapsed = Duration.ofNanos(time.nanoTime() - start);
        return offered;
    }

    /** Requests that were sent. Not thread-safe. */
    public final class Offered {

        private final Tally tally = new Tally();
        private final Histogram lag = new Histogram(LONGEST_LAG_NANOS, 3);
        private final Semaphore room = new Semaphore(mostOutstanding);
        private final AtomicReference<Outcome.@Nullable Failed> failure = new AtomicReference<>();
        private long unsent;
        private Duration elapsed = Duration.ZERO;

        private Offered() {}

        private void send(long due) {
            tally.offered();
            if (!room.tryAcquire()) {
                unsent++;
                return;
            }
            lag.recordValue(Math.clamp(time.nanoTime() - due, 0, LONGEST_LAG_NANOS));
            caller.ask(outcome -> {
                tally.ended(outcome, time.nanoTime() - due);
                if (outcome instanceof Outcome.Failed failed) {
                    failure.compareAndSet(null, failed);
                }
                room.release();
            });
        }

        /**
         * Waits until the last call has ended.
         *
         * @throws IllegalStateException if a call failed
         */
        public Spell await() {
            room.acquireUninterruptibly(mostOutstanding);
            room.release(mostOutstanding);
            Outcome.Failed failed = failure.get();
            if (failed != null) {
                throw new IllegalStateException(failed.reason());
            }
            // Without the wait for the last answers: nothing is offered meanwhile.
            return new Spell(tally.load(elapsed), unsent, lag);
        }
    }
}
