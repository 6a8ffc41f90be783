package dev.mekiki.training.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Which document is this, if any? Half of the labels are registered, one flat image each; photographs of all are shown.
 * Averaged over several random halves.
 *
 * @param rankOne share of photographs whose nearest registration has the right label, all labels registered
 * @param splits random halves that the points are averaged over
 * @param impostorsPerSplit mean number of photographs of unregistered labels in a half
 * @param points one for each asked false-positive identification rate
 */
public record OpenSet(double rankOne, int splits, double impostorsPerSplit, List<Point> points) {

    /**
     * The share of photographs of registered labels that are named rightly and with a score above the threshold.
     *
     * @param limit share of photographs of unregistered labels that may be given a name
     * @param truePositiveRate mean over the splits, in [0, 1]
     * @param threshold mean over the splits, cosine
     */
    public record Point(double limit, double truePositiveRate, double threshold) {}

    public OpenSet {
        points = List.copyOf(points);
    }

    /**
     * Measures registrations against photographs.
     *
     * @param registered unit vectors of the registered images
     * @param registeredLabels their labels, 0-based without gaps
     * @param photographs unit vectors
     * @param photographLabels their labels
     */
    public static OpenSet measure(
            List<float[]> registered,
            int[] registeredLabels,
            List<float[]> photographs,
            int[] photographLabels,
            int splits,
            long seed,
            double... limits) {
        int labels = Arrays.stream(registeredLabels).max().orElse(0) + 1;
        if (labels < 2) {
            throw new IllegalArgumentException("labels: " + labels + " (expected: at least 2)");
        }
        float[][] best = bestPerLabel(registered, registeredLabels, photographs, labels);
        boolean[] all = new boolean[labels];
        Arrays.fill(all, true);
        long right = 0;
        for (int i = 0; i < photographLabels.length; i++) {
            right += top(best[i], all) == photographLabels[i] ? 1 : 0;
        }
        SplittableRandom random = new SplittableRandom(seed);
        double[] rates = new double[limits.length];
        double[] thresholds = new double[limits.length];
        long impostors = 0;
        for (int s = 0; s < splits; s++) {
            boolean[] known = half(labels, random);
            float[] unknown = impostorMaxima(best, photographLabels, known);
            Arrays.sort(unknown);
            impostors += unknown.length;
            for (int l = 0; l < limits.length; l++) {
                int allowed = (int) Math.floor(limits[l] * unknown.length + 1e-9);
                double threshold = allowed >= unknown.length ? -1 : unknown[unknown.length - 1 - allowed];
                long shown = 0;
                long named = 0;
                for (int i = 0; i < photographLabels.length; i++) {
                    if (known[photographLabels[i]]) {
                        shown++;
                        int label = top(best[i], known);
                        named += label == photographLabels[i] && best[i][label] > threshold ? 1 : 0;
                    }
                }
                rates[l] += (double) named / shown / splits;
                thresholds[l] += threshold / splits;
            }
        }
        List<Point> points = new ArrayList<>();
        for (int l = 0; l < limits.length; l++) {
            points.add(new Point(limits[l], rates[l], thresholds[l]));
        }
        return new OpenSet((double) right / photographLabels.length, splits, (double) impostors / splits, points);
    }

    /** For every photograph the best cosine to each label's registrations. */
    static float[][] bestPerLabel(
            List<float[]> registered, int[] registeredLabels, List<float[]> photographs, int labels) {
        float[][] best = new float[photographs.size()][labels];
        for (int i = 0; i < best.length; i++) {
            Arrays.fill(best[i], -2);
            for (int r = 0; r < registeredLabels.length; r++) {
                int label = registeredLabels[r];
                best[i][label] =
                        Math.max(best[i][label], (float) Verification.cosine(photographs.get(i), registered.get(r)));
            }
        }
        return best;
    }

    /** Half of the labels, at random. */
    static boolean[] half(int labels, SplittableRandom random) {
        int[] order = new int[labels];
        for (int i = 0; i < labels; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        boolean[] known = new boolean[labels];
        for (int i = 0; i < labels / 2; i++) {
            known[order[i]] = true;
        }
        return known;
    }

    /** The best score over the known labels of every photograph of an unknown one. */
    static float[] impostorMaxima(float[][] best, int[] labels, boolean[] known) {
        float[] maxima = new float[labels.length];
        int n = 0;
        for (int i = 0; i < labels.length; i++) {
            if (!known[labels[i]]) {
                maxima[n++] = best[i][top(best[i], known)];
            }
        }
        return Arrays.copyOf(maxima, n);
    }

    private static int top(float[] scores, boolean[] known) {
        int top = -1;
        for (int l = 0; l < scores.length; l++) {
            if (known[l] && (top < 0 || scores[l] > scores[top])) {
                top = l;
            }
        }
        return top;
    }
}
