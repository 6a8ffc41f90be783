package dev.mekiki.benchmarks.gallery;

import dev.mekiki.cli.process.Installation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;

/**
 * How much is measured, and where.
 *
 * @param sizes registrations at which the gallery is measured, ascending
 * @param slices of the import up to the last size that are measured beside the raw SDK, after one for warming up
 * @param sliceRows rows of each
 * @param rounds of look-ups, after one for warming up
 * @param spell of look-ups by one path
 * @param settleLimit how long is waited for an index
 * @param folder for data and journals; what is there is gone on with
 */
record Plan(
        Installation installation,
        Population population,
        List<Long> sizes,
        int slices,
        int sliceRows,
        int rounds,
        Duration spell,
        Duration settleLimit,
        Path folder) {

    private static final int MOST_SLICE_ROWS = 50_000;
    private static final int SLICES = 6;
    private static final long GROWTH = 10;

    /** Below, a tenth of it would say little. */
    private static final long GROWTH_FROM = 500_000;

    static Plan of(
            Installation installation,
            Population population,
            long registrations,
            boolean quick,
            Duration settleLimit,
            Path folder) {
        int slices = quick ? 2 : SLICES;
        return new Plan(
                installation,
                population,
                LongStream.of(registrations / GROWTH, registrations)
                        .filter(size -> size == registrations || registrations >= GROWTH_FROM)
                        .boxed()
                        .toList(),
                slices,
                (int) Math.min(MOST_SLICE_ROWS, registrations / GROWTH),
                quick ? 1 : 3,
                Duration.ofSeconds(quick ? 1 : 4),
                settleLimit,
                folder);
    }
}
