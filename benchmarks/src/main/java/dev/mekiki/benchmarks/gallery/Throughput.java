package dev.mekiki.benchmarks.gallery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.HdrHistogram.Histogram;

/**
 * What callers that wait for each answer before they ask again got done.
 *
 * @param calls answered
 * @param elapsed from the first question to the last answer
 * @param latencies nanoseconds; not written to any more
 */
record Throughput(long calls, Duration elapsed, Histogram latencies) {

    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(5);

    /**
     * Calls for about the given time.
     *
     * @param callers threads, each with one call under way
     * @param call is given the number of the call, counted up over all callers
     * @throws IllegalStateException if a call fails; a benchmark with failures measures something else
     */
    static Throughput run(int callers, Duration time, LongConsumer call) {
        AtomicLong next = new AtomicLong();
        long start = System.nanoTime();
        long end = start + time.toNanos();
        try (ExecutorService threads = Executors.newFixedThreadPool(callers)) {
            List<Future<Histogram>> spells = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                spells.add(threads.submit(() -> {
                    Histogram latencies = new Histogram(LONGEST_NANOS, 3);
                    do {
                        long asked = System.nanoTime();
                        call.accept(next.getAndIncrement());
                        latencies.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - asked));
                    } while (System.nanoTime() - end < 0);
                    return latencies;
                }));
            }
            Histogram all = new Histogram(LONGEST_NANOS, 3);
            for (Future<Histogram> spell : spells) {
                all.add(spell.get());
            }
            return new Throughput(all.getTotalCount(), Duration.ofNanos(System.nanoTime() - start), all);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a call failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    double perSecond() {
        return calls / (elapsed.toNanos() / 1e9);
    }

    /** Milliseconds. */
    double percentile(double percent) {
        return latencies.getValueAtPercentile(percent) / 1e6;
    }

    Throughput plus(Throughput other) {
        Histogram both = latencies.copy();
        both.add(other.latencies);
        return new Throughput(calls + other.calls, elapsed.plus(other.elapsed), both);
    }
}
