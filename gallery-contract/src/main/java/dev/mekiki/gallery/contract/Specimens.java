package dev.mekiki.gallery.contract;

import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Random;

/** Invented galleries, registrations and vectors, the same for the same seed. Not thread-safe. */
public final class Specimens {

    public static final Instant TIME = Instant.parse("2026-03-04T05:06:07.089Z");

    private final EmbeddingSpace space;
    private final Random random;

    public Specimens(EmbeddingSpace space, long seed) {
        this.space = space;
        this.random = new Random(seed);
    }

    public static EmbeddingSpace space(int dimension) {
        return new EmbeddingSpace("specimens@1", dimension, "0123456789abcdef");
    }

    public static Gallery gallery(String id, EmbeddingSpace space) {
        return new Gallery(new GalleryId(id), "", space, new DecisionPolicy(1e-3, 0.5, Map.of(), 0.05), TIME);
    }

    /** A direction drawn at random. */
    public Embedding vector() {
        float[] vector = new float[space.dimension()];
        for (int i = 0; i < vector.length; i++) {
            vector[i] = (float) random.nextGaussian();
        }
        return Embedding.normalised(space, vector);
    }

    /**
     * A vector at about a given cosine from another.
     *
     * @param cosine in (0, 1]
     */
    public Embedding near(Embedding centre, double cosine) {
        float[] towards = centre.vector();
        float[] aside = vector().vector();
        double along = 0;
        for (int i = 0; i < aside.length; i++) {
            along += towards[i] * aside[i];
        }
        double rest = Math.sqrt(1 - along * along);
        float[] vector = new float[aside.length];
        for (int i = 0; i < vector.length; i++) {
            double perpendicular = (aside[i] - along * towards[i]) / rest;
            vector[i] = (float) (cosine * towards[i] + Math.sqrt(1 - cosine * cosine) * perpendicular);
        }
        return Embedding.normalised(space, vector);
    }

    public static Registration registration(Gallery gallery, String id, String label, Embedding embedding) {
        return new Registration(
                gallery.id(), new RegistrationId(id), LabelPath.parse(label), content(id), embedding, Map.of(), TIME);
    }

    /** Invented content. */
    public static ContentDigest content(String of) {
        return ContentDigest.of(of.getBytes(StandardCharsets.UTF_8));
    }
}
