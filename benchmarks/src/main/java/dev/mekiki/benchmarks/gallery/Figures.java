package dev.mekiki.benchmarks.gallery;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of one kind of gallery at one size.
 *
 * @param backend {@code milvus} or {@code embedded}
 * @param server in words
 * @param registrations in the gallery
 * @param imported how the last of them got in
 * @param besideRaw the import beside the raw SDK; null where that was not measured
 * @param settling until everything was indexed
 * @param recall against the exact search
 * @param searches in the order of the table
 * @param memory at the end
 * @param diskBytes of all its files; -1 if they are elsewhere
 */
record Figures(
        String backend,
        String server,
        long registrations,
        Import imported,
        @Nullable BesideRaw besideRaw,
        Settling settling,
        Recall recall,
        List<Search> searches,
        List<ProcessMemory> memory,
        long diskBytes) {

    Figures {
        searches = List.copyOf(searches);
        memory = List.copyOf(memory);
    }

    /**
     * Rows through the service, over one stream; those of {@link BesideRaw} are not among them.
     *
     * @param rows since the size before
     */
    record Import(long rows, double seconds) {

        double rowsPerSecond() {
            return rows / seconds;
        }
    }

    /**
     * Slices of rows through the service in turn with the same rows by the raw SDK, into a collection of the same schema
     * on the same server.
     *
     * @param slices measured of each
     * @param rows in each slice
     * @param servicePerSecond rows
     * @param rawPerSecond rows
     * @param least ratio of the two in one slice
     * @param most ratio of the two in one slice
     * @param setting of the raw SDK, the best of those tried
     */
    record BesideRaw(
            int slices,
            int rows,
            double servicePerSecond,
            double rawPerSecond,
            double least,
            double most,
            String setting) {

        double ratio() {
            return servicePerSecond / rawPerSecond;
        }
    }

    /**
     * @param seconds from the last row's acknowledgement
     * @param pendingRows not indexed when that was given up; 0 if all were
     */
    record Settling(double seconds, long pendingRows) {}

    /**
     * @param queries other pictures of things that are registered
     * @param atOne share of them whose nearest registration was found
     * @param atTen share of their ten nearest registrations that were found
     * @param strangers pictures of things that are not registered
     * @param strangersAtOne share of those whose nearest registration was found
     */
    record Recall(int queries, double atOne, double atTen, int strangers, double strangersAtOne) {}

    /**
     * @param path by which the gallery was asked
     * @param inFlight calls
     * @param perSecond median of the rounds
     * @param ofRaw median of the rounds' ratios to the raw SDK; null where that was not measured
     * @param p50Millis of all rounds
     * @param p99Millis of all rounds
     */
    record Search(
            String path,
            int inFlight,
            long calls,
            double perSecond,
            @Nullable Double ofRaw,
            double p50Millis,
            double p99Millis) {}
}
