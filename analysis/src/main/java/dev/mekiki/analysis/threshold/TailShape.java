package dev.mekiki.analysis.threshold;

/**
 * What is known of a tail's shape ξ before any score is seen: normal about {@code mean}. A handful of scores says next to
 * nothing of ξ, and one that is far too low ends the tail where rare strangers go on.
 *
 * <p>Source: Martins and Stedinger, Water Resources Research 36, 2000 (a prior for ξ); the variance of ξ̂ by
 * probability-weighted moments, Hosking and Wallis, Technometrics 29, 1987.
 *
 * @param deviation positive
 */
record TailShape(double mean, double deviation) {

    /**
     * Of best cosines. Where a stranger's vector is as good as random in m dimensions, ξ is −2/(m − 1), which galleries of
     * 10 to 20 have near −0.2 to −0.1; near copies make it larger.
     */
    static final TailShape OF_COSINES = new TailShape(-.2, .2);

    /** Above it the variance has no end. */
    private static final double LARGEST = .4;

    /**
     * The mean of ξ given the scores.
     *
     * @param fitted ξ̂ by probability-weighted moments
     * @param independent scores that it is from, counting those that hang together once
     * @param noise 0; for a draw of ξ rather than its mean, standard normal
     */
    double given(double fitted, int independent, double noise) {
        double shape = Math.min(fitted, LARGEST);
        double variance = (1 - shape)
                * (2 - shape)
                * (2 - shape)
                * (1 - shape + 2 * shape * shape)
                / ((1 - 2 * shape) * (3 - 2 * shape))
                / independent;
        double known = deviation * deviation;
        return (fitted * known + (mean + noise * deviation) * variance) / (known + variance);
    }
}
