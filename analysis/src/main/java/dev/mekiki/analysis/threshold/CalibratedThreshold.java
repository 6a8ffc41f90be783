package dev.mekiki.analysis.threshold;

import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.statistics.ClassBootstrap;
import dev.mekiki.analysis.statistics.CountInterval;
import dev.mekiki.analysis.statistics.Estimate;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A threshold for a false-accept rate, from the scores of strangers: a {@linkplain GeneralisedParetoTail tail} of the
 * highest twentieth of them, or of more where that is fewer than fifty, with a {@linkplain TailShape shape} that leans on
 * what is known beforehand; rates beyond the tail are counted.
 *
 * <p>Intervals are those of a bootstrap over what the strangers are of, which fits the tail anew each time, with a shape
 * drawn from what is left uncertain. Classes that {@linkplain Meetings met} in the tail are drawn together. A bootstrap
 * cannot draw what was not seen, so the interval of the rate is at least as wide as that of a
 * {@linkplain CountInterval count} of as many events as would vary as much.
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
        int[] once = new int[sample.units];
        Arrays.fill(once, 1);
        double threshold = sample.distribution(once, 0).threshold(falseAcceptRate);
        SplittableRandom random = new SplittableRandom(seed);
        ClassBootstrap bootstrap = new ClassBootstrap(sample.units, replicates, random.nextLong());
        double[][] drawn = bootstrap.replicates(times -> {
            double noise = random.nextGaussian();
            try {
                Distribution replicate = sample.distribution(times, noise);
                return new double[] {replicate.threshold(falseAcceptRate), replicate.rate(threshold)};
            } catch (IllegalArgumentException noTail) {
                // A draw of so few classes that nothing can be fitted to it.
                return new double[] {Double.NaN, Double.NaN};
            }
        });
        return new CalibratedThreshold(
                falseAcceptRate,
                ClassBootstrap.percentiles(threshold, column(drawn, 0)),
                rate(falseAcceptRate, column(drawn, 1)),
                n,
                sample.classCount);
    }

    private static double[] column(double[][] drawn, int column) {
        return Arrays.stream(drawn).mapToDouble(row -> row[column]).toArray();
    }

    private static Estimate rate(double asked, double[] drawn) {
        Estimate percentiles = ClassBootstrap.percentiles(asked, drawn);
        double[] known = Arrays.stream(drawn).filter(r -> !Double.isNaN(r)).toArray();
        double mean = Arrays.stream(known).average().orElse(0);
        double variance =
                Arrays.stream(known).map(r -> (r - mean) * (r - mean)).average().orElse(0);
        if (!(mean > 0 && variance > 0)) {
            return percentiles;
        }
        Estimate counted = CountInterval.of(asked, mean * mean / variance);
        return new Estimate(
                asked,
                Math.min(percentiles.low(), counted.low()),
                Math.min(1, Math.max(percentiles.high(), counted.high())));
    }

    /** Scores that descend, with the units that are drawn: classes, or several that met in the tail. */
    private static final class Sample {
        private final float[] scores;
        private final int[] unitOf;
        private final int units;
        private final int classCount;

        Sample(Impostors impostors) {
            Grouping classes = impostors.classes();
            int[] order = IntStream.range(0, impostors.scores().length)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> -impostors.scores()[i]))
                    .mapToInt(i -> i)
                    .toArray();
            classCount = classes.occupied();
            Meetings meetings =
                    new Meetings(Math.max(classes.groups(), impostors.nearest().groups()));
            // With more meetings than that, everything hangs together with everything.
            int met = Math.min(tailOf(order.length), classCount / 4);
            for (int i = 0; i < met; i++) {
                meetings.add(classes.of(order[i]), impostors.nearest().of(order[i]));
            }
            scores = new float[order.length];
            unitOf = new int[order.length];
            Map<Integer, Integer> numbers = new HashMap<>();
            for (int i = 0; i < order.length; i++) {
                scores[i] = impostors.scores()[order[i]];
                unitOf[i] = numbers.computeIfAbsent(meetings.find(classes.of(order[i])), _ -> numbers.size());
            }
            units = numbers.size();
        }

        private static int tailOf(int count) {
            return (int) Math.floor(share(count) * count);
        }

        private static double share(int count) {
            return Math.clamp((double) IN_TAIL / Math.max(1, count), TAIL, LARGEST_TAIL);
        }

        Distribution distribution(int[] times, double noise) {
            int total = Arrays.stream(unitOf).map(u -> times[u]).sum();
            float[] ascending = new float[total];
            int at = total;
            for (int i = 0; i < scores.length; i++) {
                Arrays.fill(ascending, at - times[unitOf[i]], at, scores[i]);
                at -= times[unitOf[i]];
            }
            GeneralisedParetoTail fitted = GeneralisedParetoTail.fitSorted(ascending, share(total));
            double shape = TailShape.OF_COSINES.given(fitted.shape(), inTail(times, tailOf(total)), noise);
            return new Distribution(ascending, fitted.withShape(shape));
        }

        /** Units in the tail of a draw, at least 1. */
        private int inTail(int[] times, int tail) {
            boolean[] seen = new boolean[units];
            int inTail = 0;
            for (int i = 0, left = tail; i < scores.length && left > 0; i++) {
                int unit = unitOf[i];
                left -= times[unit];
                if (times[unit] > 0 && !seen[unit]) {
                    seen[unit] = true;
                    inTail++;
                }
            }
            return inTail;
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
