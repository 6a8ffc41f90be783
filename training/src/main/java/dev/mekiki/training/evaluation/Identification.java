package dev.mekiki.training.evaluation;

import dev.mekiki.analysis.statistics.ClassBootstrap;
import dev.mekiki.analysis.statistics.Estimate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Answers for photographs: the nearest label when all are registered, and when only half of them are, for several random
 * halves. Immutable.
 */
final class Identification {

    /** Most cosines of a photograph and a label; half a gigabyte of them. */
    private static final long MAX_SCORES = 130_000_000;

    private final int[] labels;
    private final int[] nearest;
    private final float[] score;
    private final List<Half> halves;

    /**
     * Photographs before a gallery of half of the labels.
     *
     * @param strangers photographs of labels that are not registered, best score first
     * @param strangerScores their scores
     * @param friends photographs of labels that are, best score first
     * @param friendScores their scores
     * @param right which of the friends are nearest to their own label
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Half(
            int[] strangers, float[] strangerScores, int[] friends, float[] friendScores, boolean[] right) {}

    private Identification(int[] labels, int[] nearest, float[] score, List<Half> halves) {
        this.labels = labels;
        this.nearest = nearest;
        this.score = score;
        this.halves = halves;
    }

    /**
     * Finds the answers.
     *
     * @param labelCount how many labels there are; each has a registration
     * @param splits random halves, at least 1
     */
    static Identification of(
            List<float[]> registered,
            int[] registeredLabels,
            List<float[]> photographs,
            int[] photographLabels,
            int labelCount,
            int splits,
            long seed) {
        if (labelCount < 2) {
            throw new IllegalArgumentException("labels: " + labelCount + " (expected: at least 2)");
        }
        if ((long) photographs.size() * labelCount > MAX_SCORES) {
            throw new IllegalArgumentException("photographs, labels: " + photographs.size() + ", " + labelCount
                    + " (expected: a product of at most " + MAX_SCORES + "; evaluate fewer photographs)");
        }
        float[][] best = bestPerLabel(registered, registeredLabels, photographs, labelCount);
        boolean[] all = new boolean[labelCount];
        Arrays.fill(all, true);
        int[] nearest = new int[best.length];
        float[] score = new float[best.length];
        for (int i = 0; i < best.length; i++) {
            nearest[i] = top(best[i], all);
            score[i] = best[i][nearest[i]];
        }
        SplittableRandom random = new SplittableRandom(seed);
        List<Half> halves = new ArrayList<>();
        for (int s = 0; s < splits; s++) {
            halves.add(half(best, photographLabels, half(labelCount, random)));
        }
        return new Identification(photographLabels.clone(), nearest, score, halves);
    }

    private static Half half(float[][] best, int[] labels, boolean[] known) {
        int[] answer = new int[labels.length];
        float[] score = new float[labels.length];
        for (int i = 0; i < labels.length; i++) {
            answer[i] = top(best[i], known);
            score[i] = best[i][answer[i]];
        }
        int[] strangers = bestFirst(score, IntStream.range(0, labels.length).filter(i -> !known[labels[i]]));
        int[] friends = bestFirst(score, IntStream.range(0, labels.length).filter(i -> known[labels[i]]));
        boolean[] right = new boolean[friends.length];
        for (int f = 0; f < friends.length; f++) {
            right[f] = answer[friends[f]] == labels[friends[f]];
        }
        return new Half(strangers, scores(score, strangers), friends, scores(score, friends), right);
    }

    private static int[] bestFirst(float[] score, IntStream photographs) {
        return photographs
                .boxed()
                .sorted((a, b) -> Float.compare(score[b], score[a]))
                .mapToInt(i -> i)
                .toArray();
    }

    private static float[] scores(float[] score, int[] photographs) {
        float[] chosen = new float[photographs.length];
        for (int i = 0; i < chosen.length; i++) {
            chosen[i] = score[photographs[i]];
        }
        return chosen;
    }

    /** The label of the nearest registration of each photograph, all labels registered. */
    int[] nearest() {
        return nearest.clone();
    }

    /** Cosine of each photograph to its nearest registration. */
    float nearestScore(int photograph) {
        return score[photograph];
    }

    boolean isRight(int photograph) {
        return nearest[photograph] == labels[photograph];
    }

    int photographs() {
        return labels.length;
    }

    int label(int photograph) {
        return labels[photograph];
    }

    /** All photographs. */
    BitSet everything() {
        BitSet all = new BitSet();
        all.set(0, labels.length);
        return all;
    }

    /** Mean number of photographs whose label is not registered. */
    double strangersPerHalf() {
        return halves.stream().mapToInt(h -> h.strangers.length).average().orElseThrow();
    }

