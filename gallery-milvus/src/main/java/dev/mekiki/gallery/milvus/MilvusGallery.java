package dev.mekiki.gallery.milvus;

import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.GalleryCatalogue;
import dev.mekiki.core.gallery.GallerySearch;
import dev.mekiki.core.gallery.LabelStore;
import dev.mekiki.core.gallery.RegistrationStore;

/** Galleries in Milvus. Thread-safe. */
public final class MilvusGallery implements GalleryBackend {

    private MilvusGallery() {}

    /**
     * Connects, and checks that what is there can be used.
     *
     * @param availability is told of changes; Milvus counts as available when this returns
     * @throws UnusableMilvus if Milvus does not answer, is too old, or holds something else under the prefix; the
     *     message says what differs
     */
    public static MilvusGallery open(MilvusGallerySettings settings, MilvusAvailability availability) {
        throw new UnsupportedOperationException("not yet: " + settings + availability);
    }

    /** Whether Milvus was there when last asked. */
    public boolean available() {
        return true;
    }

    @Override
    public GalleryCatalogue catalogue() {
        throw new UnsupportedOperationException();
    }

    @Override
    public RegistrationStore registrations() {
        throw new UnsupportedOperationException();
    }

    @Override
    public LabelStore labels() {
        throw new UnsupportedOperationException();
    }

    @Override
    public GallerySearch search() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
