package dev.mekiki.gallery.embedded;

import java.nio.file.Path;

/**
 * How an {@link EmbeddedGallery} is kept.
 *
 * @param directory where everything is; created if it is not there
 * @param graphConnections neighbours of a vector in the HNSW graph (M), 2..512; more find better and need more memory
 * @param graphBeam candidates looked at when a vector enters the graph (efConstruction), 10..3200; more find better and
 *     make adding slower
 * @param graphFrom vectors of the smallest part of the index that has a graph, 0..1,000,000; smaller parts are compared
 *     one by one, which costs a look-up little and spares building graphs that the next merge makes anew
 * @param exhaustiveUpTo where at most so many registrations are candidates, all of them are compared, so that nothing
 *     is missed, 0..1,000,000
 * @param overFetch nearest registrations that a search of the graph brings, however few were asked for, 1..10,000; more
 *     find better and make looking up slower
 */
public record EmbeddedGallerySettings(
        Path directory, int graphConnections, int graphBeam, int graphFrom, int exhaustiveUpTo, int overFetch) {

    /** @throws IllegalArgumentException if a number is out of its range */
    public EmbeddedGallerySettings {
        requireWithin("graphConnections", graphConnections, 2, 512);
        requireWithin("graphBeam", graphBeam, 10, 3200);
        requireWithin("graphFrom", graphFrom, 0, 1_000_000);
        requireWithin("exhaustiveUpTo", exhaustiveUpTo, 0, 1_000_000);
        requireWithin("overFetch", overFetch, 1, 10_000);
    }

    /** The measured defaults. */
    public static EmbeddedGallerySettings in(Path directory) {
        return new EmbeddedGallerySettings(directory, 16, 100, 5_000, 10_000, 128);
    }

    public EmbeddedGallerySettings withGraph(int connections, int beam) {
        return new EmbeddedGallerySettings(directory, connections, beam, graphFrom, exhaustiveUpTo, overFetch);
    }

    public EmbeddedGallerySettings withGraphFrom(int vectors) {
        return new EmbeddedGallerySettings(directory, graphConnections, graphBeam, vectors, exhaustiveUpTo, overFetch);
    }

    public EmbeddedGallerySettings withSearch(int exhaustiveUpTo, int overFetch) {
        return new EmbeddedGallerySettings(
                directory, graphConnections, graphBeam, graphFrom, exhaustiveUpTo, overFetch);
    }

    private static void requireWithin(String name, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + ".." + most + ")");
        }
    }
}
