package dev.mekiki.benchmarks;

import java.time.Duration;
import org.HdrHistogram.Histogram;

/**
 * What one or more spells of load measured.
 *
 * @param images answered within the measured time
 * @param elapsed measured time
 * @param serverCpu CPU time of the process that did the work, in that time
 * @param latencies of those images, nanoseconds; not written to any more
 */
record Load(long images, Duration elapsed, Duration serverCpu, Histogram latencies) {

    double imagesPerSecond() {
        return images / (elapsed.toNanos() / 1e9);
    }

    /** Milliseconds. */
    double cpuPerImage() {
        return serverCpu.toNanos() / 1e6 / Math.max(1, images);
    }

    /** Milliseconds. */
    double percentile(double percent) {
        return latencies.getValueAtPercentile(percent) / 1e6;
    }

    Load plus(Load other) {
        Histogram both = latencies.copy();
        both.add(other.latencies);
        return new Load(images + other.images, elapsed.plus(other.elapsed), serverCpu.plus(other.serverCpu), both);
    }
}
