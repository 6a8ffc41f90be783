package dev.mekiki.analysis.threshold;

import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.statistics.ClassBootstrap;
import dev.mekiki.analysis.statistics.Estimate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A threshold for a false-accept rate, from the scores of strangers: a {@linkplain GeneralisedParetoTail tail} of the
 * highest twentieth of them, or of more where that is fewer than fifty; rates beyond the tail are counted. Intervals are
 * those of a bootstrap over what the strangers are of, which fits the tail anew each time.
 *
 * @param falseAcceptRate asked for
 * @param threshold cosine, with the interval in which it would lie were other strangers seen
 * @param rate the rate asked for, with the interval in which that of the threshold lies
 * @param impostors how many scores it is from
 * @param classes how many things those are of
 */
public record CalibratedThreshold(
        double falseAcceptRate, Estimate threshold, Estimate rate, int impostors, int classes) {

    /** Fewest scores that a tail is fitted to. */
    public static final int LEAST_IMPOSTORS = 40;

    private static final double TAIL = .05;
    private static final double LARGEST_TAIL = .25;
    private static final int IN_TAIL = 50;

    /**
     * Calibrates.
     *
     * @param impostors at least {@link #LEAST_IMPOSTORS}
     * @param falseAcceptRate in (0, 1)
     * @param replicates of the bootstrap; 0 for no intervals
     * @throws IllegalArgumentException if there are fewer impostors, or the highest ones all score the same
     */
    public static CalibratedThreshold of(Impostors impostors, double falseAcceptRate, int replicates, long seed) {
        int n = impostors.scores().length;
        if (n < LEAST_IMPOSTORS) {
            throw new IllegalArgumentException(
                    "impostors: " + n + " (expected: at least " + LEAST_IMPOSTORS + " to calibrate with)");
        }
        if (!(falseAcceptRate > 0 && falseAcceptRate < 1)) {
            throw new IllegalArgumentException(
                    "falseAcceptRate: " + falseAcceptRate + " (expected: between 0 and 1, exclusive)");
        }
        Sample sample = new Sample(impostors);
        int[] once = new int[sample.classes.length];
        Arrays.fill(once, 1);
        double threshold = sample.distribution(once).threshold(falseAcceptRate);
        ClassBootstrap bootstrap = new ClassBootstrap(sample.classCount, replicates, seed);
        List<Estimate> estimates = bootstrap.estimate(times -> {
            int[] each = new int[sample.classes.length];
            Arrays.setAll(each, i -> times[sample.classes[i]]);
            try {
                Distribution drawn = sample.distribution(each);
                return new double[] {drawn.threshold(falseAcceptRate), drawn.rate(threshold)};
            } catch (IllegalArgumentException noTail) {
                // A draw of so few classes that nothing can be fitted to it.
                return new double[] {Double.NaN, Double.NaN};
            }
        });
        Estimate rate = estimates.get(1);
        return new CalibratedThreshold(
                falseAcceptRate,
                estimates.get(0),
                new Estimate(falseAcceptRate, rate.low(), rate.high()),
                n,
                sample.classCount);
    }

    /** Scores that descend, with their classes numbered without gaps. */
    private static final class Sample {
        private final float[] scores;
        private final int[] classes;
        private final int classCount;

        Sample(Impostors impostors) {
            Grouping grouping = impostors.classes();
            int[] number = new int[grouping.groups()];
            int next = 0;
            for (int g = 0; g < number.length; g++) {
                number[g] = grouping.size(g) > 0 ? next++ : -1;
            }
            int[] order = IntStream.range(0, impostors.scores().length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> -impostors.scores()[i]))
                    .mapToInt(i -> i)
                    .toArray();
            scores = new float[order.length];
            classes = new int[order.length];
            for (int i = 0; i < order.length; i++) {
                scores[i] = impostors.scores()[order[i]];
                classes[i] = number[grouping.of(order[i])];
            }
            classCount = next;
        }

        Distribution distribution(int[] times) {
            int total = Arrays.stream(times).sum();
            float[] sorted = new float[total];
            int at = total;
            for (int i = 0; i < scores.length; i++) {
                Arrays.fill(sorted, at - times[i], at, scores[i]);
                at -= times[i];
            }
            double share = Math.clamp((double) IN_TAIL / Math.max(1, total), TAIL, LARGEST_TAIL);
            return new Distribution(sorted, GeneralisedParetoTail.fitSorted(sorted, share));
        }
    }

    /** Counted where there is enough to count, modelled beyond. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Distribution(float[] ascending, GeneralisedParetoTail tail) {

        double threshold(double rate) {
            double threshold = rate <= tail.share()
                    ? tail.threshold(rate)
                    : ascending[(int) Math.floor((1 - rate) * (ascending.length - 1))];
            return Math.clamp(threshold, -1, 1);
        }

        double rate(double threshold) {
            if (threshold >= tail.start()) {
                return tail.rate(threshold);
            }
            int above = 0;
            while (above < ascending.length && ascending[ascending.length - 1 - above] > threshold) {
                above++;
            }
            return (double) above / ascending.length;
        }
    }
}
