package dev.mekiki.core.keeping;

import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.image.EncodedImage;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Port: the bytes of images, by their digest. Thread-safe; blocking. Every method may throw
 * {@link dev.mekiki.core.failure.Unavailable} if the store cannot be read or written.
 */
public interface ImageStore {

    /** Contents whose images are perhaps needed no more; still there after the process was killed. */
    interface Doubt {

        Set<ContentDigest> contents();

        /** It is known about each of them by now. */
        void settled();
    }

    /** Keeps images; durable when it returns. What is kept already stays, what is damaged is made whole. */
    void keep(Map<ContentDigest, EncodedImage> images);

    KeptImage find(ContentDigest content);

    /** Deletes those of the images that are kept; durable when it returns. */
    void delete(Set<ContentDigest> contents);

    /** Notes down a doubt; durable when it returns. */
    Doubt doubt(Set<ContentDigest> contents);

    /** The doubts that are not settled. */
    List<Doubt> doubts();
}
