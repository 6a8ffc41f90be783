package dev.mekiki.benchmarks.load;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;

/** Counts how calls end. Thread-safe. */
final class Tally {

    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final LongAdder offered = new LongAdder();
    private final LongAdder answered = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder expired = new LongAdder();
    private final ConcurrentHistogram latencies = new ConcurrentHistogram(LONGEST_NANOS, 3);
    private final ConcurrentHistogram refusals = new ConcurrentHistogram(LONGEST_NANOS, 3);

    void offered() {
        offered.increment();
    }

    /** @param nanos from when the call was due */
    void ended(Outcome outcome, long nanos) {
        switch (outcome) {
            case Outcome.Answered _ -> {
                answered.increment();
                latencies.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
            }
            case Outcome.Refused _ -> {
                refused.increment();
                refusals.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
            }
            case Outcome.Expired _ -> expired.increment();
            case Outcome.Failed _ -> {
                // Whoever counts stops at the first one.
            }
        }
    }

    Load load(Duration elapsed) {
        return new Load(
                offered.sum(),
                answered.sum(),
                refused.sum(),
                expired.sum(),
                elapsed,
                latencies.copy(),
                refusals.copy());
    }
}