    /** The table at these false-positive identification rates, with intervals if the bootstrap draws. */
    OpenSet table(ClassBootstrap bootstrap, double... limits) {
        BitSet all = everything();
        Estimate rankOne =
                bootstrap.estimate(times -> new double[] {rankOne(times, all)}).getFirst();
        List<Estimate> rates = bootstrap.estimate(times -> truePositiveRates(times, all, limits));
        int[] once = times(bootstrap.everyClassOnce());
        double strangers = strangersPerHalf();
        List<OpenSet.Point> points = new ArrayList<>();
        for (int l = 0; l < limits.length; l++) {
            double threshold = 0;
            for (Half half : halves) {
                threshold += threshold(half, once, limits[l]) / halves.size();
            }
            points.add(new OpenSet.Point(
                    limits[l],
                    rates.get(l).value(),
                    threshold,
                    rates.get(l).withIntervalIf(limits[l] * strangers >= PairScores.SOUND)));
        }
        return new OpenSet(rankOne.value(), rankOne, halves.size(), strangers, points);
    }

    /**
     * Share of photographs that are nearest to their own label.
     *
     * @param times how often each label's photographs count; the gallery is the whole one
     * @param of which photographs
     * @return NaN if there are none
     */
    double rankOne(int[] times, BitSet of) {
        double right = 0;
        double shown = 0;
        for (int i = of.nextSetBit(0); i >= 0; i = of.nextSetBit(i + 1)) {
            shown += times[labels[i]];
            right += isRight(i) ? times[labels[i]] : 0;
        }
        return shown > 0 ? right / shown : Double.NaN;
    }

    /**
     * Shares of the photographs of registered labels that are named rightly above the threshold that lets a share of the
     * strangers pass; means over the halves.
     *
     * @param times how often each label's photographs count; the galleries stay as they are
     * @param of which photographs; the thresholds are those of all
     */
    double[] truePositiveRates(int[] times, BitSet of, double... limits) {
        double[] sums = new double[limits.length];
        int[] counted = new int[limits.length];
        int[] each = times(times);
        for (Half half : halves) {
            double shown = 0;
            for (int f : half.friends) {
                shown += of.get(f) ? each[f] : 0;
            }
            for (int l = 0; l < limits.length && shown > 0; l++) {
                double threshold = threshold(half, each, limits[l]);
                double named = 0;
                for (int f = 0; f < half.friends.length && half.friendScores[f] > threshold; f++) {
                    named += half.right[f] && of.get(half.friends[f]) ? each[half.friends[f]] : 0;
                }
                sums[l] += named / shown;
                counted[l]++;
            }
        }
        for (int l = 0; l < limits.length; l++) {
            sums[l] = counted[l] > 0 ? sums[l] / counted[l] : Double.NaN;
        }
        return sums;
    }

    /** Share of those photographs of unregistered labels that are given a name nevertheless; otherwise as above. */
    double falsePositiveRate(int[] times, BitSet of, double limit) {
        int[] each = times(times);
        double sum = 0;
        int counted = 0;
        for (Half half : halves) {
            double threshold = threshold(half, each, limit);
            double shown = 0;
            double named = 0;
            for (int s = 0; s < half.strangers.length; s++) {
                if (of.get(half.strangers[s])) {
                    shown += each[half.strangers[s]];
                    named += half.strangerScores[s] > threshold ? each[half.strangers[s]] : 0;
                }
            }
            if (shown > 0) {
                sum += named / shown;
                counted++;
            }
        }
        return counted > 0 ? sum / counted : Double.NaN;
    }

    /**
     * For each photograph the share of the halves with its label in which it is not named rightly above the threshold
     * that lets a share {@code limit} of the strangers pass; NaN if no half has its label.
     */
    double[] missedShares(double limit) {
        int[] missed = new int[labels.length];
        int[] shown = new int[labels.length];
        int[] once = new int[labels.length];
        Arrays.fill(once, 1);
        for (Half half : halves) {
            double threshold = threshold(half, once, limit);
            for (int f = 0; f < half.friends.length; f++) {
                shown[half.friends[f]]++;
                missed[half.friends[f]] += half.right[f] && half.friendScores[f] > threshold ? 0 : 1;
            }
        }
        double[] shares = new double[labels.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = shown[i] > 0 ? (double) missed[i] / shown[i] : Double.NaN;
        }
        return shares;
    }

    private int[] times(int[] ofLabels) {
        int[] each = new int[labels.length];
        for (int i = 0; i < each.length; i++) {
            each[i] = ofLabels[labels[i]];
        }
        return each;
    }

    /** The best stranger's score that must not pass; ties with it are rejected with it. */
    private static double threshold(Half half, int[] times, double limit) {
        double total = 0;
        for (int s : half.strangers) {
            total += times[s];
        }
        double allowed = limit * total + 1e-9;
        double passed = 0;
        for (int s = 0; s < half.strangers.length; ) {
            double weight = 0;
            int tied = s;
            while (tied < half.strangers.length && half.strangerScores[tied] == half.strangerScores[s]) {
                weight += times[half.strangers[tied++]];
            }
            if (passed + weight > allowed) {
                return half.strangerScores[s];
            }
            passed += weight;
            s = tied;
        }
        return -1;
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
                        Math.max(best[i][label], (float) PairScores.cosine(photographs.get(i), registered.get(r)));
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
