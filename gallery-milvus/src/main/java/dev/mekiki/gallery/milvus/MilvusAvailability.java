package dev.mekiki.gallery.milvus;

/** Is told when Milvus goes away, and when it is back. Called on one thread at a time; must not block. */
@FunctionalInterface
public interface MilvusAvailability {

    /** @param available false: calls fail at once from now on; true: they work again */
    void changed(boolean available);
}
