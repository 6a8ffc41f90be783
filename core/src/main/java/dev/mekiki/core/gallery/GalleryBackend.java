package dev.mekiki.core.gallery;

/**
 * One store of galleries: the embedded one, or a database. Thread-safe.
 *
 * <p>{@link #close()} waits for changes under way and releases what is held; calls after it throw
 * {@link dev.mekiki.core.failure.Unavailable}.
 */
public interface GalleryBackend extends AutoCloseable {

    GalleryCatalogue catalogue();

    RegistrationStore registrations();

    LabelStore labels();

    GallerySearch search();

    @Override
    void close();
}
