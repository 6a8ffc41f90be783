package dev.mekiki.analysis.threshold;

import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.statistics.ShrunkenMeans;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Thresholds of single labels that together let as many strangers pass as a common one: higher for a compact label,
 * which can afford it, and for one that draws strangers; lower for a scattered one.
 *
 * <p>A label's threshold is {@code t₀ + (g_c + s_c)/2}: g is how much better than elsewhere its own images score, s how
 * much better strangers do that it is the nearest label of, both {@linkplain ShrunkenMeans shrunken} towards zero where
 * there is little to go by. Were the scores of both kinds normal with one variance, this is where the likelihood ratio of
 * own to strange is the same for all labels, which is best (Neyman and Pearson). {@code t₀} is
 * {@linkplain CalibratedThreshold calibrated} on scores less the shift of their label. Labels without images or strangers
 * have {@code t₀}.
 *
 * @param base t₀
 * @param thresholds of each label, cosines in [-1, 1]
 * @param common measured on scores that a common threshold was not chosen with
 * @param perLabel measured on scores that the labels' thresholds were not chosen with
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record LabelThresholds(CalibratedThreshold base, double[] thresholds, Rates common, Rates perLabel) {

    /**
     * What passes.
     *
     * @param trueAccepts share of own images
     * @param falseAccepts share of strangers
     */
    public record Rates(double trueAccepts, double falseAccepts) {}

    /**
     * Best scores and the labels that they were reached with.
     *
     * @param scores cosines
     * @param labels of each
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    public record Scored(float[] scores, Grouping labels) {

        public Scored {
            if (scores.length != labels.points()) {
                throw new IllegalArgumentException(
                        "scores: " + scores.length + " (expected: " + labels.points() + ", as many as have a label)");
            }
        }

        private Scored only(int[] which) {
            return new Scored(
                    pick(scores, which),
                    new Grouping(Arrays.stream(which).map(labels::of).toArray(), labels.groups()));
        }

        private double[] shifts() {
            double[] values = new double[scores.length];
            Arrays.setAll(values, i -> scores[i]);
            return ShrunkenMeans.shifts(values, labels);
        }

        private double above(double[] thresholds) {
            int above = 0;
            for (int i = 0; i < scores.length; i++) {
                above += scores[i] >= thresholds[labels.of(i)] ? 1 : 0;
            }
            return (double) above / scores.length;
        }
    }

    /**
     * Chooses thresholds.
     *
     * @param own scores of images of registered labels with their own label
     * @param strangers with the label that was nearest to each; as many labels as {@code own} has
     * @param classes what the strangers are of
     * @param falseAcceptRate of all labels together
     * @param replicates of the bootstrap for {@code base}
     * @throws IllegalArgumentException as {@link CalibratedThreshold#of} on half of the strangers
     */
    public static LabelThresholds of(
            Scored own, Scored strangers, Grouping classes, double falseAcceptRate, int replicates, long seed) {
        double[] shifts = shifts(own, strangers);
        CalibratedThreshold base = base(strangers, classes, shifts, falseAcceptRate, replicates, seed);
        double[][] rates = new double[2][2];
        SplittableRandom random = new SplittableRandom(seed);
        boolean[] ownHalf = half(own.scores.length, random);
        // Strangers of one class are alike, so a class is in one half only.
        boolean[] classHalf = half(classes.groups(), random);
        for (boolean learning : new boolean[] {true, false}) {
            int[] learned = indices(classes.points(), i -> classHalf[classes.of(i)] == learning);
            int[] met = indices(classes.points(), i -> classHalf[classes.of(i)] != learning);
            int[] learnedOwn = indices(own.scores.length, i -> ownHalf[i] == learning);
            int[] metOwn = indices(own.scores.length, i -> ownHalf[i] != learning);
            Scored learnedStrangers = strangers.only(learned);
            Grouping learnedClasses =
                    new Grouping(Arrays.stream(learned).map(classes::of).toArray(), classes.groups());
            double[] none = new double[shifts.length];
            double[] some = shifts(own.only(learnedOwn), learnedStrangers);
            for (double[] shift : new double[][] {none, some}) {
                CalibratedThreshold t0 = base(learnedStrangers, learnedClasses, shift, falseAcceptRate, 0, seed);
                double[] thresholds = thresholds(t0, shift);
                double[] of = rates[shift == none ? 0 : 1];
                of[0] += own.only(metOwn).above(thresholds) / 2;
                of[1] += strangers.only(met).above(thresholds) / 2;
            }
        }
        return new LabelThresholds(
                base,
                thresholds(base, shifts),
                new Rates(rates[0][0], rates[0][1]),
                new Rates(rates[1][0], rates[1][1]));
    }

    /** Whether single thresholds let more own images pass than a common one, and no more strangers. */
    public boolean isBetterThanCommon() {
        return perLabel.trueAccepts > common.trueAccepts && perLabel.falseAccepts <= common.falseAccepts;
    }

    private static double[] shifts(Scored own, Scored strangers) {
        double[] ofOwn = own.shifts();
        double[] ofStrangers = strangers.shifts();
        double[] shifts = new double[ofOwn.length];
        Arrays.setAll(shifts, c -> (ofOwn[c] + ofStrangers[c]) / 2);
        return shifts;
    }

    private static CalibratedThreshold base(
            Scored strangers, Grouping classes, double[] shifts, double rate, int replicates, long seed) {
        float[] levelled = strangers.scores.clone();
        for (int i = 0; i < levelled.length; i++) {
            levelled[i] -= (float) shifts[strangers.labels.of(i)];
        }
        return CalibratedThreshold.of(new Impostors(levelled, classes), rate, replicates, seed);
    }

    private static double[] thresholds(CalibratedThreshold base, double[] shifts) {
        return Arrays.stream(shifts)
                .map(s -> Math.clamp(base.threshold().value() + s, -1, 1))
                .toArray();
    }

    /** A random half of so many things. */
    private static boolean[] half(int count, SplittableRandom random) {
        boolean[] half = new boolean[count];
        int left = count / 2;
        for (int i = 0; i < count; i++) {
            half[i] = random.nextInt(count - i) < left;
            left -= half[i] ? 1 : 0;
        }
        return half;
    }

    private static int[] indices(int count, IntPredicate chosen) {
        return IntStream.range(0, count).filter(chosen).toArray();
    }

    private static float[] pick(float[] values, int[] which) {
        float[] picked = new float[which.length];
        for (int i = 0; i < which.length; i++) {
            picked[i] = values[which[i]];
        }
        return picked;
    }
}
