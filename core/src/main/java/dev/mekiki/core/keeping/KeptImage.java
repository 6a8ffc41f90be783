package dev.mekiki.core.keeping;

import dev.mekiki.core.image.EncodedImage;

/** What is there of an image that may have been kept. */
public sealed interface KeptImage {

    /** All of it, as it came. */
    record Whole(EncodedImage image) implements KeptImage {}

    /** Nothing. */
    record Missing() implements KeptImage {}

    /**
     * Other bytes than those that were kept.
     *
     * @param why for people: what was found and what was expected
     */
    record Damaged(String why) implements KeptImage {}
}
