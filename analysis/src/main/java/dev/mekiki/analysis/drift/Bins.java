package dev.mekiki.analysis.drift;

/** The bins that scores and leads are counted in: 200 of a width of 0.01, each with its lower edge. */
public enum Bins {
    /** Cosines, -1 to 1. The last bin has its upper edge as well. */
    SCORES(-100),
    /** How far one cosine is ahead of another, 0 to 2. */
    LEADS(0);

    /** How many there are. */
    public static final int COUNT = 200;

    /** In hundredths. */
    private final int first;

    Bins(int first) {
        this.first = first;
    }

    /**
     * The lower edge of a bin; the double that is nearest to the decimal number, so that a threshold of two decimals is
     * an edge.
     *
     * @param bin 0..{@value #COUNT}, the last being the upper edge of all
     */
    public double edge(int bin) {
        return (first + bin) / 100.0;
    }

    /**
     * The bin that a number is in; what lies outside is in the outermost one.
     *
     * @param number not NaN
     * @return 0..199, with {@code edge(bin) <= number < edge(bin + 1)} for what lies inside
     */
    public int of(double number) {
        int bin = Math.clamp((long) Math.floor(number * 100) - first, 0, COUNT - 1);
        // The product was rounded; the edges decide.
        if (number < edge(bin)) {
            return Math.max(0, bin - 1);
        }
        return number >= edge(bin + 1) ? Math.min(COUNT - 1, bin + 1) : bin;
    }
}
