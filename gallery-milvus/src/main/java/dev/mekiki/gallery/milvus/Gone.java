package dev.mekiki.gallery.milvus;

/** A collection was dropped under somebody who was using it. Never leaves this package. */
final class Gone extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Gone(String collection) {
        super(collection + " was dropped", null, false, false);
    }
}
