package dev.mekiki.benchmarks;

import org.HdrHistogram.Histogram;

/** Of latencies, in milliseconds. */
record Percentiles(double p50, double p99, double p999) {

    static Percentiles of(Histogram nanos) {
        return new Percentiles(
                nanos.getValueAtPercentile(50) / 1e6,
                nanos.getValueAtPercentile(99) / 1e6,
                nanos.getValueAtPercentile(99.9) / 1e6);
    }
}
