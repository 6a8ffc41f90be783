package dev.mekiki.training.evaluation;

import dev.mekiki.analysis.statistics.ClassBootstrap;
import dev.mekiki.analysis.statistics.Estimate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Scores of all pairs of a sample, kept as far as tables, curves and intervals need them: every positive pair, and of
 * the negative ones the highest, which decide about every small false-positive rate; the rest is counted in a histogram.
 * A pair takes 8 bytes, so all pairs of 16,000 photographs fit some hundred megabytes. Immutable.
 *
 * <p>A score is (cosine + 1) / 2, in [0, 1].
 */
final class PairScores {

    /** Most pairs that are scored; 16,000 photographs have as many. */
    static final long MAX_PAIRS = 130_000_000;

    /** Negative pairs that are kept at least, if there are as many. */
    private static final int KEPT = 4_000_000;

    /** Fewest negatives that may pass where an interval is given; the bootstrap is wrong about extremes. */
    static final int SOUND = 4;

    private static final int BINS = 1 << 16;
    private static final int DRAWN_BINS = 100;
    private static final int MAX_LABELS = 1 << 16;

    /** Scores in their order, as bits, then the two labels: each pair one number. Ascending. */
    private final long[] positives;

    private final long[] negatives;

    private final int[] positiveBins = new int[BINS];
    private final int[] negativeBins = new int[BINS];

    /** What the sample has of each label on either side of the pairs; one side where pairs are among photographs. */
    private final long[] left;

    private final long[] right;
    private final boolean among;
    private final long[] positivesOf;
    private final long positiveCount;
    private final long negativeCount;

    /** All pairs, in any order, the same each time. */
    private interface Pairs {
        void forEach(PairConsumer consumer);
    }

    private interface PairConsumer {
        void accept(double cosine, int leftLabel, int rightLabel);
    }

    private PairScores(Pairs pairs, long[] left, long[] right, boolean among) {
        this.left = left;
        this.right = right;
        this.among = among;
        this.positivesOf = new long[left.length];
        pairs.forEach((cosine, a, b) -> {
            (a == b ? positiveBins : negativeBins)[bin(score(cosine))]++;
            positivesOf[a] += a == b ? 1 : 0;
        });
        this.positiveCount = sum(positiveBins);
        this.negativeCount = sum(negativeBins);
        int firstBin = BINS;
        long kept = 0;
        while (firstBin > 0 && kept < KEPT) {
            kept += negativeBins[--firstBin];
        }
        this.positives = new long[Math.toIntExact(positiveCount)];
        this.negatives = new long[Math.toIntExact(kept)];
        Filler filler = new Filler(firstBin);
        pairs.forEach(filler);
        Arrays.sort(positives);
        Arrays.sort(negatives);
    }

    private final class Filler implements PairConsumer {
        private final int firstBin;
        private int p;
        private int n;

        Filler(int firstBin) {
            this.firstBin = firstBin;
        }

        @Override
        public void accept(double cosine, int a, int b) {
            float score = score(cosine);
            // Scores are not negative, so their bits are in their order.
            long packed = (long) Float.floatToIntBits(score) << 32 | (long) a << 16 | b;
            if (a == b) {
                positives[p++] = packed;
            } else if (bin(score) >= firstBin) {
                negatives[n++] = packed;
            }
        }
    }

    /**
     * Scores all pairs of the rows.
     *
     * @param vectors unit vectors
     * @param labels from 0, equal for the same document
     * @throws IllegalArgumentException if there are no pairs of one kind, or more than {@link #MAX_PAIRS}
     */
    static PairScores among(List<float[]> vectors, int[] labels) {
        int n = vectors.size();
        checkPairs((long) n * (n - 1) / 2);
        checkLabels(labels);
        Pairs pairs = consumer -> {
            for (int i = 0; i < n; i++) {
                for (int j = 0; j < i; j++) {
                    consumer.accept(cosine(vectors.get(i), vectors.get(j)), labels[i], labels[j]);
                }
            }
        };
        long[] count = count(labels, most(labels));
        return new PairScores(pairs, count, count, true).orRefuse();
    }

