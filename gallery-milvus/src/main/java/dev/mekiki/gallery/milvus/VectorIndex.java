package dev.mekiki.gallery.milvus;

/** How the vectors of a gallery are indexed. */
public sealed interface VectorIndex {

    /** {@link Hnsw} with the measured defaults; galleries that have another index are taken as they are. */
    record Automatic() implements VectorIndex {}

    /**
     * A graph. Searched best and fastest; everything is in memory.
     *
     * @param connections neighbours of a vector (M), 2..2048; more find better and need more memory
     * @param breadth candidates looked at when a vector enters the graph (efConstruction), 8..4096; more find better and
     *     make indexing slower
     */
    record Hnsw(int connections, int breadth) implements VectorIndex {
        public Hnsw {
            MilvusGallerySettings.requireWithin("connections", connections, 2, 2048);
            MilvusGallerySettings.requireWithin("breadth", breadth, 8, 4096);
        }
    }

    /**
     * Lists around centres. Indexed faster than a graph, needs little more memory than the vectors, and is searched more
     * slowly.
     *
     * @param lists number of centres, 1..65,536
     */
    record IvfFlat(int lists) implements VectorIndex {
        public IvfFlat {
            MilvusGallerySettings.requireWithin("lists", lists, 1, 65_536);
        }
    }

    /** None: every vector is compared. Misses nothing; for up to some ten thousands of registrations. */
    record Flat() implements VectorIndex {}
}
