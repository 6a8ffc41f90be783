package dev.mekiki.analysis;

import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * A gallery to plant faults in. Labels come in families of five that look alike, and each has a spread of its own: the
 * typical registration has cosine .83 with the nearest one of its label and .67 with the nearest of another.
 */
public final class SyntheticGallery {

    /** One registration; everything about it can be changed. */
    public static final class Row {
        public String label;
        public final float[] vector;
        public ContentDigest content;

        Row(String label, float[] vector, ContentDigest content) {
            this.label = label;
            this.vector = vector;
            this.content = content;
        }
    }

    private static final int FAMILY = 5;

    private final int dimension;
    private final SplittableRandom random;
    private final Map<Integer, float[]> families = new HashMap<>();
    public final List<Row> rows = new ArrayList<>();

    public SyntheticGallery(int dimension, long seed) {
        this.dimension = dimension;
        this.random = new SplittableRandom(seed);
    }

    public SplittableRandom random() {
        return random;
    }

    /** Adds a thing with registrations of it under a label. */
    public void addThing(int thing, String label, int registrations) {
        float[] family = families.computeIfAbsent(thing / FAMILY, _ -> direction());
        float[] centre = near(family, .75);
        double spread = .35 + .25 * random.nextDouble();
        for (int i = 0; i < registrations; i++) {
            add(label, near(centre, spread));
        }
    }

    /** Adds one registration, of bytes of its own. */
    public Row add(String label, float[] vector) {
        Row row = new Row(
                label, vector, ContentDigest.of(Long.toString(random.nextLong()).getBytes(StandardCharsets.UTF_8)));
        rows.add(row);
        return row;
    }

    /** A unit vector at about this distance, in a random direction. */
    public float[] near(float[] vector, double distance) {
        float[] aside = direction();
        float[] near = new float[dimension];
        for (int d = 0; d < dimension; d++) {
            near[d] = (float) (vector[d] + distance * aside[d]);
        }
        return unit(near);
    }

    private float[] direction() {
        float[] direction = new float[dimension];
        for (int d = 0; d < dimension; d++) {
            direction[d] = (float) random.nextGaussian();
        }
        return unit(direction);
    }

    private static float[] unit(float[] vector) {
        double squares = 0;
        for (float v : vector) {
            squares += v * v;
        }
        for (int d = 0; d < vector.length; d++) {
            vector[d] /= (float) Math.sqrt(squares);
        }
        return vector;
    }

    /** The id of row i, in any order of adding. */
    public static RegistrationId id(int i) {
        return new RegistrationId("r" + i);
    }

    /** All of it, with ids by {@link #id}. */
    public Snapshot snapshot() {
        SnapshotSampler sampler = new SnapshotSampler(dimension, Math.max(2, rows.size()), 1);
        for (int i = 0; i < rows.size(); i++) {
            Row row = rows.get(i);
            sampler.add(id(i), LabelPath.parse(row.label), row.content, row.vector);
        }
        return sampler.snapshot();
    }
}
