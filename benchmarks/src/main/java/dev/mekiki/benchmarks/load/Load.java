package dev.mekiki.benchmarks.load;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * What callers saw in one or more spells of load.
 *
 * @param offered calls that were due, however they ended
 * @param answered calls that were answered
 * @param refused calls that were refused for want of room
 * @param expired calls whose deadline passed
 * @param elapsed from the first call until the last one ended
 * @param latencies of those answered, nanoseconds; not written to any more
 * @param refusals how long those refused waited for it, nanoseconds; not written to any more
 */
public record Load(
        long offered,
        long answered,
        long refused,
        long expired,
        Duration elapsed,
        Histogram latencies,
        Histogram refusals) {

    /** Answered per second. */
    public double rate() {
        return answered / (elapsed.toNanos() / 1e9);
    }

    /** Milliseconds. */
    public double percentile(double percent) {
        return latencies.getValueAtPercentile(percent) / 1e6;
    }

    /**
     * The latencies of a closed loop, corrected for coordinated omission: it asks nothing while it waits, so a pause of
     * the service is seen by one request of each lane, not by all that would have come meanwhile. Those are put in, as
     * often as a lane asks otherwise: once in the median of the latencies, which a pause does not change. Open loops
     * need no correction, for they count from when a request was due.
     *
     * @see <a href="https://hdrhistogram.github.io/HdrHistogram/JavaDoc/">HdrHistogram,
     *     copyCorrectedForCoordinatedOmission</a>
     */
    public Histogram corrected() {
        return latencies.copyCorrectedForCoordinatedOmission(latencies.getValueAtPercentile(50));
    }

    public Load plus(Load other) {
        return new Load(
                offered + other.offered,
                answered + other.answered,
                refused + other.refused,
                expired + other.expired,
                elapsed.plus(other.elapsed),
                sum(latencies, other.latencies),
                sum(refusals, other.refusals));
    }

    private static Histogram sum(Histogram one, Histogram other) {
        Histogram both = one.copy();
        both.add(other);
        return both;
    }
}
