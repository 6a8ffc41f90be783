package dev.mekiki.core.reembedding;

import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.PageRequest;

/**
 * One step of embedding a gallery anew.
 *
 * @param source the gallery whose registrations are embedded; it stays as it is
 * @param target the gallery that they are added to, of another embedding space
 * @param mirror whether labels that differ in the target are corrected, and registrations that the source does not hold
 *     are deleted from it; else it is only added to
 * @param page which registrations
 */
public record ReembedRequest(GalleryId source, GalleryId target, boolean mirror, PageRequest page) {}
