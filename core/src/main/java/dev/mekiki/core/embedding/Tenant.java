package dev.mekiki.core.embedding;

import dev.mekiki.core.gallery.GalleryId;

/**
 * On whose account an image is embedded. Those who wait for an embedder at the same time get equal parts of it, however
 * many images each of them has waiting; what one does not use is the others'. Work in the background gets a quarter of
 * such a part.
 *
 * @param name tells tenants apart
 * @param background whether nobody waits for the answer: no latency budget applies
 */
public record Tenant(String name, boolean background) {

    /** All who do not say on whose account they ask. */
    public static final Tenant UNNAMED = new Tenant("", false);

    /** Whoever asks for the sake of this gallery. */
    public static Tenant of(GalleryId gallery) {
        return new Tenant(gallery.value(), false);
    }

    /** Whoever asks a model for vectors without a gallery. */
    public static Tenant of(EmbeddingSpace space) {
        // No gallery has such a name, because a model's id has its version in it.
        return new Tenant(space.modelId(), false);
    }

    /** The same one's work in the background. */
    public Tenant inBackground() {
        return background ? this : new Tenant(name, true);
    }

    /** The size of its part, in proportion to those of others; at least 1. */
    public int weight() {
        return background ? 1 : 4;
    }
}