    /** Scores all pairs of a photograph and a registered image; otherwise as {@link #among}. */
    static PairScores between(
            List<float[]> photographs, int[] labels, List<float[]> registered, int[] registeredLabels) {
        checkPairs((long) labels.length * registeredLabels.length);
        checkLabels(labels);
        checkLabels(registeredLabels);
        Pairs pairs = consumer -> {
            for (int i = 0; i < labels.length; i++) {
                for (int r = 0; r < registeredLabels.length; r++) {
                    consumer.accept(cosine(photographs.get(i), registered.get(r)), labels[i], registeredLabels[r]);
                }
            }
        };
        int most = Math.max(most(labels), most(registeredLabels));
        return new PairScores(pairs, count(labels, most), count(registeredLabels, most), false).orRefuse();
    }

    private static void checkPairs(long pairs) {
        if (pairs > MAX_PAIRS) {
            throw new IllegalArgumentException(
                    "pairs: " + pairs + " (expected: at most " + MAX_PAIRS + "; evaluate fewer photographs)");
        }
    }

    private static void checkLabels(int[] labels) {
        if (most(labels) > MAX_LABELS) {
            throw new IllegalArgumentException("labels: " + most(labels) + " (expected: at most " + MAX_LABELS + ")");
        }
    }

    private PairScores orRefuse() {
        if (positiveCount == 0 || negativeCount == 0) {
            throw new IllegalArgumentException("pairs: " + positiveCount + " positive, " + negativeCount
                    + " negative (expected: at least 1 of each)");
        }
        return this;
    }

    private static int most(int[] labels) {
        return Arrays.stream(labels).max().orElse(-1) + 1;
    }

    private static long[] count(int[] labels, int size) {
        long[] count = new long[size];
        for (int label : labels) {
            count[label]++;
        }
        return count;
    }

    /** Labels that the pairs are of; the bootstrap's classes, or fewer. */
    int labels() {
        return left.length;
    }

    long positiveCount() {
        return positiveCount;
    }

    long negativeCount() {
        return negativeCount;
    }

    /** Negative pairs whose scores and labels are held. */
    int keptNegatives() {
        return negatives.length;
    }

    /** The table at these false-positive rates, with intervals if the bootstrap draws. */
    Verification table(ClassBootstrap bootstrap, double... limits) {
        int[] once = bootstrap.everyClassOnce();
        double[] thresholds = thresholds(once, limits);
        List<Estimate> rates = bootstrap.estimate(times -> truePositiveRates(times, limits));
        List<Verification.Point> points = new ArrayList<>();
        for (int l = 0; l < limits.length; l++) {
            points.add(new Verification.Point(
                    limits[l],
                    (double) above(negatives, thresholds[l]) / negativeCount,
                    thresholds[l],
                    rates.get(l).value(),
                    rates.get(l).withIntervalIf(limits[l] * negativeCount >= SOUND)));
        }
        return new Verification(positiveCount, negativeCount, points);
    }

    /** True-positive rates at the false-positive rates of a sample in which label c is there {@code times[c]} times. */
    double[] truePositiveRates(int[] times, double... limits) {
        return ratesAbove(times, thresholds(times, limits));
    }

    /**
     * For each rate the score of the highest negative pair that must not pass: those above it are at most that share, and
     * ties with it are rejected with it. -1 if all may pass. If so many classes are drawn twice that the pairs that are
     * kept do not suffice, the lowest of them, which errs to the strict side.
     */
    private double[] thresholds(int[] times, double... limits) {
        double total = negativeWeight(times);
        double[] thresholds = new double[limits.length];
        for (int l = 0; l < limits.length; l++) {
            // As few as possible less, against rounding of a product that should be whole.
            double allowed = limits[l] * total + 1e-9 * Math.max(1, total * 1e-6);
            thresholds[l] = threshold(times, allowed);
        }
        return thresholds;
    }

    private double threshold(int[] times, double allowed) {
        double passed = 0;
        int i = negatives.length - 1;
        while (i >= 0) {
            int tie = (int) (negatives[i] >>> 32);
            double weight = 0;
            int j = i;
            while (j >= 0 && (int) (negatives[j] >>> 32) == tie) {
                weight += (double) times[leftLabel(negatives[j])] * times[rightLabel(negatives[j])];
                j--;
            }
            if (passed + weight > allowed) {
                return Float.intBitsToFloat(tie);
            }
            passed += weight;
            i = j;
        }
        return negatives.length == negativeCount ? -1 : Float.intBitsToFloat((int) (negatives[0] >>> 32));
    }

