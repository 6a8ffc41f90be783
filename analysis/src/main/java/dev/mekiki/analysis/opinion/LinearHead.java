package dev.mekiki.analysis.opinion;

import dev.mekiki.analysis.space.Points;
import dev.mekiki.analysis.space.Workers;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A linear classifier over vectors as they are: multinomial logistic regression with squared weights, so that there is one
 * best head, found by gradient descent with Nesterov's momentum. Immutable.
 *
 * <p>Source: the step is 1/L, with L the most that the gradient changes, ½·|x|² + penalty (Böhning, Annals of the Institute
 * of Statistical Mathematics 44, 1992), where a unit vector with its bias has |x|² = 2; momentum by Nesterov, 1983.
 */
public final class LinearHead {

    /** Of unit vectors with a bias: squared length 2, times ½. */
    private static final double SMOOTHNESS = 1;

    private final int classes;
    private final int dimension;

    /** {@code [classes × (dimension + 1)]}, the bias last. */
    private final double[] weights;

    private LinearHead(int classes, int dimension, double[] weights) {
        this.classes = classes;
        this.dimension = dimension;
        this.weights = weights;
    }

    /**
     * Trains on the rows whose labels are told.
     *
     * @param points unit vectors
     * @param labels of the points, 0..classes − 1, or -1 where they are not told
     * @param classes at least 2
     * @param penalty of the squared weights, half of it, positive
     * @param steps at least 1; time grows with steps, rows told, dimension and classes
     * @param workers share the rows
     */
    public static LinearHead train(
            Points points, int[] labels, int classes, double penalty, int steps, Workers workers) {
        if (labels.length != points.count() || classes < 2) {
            throw new IllegalArgumentException("labels, classes: " + labels.length + ", " + classes + " (expected: "
                    + points.count() + ", as many as points, and at least 2)");
        }
        if (!(penalty > 0) || steps < 1) {
            throw new IllegalArgumentException(
                    "penalty, steps: " + penalty + ", " + steps + " (expected: positive, and at least 1)");
        }
        Loss loss = new Loss(points, labels, classes, penalty);
        double[] weights = new double[classes * (points.dimension() + 1)];
        double[] ahead = weights.clone();
        double rate = 1 / (SMOOTHNESS + penalty);
        double momentum = 1;
        for (int step = 0; step < steps; step++) {
            workers.endIfCancelled();
            double[] gradient = loss.gradient(ahead, workers);
            double next = (1 + Math.sqrt(1 + 4 * momentum * momentum)) / 2;
            double carried = (momentum - 1) / next;
            for (int w = 0; w < weights.length; w++) {
                double moved = ahead[w] - rate * gradient[w];
                ahead[w] = moved + carried * (moved - weights[w]);
                weights[w] = moved;
            }
            momentum = next;
        }
        return new LinearHead(classes, points.dimension(), weights);
    }

    /** The likeliest label of a row. */
    public int of(Points points, int row) {
        double[] logits = new double[classes];
        logits(points, row, weights, dimension, logits);
        int best = 0;
        for (int c = 1; c < classes; c++) {
            best = logits[c] > logits[best] ? c : best;
        }
        return best;
    }

    private static void logits(Points points, int row, double[] weights, int dimension, double[] logits) {
        for (int c = 0; c < logits.length; c++) {
            int at = c * (dimension + 1);
            double sum = weights[at + dimension];
            for (int d = 0; d < dimension; d++) {
                sum += weights[at + d] * points.at(row, d);
            }
            logits[c] = sum;
        }
    }

    /** Mean cross-entropy of the rows told, and half the penalty times the squared weights without biases. */
    record Loss(Points points, int[] labels, int classes, double penalty) {

        double of(double[] weights) {
            int told = 0;
            double sum = 0;
            double[] probabilities = new double[classes];
            for (int i = 0; i < labels.length; i++) {
                if (labels[i] >= 0) {
                    told++;
                    probabilities(i, weights, probabilities);
                    sum -= Math.log(probabilities[labels[i]]);
                }
            }
            double squares = 0;
            for (int w = 0; w < weights.length; w++) {
                squares += isBias(w) ? 0 : weights[w] * weights[w];
            }
            return sum / told + penalty * squares / 2;
        }

        double[] gradient(double[] weights, Workers workers) {
            int[] told = IntStream.range(0, labels.length)
                    .filter(i -> labels[i] >= 0)
                    .toArray();
            int width = points.dimension() + 1;
            double[] gradient = new double[weights.length];
            int blocks = Math.min(BLOCKS, told.length);
            double[][] parts = new double[blocks][];
            workers.run(blocks, () -> block -> {
                double[] part = new double[weights.length];
                double[] probabilities = new double[classes];
                for (int t = block; t < told.length; t += blocks) {
                    int row = told[t];
                    probabilities(row, weights, probabilities);
                    probabilities[labels[row]] -= 1;
                    for (int c = 0; c < classes; c++) {
                        double error = probabilities[c] / told.length;
                        for (int d = 0; d < width - 1; d++) {
                            part[c * width + d] += error * points.at(row, d);
                        }
                        part[c * width + width - 1] += error;
                    }
                }
                parts[block] = part;
            });
            // In the order of the blocks, so that the sum does not depend on the number of threads.
            for (double[] part : parts) {
                for (int w = 0; w < gradient.length; w++) {
                    gradient[w] += part[w];
                }
            }
            for (int w = 0; w < gradient.length; w++) {
                gradient[w] += isBias(w) ? 0 : penalty * weights[w];
            }
            return gradient;
        }

        private static final int BLOCKS = 16;

        private boolean isBias(int weight) {
            return weight % (points.dimension() + 1) == points.dimension();
        }

        private void probabilities(int row, double[] weights, double[] probabilities) {
            logits(points, row, weights, points.dimension(), probabilities);
            double largest = Arrays.stream(probabilities).max().orElse(0);
            double sum = 0;
            for (int c = 0; c < classes; c++) {
                probabilities[c] = Math.exp(probabilities[c] - largest);
                sum += probabilities[c];
            }
            for (int c = 0; c < classes; c++) {
                probabilities[c] /= sum;
            }
        }
    }
}
