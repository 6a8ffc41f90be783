package dev.mekiki.analysis;

import dev.mekiki.analysis.space.Points;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Takes registrations one after the other and keeps no more than fit. What lies together is analysed together, so when
 * there are too many, whole main labels are given up, drawn at random; a label that alone takes more than a tenth of the
 * room is thinned at random first. The same registrations and seed give the same sample. Not thread-safe.
 */
public final class SnapshotSampler {

    private static final double UNIT_TOLERANCE = 1e-3;
    private static final int SHARE_OF_ONE_LABEL = 10;

    private record Row(RegistrationId id, LabelPath label, ContentDigest content, float[] vector) {}

    private static final class Kept {
        private final String label;
        private final List<Row> rows = new ArrayList<>();
        private long seen;
        private boolean thinned;

        Kept(String label) {
            this.label = label;
        }
    }

    private final int dimension;
    private final int most;
    private final SplittableRandom random;
    private final long seed;

    private final Map<String, Kept> byLabel = new HashMap<>();

    /** Labels by their random order; the last one is the next to be given up. */
    private final TreeMap<Long, Kept> byOrder = new TreeMap<>();

    private final Set<Long> labelsSeen = new HashSet<>();
    private long firstGivenUp = Long.MAX_VALUE;
    private long registrationsSeen;
    private int kept;

    /**
     * @param dimension of the vectors
     * @param most registrations kept, at least 2; each takes {@code 4 × dimension} bytes and some 500 more
     */
    public SnapshotSampler(int dimension, int most, long seed) {
        if (most < 2) {
            throw new IllegalArgumentException("most: " + most + " (expected: at least 2)");
        }
        this.dimension = dimension;
        this.most = most;
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    /**
     * Takes one registration.
     *
     * @param vector {@code [dimension]}, of unit length; copied if kept
     * @throws InvalidInput if the vector is of another dimension or length
     */
    public void add(RegistrationId id, LabelPath label, ContentDigest content, float[] vector) {
        requireUnit(vector);
        registrationsSeen++;
        long order = order(label.main());
        labelsSeen.add(order);
        if (order >= firstGivenUp) {
            return;
        }
        Kept own = byLabel.computeIfAbsent(label.main(), Kept::new);
        byOrder.put(order, own);
        own.seen++;
        if (own.thinned) {
            // Vitter's algorithm R, ACM Transactions on Mathematical Software 11, 1985.
            long place = random.nextLong(own.seen);
            if (place < own.rows.size()) {
                own.rows.set((int) place, new Row(id, label, content, vector.clone()));
            }
            return;
        }
        own.rows.add(new Row(id, label, content, vector.clone()));
        kept++;
        if (kept > most) {
            makeRoom();
        }
    }

    private void makeRoom() {
        Kept largest = null;
        for (Kept label : byOrder.values()) {
            if (largest == null || label.rows.size() > largest.rows.size()) {
                largest = label;
            }
        }
        if (largest != null && largest.rows.size() > most / SHARE_OF_ONE_LABEL) {
            // More than one at a time, so that this is rare; any of a random sample may go.
            int gone = Math.max(1, largest.rows.size() / SHARE_OF_ONE_LABEL);
            for (int i = 0; i < gone; i++) {
                int last = largest.rows.size() - 1;
                int place = random.nextInt(last + 1);
                largest.rows.set(place, largest.rows.get(last));
                largest.rows.removeLast();
            }
            largest.thinned = true;
            kept -= gone;
            return;
        }
        Map.Entry<Long, Kept> last = byOrder.pollLastEntry();
        firstGivenUp = last.getKey();
        byLabel.remove(last.getValue().label);
        kept -= last.getValue().rows.size();
    }

    /** The same for the same label and seed, otherwise as good as random. */
    private long order(String label) {
        long mixed = seed;
        for (int i = 0; i < label.length(); i++) {
            mixed = new SplittableRandom(mixed ^ label.charAt(i)).nextLong();
        }
        return mixed;
    }

    private void requireUnit(float[] vector) {
        double squares = 0;
        for (float v : vector) {
            squares += (double) v * v;
        }
        if (vector.length != dimension || !(Math.abs(Math.sqrt(squares) - 1) <= UNIT_TOLERANCE)) {
            throw new InvalidInput(
                    "vector",
                    vector.length + " values, length " + Math.sqrt(squares),
                    dimension + " values, length within 0.001 of 1");
        }
    }

    /**
     * What was kept, main labels in the order of their names.
     *
     * @throws InvalidInput if that is fewer than two registrations
     */
    public Snapshot snapshot() {
        if (kept < 2) {
            throw new InvalidInput("registrations", Integer.toString(kept), "at least 2 to analyse");
        }
        List<RegistrationId> ids = new ArrayList<>(kept);
        List<LabelPath> labels = new ArrayList<>(kept);
        List<ContentDigest> contents = new ArrayList<>(kept);
        float[] values = new float[Math.multiplyExact(kept, dimension)];
        for (Kept label : new TreeMap<>(byLabel).values()) {
            for (Row row : label.rows) {
                System.arraycopy(row.vector, 0, values, ids.size() * dimension, dimension);
                ids.add(row.id);
                labels.add(row.label);
                contents.add(row.content);
            }
        }
        return new Snapshot(
                ids, labels, contents, Points.over(values, dimension), registrationsSeen, labelsSeen.size());
    }
}