    private double[] ratesAbove(int[] times, double[] thresholds) {
        double total = 0;
        for (int c = 0; c < positivesOf.length; c++) {
            total += (double) times[c] * positivesOf[c];
        }
        double[] rates = new double[thresholds.length];
        for (int l = 0; l < rates.length; l++) {
            double found = 0;
            for (int i = positives.length - 1; i >= 0 && scoreOf(positives[i]) > thresholds[l]; i--) {
                found += times[leftLabel(positives[i])];
            }
            rates[l] = total > 0 ? found / total : Double.NaN;
        }
        return rates;
    }

    private double negativeWeight(int[] times) {
        double sumLeft = 0;
        double sumRight = 0;
        double same = 0;
        for (int c = 0; c < left.length; c++) {
            sumLeft += times[c] * (double) left[c];
            sumRight += times[c] * (double) right[c];
            same += times[c] * (double) left[c] * times[c] * right[c];
        }
        return among ? (sumLeft * sumRight - same) / 2 : sumLeft * sumRight - same;
    }

    /**
     * What the true-positive rate is at false-positive rates from one pair in all to one, ten a decade; those that no
     * threshold gives are left out.
     */
    List<Curves.Operating> characteristic() {
        List<Curves.Operating> points = new ArrayList<>();
        int steps = (int) Math.ceil(10 * Math.log10(negativeCount));
        long negative = 0;
        long positive = 0;
        int bin = BINS;
        for (int s = steps; s >= 0; s--) {
            double limit = Math.pow(10, -s / 10.0) * negativeCount * (1 + 1e-12);
            int from = bin;
            while (bin > 0 && negative + negativeBins[bin - 1] <= limit) {
                bin--;
                negative += negativeBins[bin];
                positive += positiveBins[bin];
            }
            if (bin < from && negative > 0) {
                points.add(new Curves.Operating(
                        (double) bin / BINS, (double) negative / negativeCount, (double) positive / positiveCount));
            }
        }
        return points;
    }

    /** Shares of the pairs by score, in a hundred equal bins. */
    Curves curves() {
        return new Curves(characteristic(), drawn(positiveBins, positiveCount), drawn(negativeBins, negativeCount));
    }

    private static List<Double> drawn(int[] bins, long count) {
        double[] drawn = new double[DRAWN_BINS];
        for (int b = 0; b < BINS; b++) {
            drawn[(int) ((long) b * DRAWN_BINS / BINS)] += (double) bins[b] / count;
        }
        return Arrays.stream(drawn).boxed().toList();
    }

    /** How many of the ascending {@code pairs} score more than {@code threshold}. */
    private static int above(long[] pairs, double threshold) {
        int low = 0;
        int high = pairs.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (scoreOf(pairs[middle]) > threshold) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return pairs.length - low;
    }

    private static float score(double cosine) {
        return (float) Math.clamp((cosine + 1) / 2, 0, 1);
    }

    private static int bin(float score) {
        return Math.min(BINS - 1, (int) (score * BINS));
    }

    private static float scoreOf(long pair) {
        return Float.intBitsToFloat((int) (pair >>> 32));
    }

    private static int leftLabel(long pair) {
        return (int) (pair >>> 16) & 0xFFFF;
    }

    private static int rightLabel(long pair) {
        return (int) pair & 0xFFFF;
    }

    private static long sum(int[] bins) {
        return Arrays.stream(bins).asLongStream().sum();
    }

    static double cosine(float[] a, float[] b) {
        // Four sums side by side: one alone waits for each addition to end before the next begins.
        float s0 = 0;
        float s1 = 0;
        float s2 = 0;
        float s3 = 0;
        int i = 0;
        for (; i + 3 < a.length; i += 4) {
            s0 += a[i] * b[i];
            s1 += a[i + 1] * b[i + 1];
            s2 += a[i + 2] * b[i + 2];
            s3 += a[i + 3] * b[i + 3];
        }
        for (; i < a.length; i++) {
            s0 += a[i] * b[i];
        }
        return s0 + s1 + (s2 + s3);
    }
}
