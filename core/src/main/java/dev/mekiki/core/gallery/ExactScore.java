package dev.mekiki.core.gallery;

/**
 * A cosine computed from the stored float32 vectors themselves, never an index's estimate; the only kind of score that
 * a threshold may be applied to.
 *
 * @param cosine -1..1
 */
public record ExactScore(double cosine) implements Comparable<ExactScore> {

    public ExactScore {
        if (!(cosine >= -1 && cosine <= 1)) {
            throw new IllegalArgumentException("cosine: " + cosine + " (expected: -1..1)");
        }
    }

    @Override
    public int compareTo(ExactScore other) {
        return Double.compare(cosine, other.cosine);
    }
}
