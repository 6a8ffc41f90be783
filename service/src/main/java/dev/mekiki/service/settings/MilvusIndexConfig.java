package dev.mekiki.service.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** How the vectors of galleries in Milvus are indexed. */
@ConfigMapping(prefix = "mekiki.gallery.milvus.index")
public interface MilvusIndexConfig {

    /** The kinds of index. */
    enum Type {
        AUTOMATIC,
        HNSW,
        IVF_FLAT,
        FLAT
    }

    /**
     * {@code automatic}: a graph with the measured defaults, and galleries that have another index are taken as they
     * are. {@code hnsw}: a graph, found best and fastest, all of it in memory. {@code ivf-flat}: lists around centres,
     * built faster, needs less memory, looked up more slowly. {@code flat}: none, every vector is compared.
     */
    @WithDefault("automatic")
    Type type();

    /** Of {@code hnsw}: neighbours of a vector (M), 2..2048. */
    @WithDefault("16")
    int connections();

    /** Of {@code hnsw}: candidates looked at when a vector enters the graph (efConstruction), 8..4096. */
    @WithDefault("200")
    int breadth();

    /** Of {@code ivf-flat}: number of centres (nlist), 1..65536. */
    @WithDefault("1024")
    int lists();
}
