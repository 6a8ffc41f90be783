package dev.mekiki.analysis.threshold;

import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.statistics.ShrunkenMeans;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Thresholds of single labels that together let as many strangers pass as a common one: higher for a compact label,
 * which can afford it, and for one that draws strangers; lower for a scattered one.
 *
 * <p>A label's threshold is {@code t₀ + (g_c + s_c)/2}: g is how much better than elsewhere its own images score, s how
 * much better strangers do that it is the nearest label of, both {@linkplain ShrunkenMeans shrunken} towards zero where
 * there is little to go by. Were the scores of both kinds normal with one variance, this is where the likelihood ratio of
 * own to strange is the same for all labels, which is best (Neyman and Pearson). {@code t₀} is
 * {@linkplain CalibratedThreshold calibrated} on scores less the shift of their label, as others than them tell it. Labels without images or strangers
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
            if (scores.length == 0) {
                return new double[labels.groups()];
            }
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
     * @param classes what the strangers are of, numbered as the labels if those are strangers to each other
     * @param falseAcceptRate of all labels together
     * @param replicates of the bootstrap for {@code base}
     * @throws IllegalArgumentException as {@link CalibratedThreshold#of} on half of the strangers
     */
    public static LabelThresholds of(
            Scored own, Scored strangers, Grouping classes, double falseAcceptRate, int replicates, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        double[] shifts = shifts(own, strangers);
        CalibratedThreshold base = base(own, strangers, classes, falseAcceptRate, replicates, random.split());
        double[][] rates = new double[2][2];
        Halves halves = Halves.of(own, classes, random);
        for (boolean learning : new boolean[] {true, false}) {
            Scored learnedOwn = own.only(halves.own(learning));
            Scored metOwn = own.only(halves.own(!learning));
            int[] learned = halves.strangers(learning, classes);
            Scored learnedStrangers = strangers.only(learned);
            Scored metStrangers = strangers.only(halves.strangers(!learning, classes));
            Grouping learnedClasses = only(classes, learned);
            CalibratedThreshold common = CalibratedThreshold.of(
                    new Impostors(learnedStrangers.scores, learnedClasses, learnedStrangers.labels),
                    falseAcceptRate,
                    0,
                    seed);
            CalibratedThreshold single =
                    base(learnedOwn, learnedStrangers, learnedClasses, falseAcceptRate, 0, random.split());
            double[][] thresholds = {
                thresholds(common, new double[shifts.length]), thresholds(single, shifts(learnedOwn, learnedStrangers))
            };
            for (int way = 0; way < 2; way++) {
                rates[way][0] += metOwn.above(thresholds[way]) / 2;
                rates[way][1] += metStrangers.above(thresholds[way]) / 2;
            }
        }
        return new LabelThresholds(
                base,
                thresholds(base, shifts),
                new Rates(rates[0][0], rates[0][1]),
                new Rates(rates[1][0], rates[1][1]));
    }

    /** A random half of the own images and of the classes of strangers, which are alike within a class; and the rest. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Halves(boolean[] ofOwn, boolean[] ofClasses) {

        static Halves of(Scored own, Grouping classes, SplittableRandom random) {
            return new Halves(half(own.scores.length, random), half(classes.groups(), random));
        }

        private static boolean[] half(int count, SplittableRandom random) {
            boolean[] half = new boolean[count];
            int left = count / 2;
            for (int i = 0; i < count; i++) {
                half[i] = random.nextInt(count - i) < left;
                left -= half[i] ? 1 : 0;
            }
            return half;
        }

        int[] own(boolean first) {
            return IntStream.range(0, ofOwn.length)
                    .filter(i -> ofOwn[i] == first)
                    .toArray();
        }

        int[] strangers(boolean first, Grouping classes) {
            return IntStream.range(0, classes.points())
                    .filter(i -> ofClasses[classes.of(i)] == first)
                    .toArray();
        }
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

    /**
     * Calibrated on scores less a shift that was learned from the other half, for strangers lie nearer to a level that
     * they took part in than others will.
     */
    private static CalibratedThreshold base(
            Scored own, Scored strangers, Grouping classes, double rate, int replicates, SplittableRandom random) {
        Halves halves = Halves.of(own, classes, random);
        float[] levelled = strangers.scores.clone();
        for (boolean learning : new boolean[] {true, false}) {
            double[] shifts =
                    shifts(own.only(halves.own(learning)), strangers.only(halves.strangers(learning, classes)));
            for (int i : halves.strangers(!learning, classes)) {
                levelled[i] -= (float) shifts[strangers.labels.of(i)];
            }
        }
        return CalibratedThreshold.of(
                new Impostors(levelled, classes, strangers.labels), rate, replicates, random.nextLong());
    }

    private static Grouping only(Grouping classes, int[] which) {
        return new Grouping(Arrays.stream(which).map(classes::of).toArray(), classes.groups());
    }

    private static double[] thresholds(CalibratedThreshold base, double[] shifts) {
        return Arrays.stream(shifts)
                .map(s -> Math.clamp(base.threshold().value() + s, -1, 1))
                .toArray();
    }

    private static float[] pick(float[] values, int[] which) {
        float[] picked = new float[which.length];
        for (int i = 0; i < which.length; i++) {
            picked[i] = values[which[i]];
        }
        return picked;
    }
}
