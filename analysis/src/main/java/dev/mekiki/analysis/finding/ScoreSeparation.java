package dev.mekiki.analysis.finding;

import dev.mekiki.analysis.statistics.Quantiles;

/**
 * How registrations of this gallery score with their own label, with the nearest other label, and with any other label;
 * each taken as normal. Centres are medians and deviations are from median absolute deviations, so that faulty
 * registrations, unless they are many, do not move them.
 *
 * <p>A score beyond the centre of a distribution says no more than the centre does: nothing is more of its label than the
 * typical registration, and nothing stranger than the typical stranger.
 *
 * @param own median of the best cosine of a registration to others of its label
 * @param nearestOther median of the best cosine to all other labels
 * @param anyOther median of the best cosine to another label drawn at random
 * @param deviation standard deviation of the first two, positive
 * @param anyDeviation standard deviation of the third, positive
 */
public record ScoreSeparation(double own, double nearestOther, double anyOther, double deviation, double anyDeviation) {

    /** So that scores without any spread do not give certainty from rounding. */
    private static final double LEAST_DEVIATION = 1e-3;

    /** Says nothing about any score. */
    public static final ScoreSeparation NONE = new ScoreSeparation(0, 0, 0, 1, 1);

    public ScoreSeparation {
        if (!(deviation > 0 && anyDeviation > 0)) {
            throw new IllegalArgumentException(
                    "deviation, anyDeviation: " + deviation + ", " + anyDeviation + " (expected: positive)");
        }
    }

    /** Of samples of the scores, at least one of each. */
    public static ScoreSeparation of(double[] own, double[] nearestOther, double[] anyOther) {
        double a = Quantiles.robustDeviation(own);
        double b = Quantiles.robustDeviation(nearestOther);
        return new ScoreSeparation(
                Quantiles.median(own),
                Quantiles.median(nearestOther),
                Quantiles.median(anyOther),
                Math.max(LEAST_DEVIATION, Math.sqrt((a * a + b * b) / 2)),
                Math.max(LEAST_DEVIATION, Quantiles.robustDeviation(anyOther)));
    }

    /** Half-way: as likely a score with the own label as with the nearest other. */
    public double middle() {
        return (own + nearestOther) / 2;
    }

    /**
     * By how much a best score over all other labels speaks for one of them being the right one.
     *
     * @return natural logarithm of the likelihood ratio; 0 if scores with the own label are no higher than with others
     */
    public double forOneOfOthers(double score) {
        if (own <= nearestOther) {
            return 0;
        }
        double s = Math.clamp(score, nearestOther, own);
        return (own - nearestOther) / (deviation * deviation) * (s - middle());
    }

    /**
     * By how much a score with a label speaks for being a stranger to it: as likely any stranger as the nearest.
     *
     * @return natural logarithm of the likelihood ratio; 0 if scores with the own label are no higher than with others
     */
    public double forStranger(double score) {
        if (own <= nearestOther || own <= anyOther) {
            return 0;
        }
        double s = Math.clamp(score, Math.min(anyOther, nearestOther), own);
        double ofOwn = logDensity(s, own, deviation);
        double ofAny = logDensity(s, anyOther, anyDeviation) - ofOwn;
        double ofNearest = logDensity(s, nearestOther, deviation) - ofOwn;
        double higher = Math.max(ofAny, ofNearest);
        return higher + Math.log((Math.exp(ofAny - higher) + Math.exp(ofNearest - higher)) / 2);
    }

    private static double logDensity(double score, double centre, double deviation) {
        double z = (score - centre) / deviation;
        return -z * z / 2 - Math.log(deviation);
    }
}
