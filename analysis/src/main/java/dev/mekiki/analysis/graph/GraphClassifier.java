package dev.mekiki.analysis.graph;

import dev.mekiki.analysis.space.Workers;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A small graph network that tells labels of points from those of their neighbours: each point brings an embedding of its
 * label, or one that stands for "not told"; two graph convolutions {@code D^-½ A D^-½ X W + s·XW + b}, the first with
 * batch normalisation, SELU and a residual. In each step a random share of the labels told is hidden and asked for.
 * Transductive: it is trained on the graph that it classifies. A second opinion beside the nearest neighbour, not always
 * a better one.
 *
 * <p>Time of a step grows with edges and with labels asked for times classes. Immutable once trained.
 *
 * <p>Source: arXiv 2305.10229. What is not said there: batch statistics are used when classifying as well.
 */
public final class GraphClassifier {

    private static final int WIDTH = 16;
    private static final double LEAST_HIDDEN = .05;
    private static final double MOST_HIDDEN = .5;
    private static final int UNKNOWN = -1;

    /**
     * How it is trained, by Adam.
     *
     * @param steps at least 1
     * @param learningRate positive
     * @param seed the same one trains the same network
     */
    public record Settings(int steps, double learningRate, long seed) {

        public Settings {
            if (steps < 1) {
                throw new IllegalArgumentException("steps: " + steps + " (expected: at least 1)");
            }
            if (!(learningRate > 0)) {
                throw new IllegalArgumentException("learningRate: " + learningRate + " (expected: positive)");
            }
        }
    }

    /**
     * A label for a point.
     *
     * @param label the likeliest
     * @param probability of that label by the network, not calibrated
     */
    public record Opinion(int label, double probability) {}

    private final Layers layers;
    private final int[] labels;
    private final double[] parameters;
    private final double[] logits;

    private GraphClassifier(Layers layers, int[] labels, double[] parameters) {
        this.layers = layers;
        this.labels = labels;
        this.parameters = parameters;
        layers.forward(shown(labels, layers.classes, _ -> false), parameters);
        this.logits = new double[layers.classes];
    }

    /**
     * Trains on a graph.
     *
     * @param graph best {@linkplain NeighbourGraph#weighted weighted} at a scale of .1 to .2
     * @param labels of the points, 0..classes − 1, or -1 where they are to be told
     * @param classes at least 2
     * @param workers asked only whether to end; the training takes the calling thread
     */
    public static GraphClassifier train(
            NeighbourGraph graph, int[] labels, int classes, Settings settings, Workers workers) {
        if (labels.length != graph.points() || classes < 2) {
            throw new IllegalArgumentException("labels, classes: " + labels.length + ", " + classes + " (expected: "
                    + graph.points() + ", as many as points, and at least 2)");
        }
        if (Arrays.stream(labels).anyMatch(l -> l < UNKNOWN || l >= classes)) {
            throw new IllegalArgumentException(
                    "labels: one outside of the classes (expected: -1.." + (classes - 1) + ")");
        }
        int[] told =
                IntStream.range(0, labels.length).filter(i -> labels[i] >= 0).toArray();
        if (told.length < 2) {
            throw new IllegalArgumentException("labels told: " + told.length + " (expected: at least 2)");
        }
        Layers layers = new Layers(graph, classes);
        SplittableRandom random = new SplittableRandom(settings.seed);
        double[] parameters = layers.initial(random);
        Adam adam = new Adam(parameters.length, settings.learningRate);
        for (int step = 0; step < settings.steps; step++) {
            workers.endIfCancelled();
            boolean[] hidden = new boolean[labels.length];
            double share = random.nextDouble(LEAST_HIDDEN, MOST_HIDDEN);
            int asked = Math.max(1, (int) (share * told.length));
            for (int i = 0; i < told.length && asked > 0; i++) {
                if (random.nextInt(told.length - i) < asked) {
                    hidden[told[i]] = true;
                    asked--;
                }
            }
            double[] gradient = new double[parameters.length];
            layers.loss(labels, hidden, parameters, gradient);
            adam.step(parameters, gradient);
        }
        return new GraphClassifier(layers, labels.clone(), parameters);
    }

    /**
     * What it thinks of a point; of one whose label was told, with that label before its eyes. Not thread-safe.
     */
    public Opinion of(int point) {
        layers.logits(point, parameters, logits);
        int best = 0;
        for (int c = 1; c < logits.length; c++) {
            best = logits[c] > logits[best] ? c : best;
        }
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit - logits[best]);
        }
        return new Opinion(best, 1 / sum);
    }

    /** Whether it was told the label of a point. */
    public boolean wasTold(int point) {
        return labels[point] >= 0;
    }

    /** How many numbers it learns. */
    public int parameters() {
        return parameters.length;
    }

    private interface Hidden {
        boolean at(int point);
    }

    private static int[] shown(int[] labels, int classes, Hidden hidden) {
        int[] shown = new int[labels.length];
        for (int i = 0; i < shown.length; i++) {
            shown[i] = labels[i] < 0 || hidden.at(i) ? classes : labels[i];
        }
        return shown;
    }

    /** Source: Kingma and Ba, arXiv 1412.6980. */
    private static final class Adam {
        private static final double FIRST = .9;
        private static final double SECOND = .999;
        private final double[] mean;
        private final double[] square;
        private final double rate;
        private int steps;

        Adam(int parameters, double rate) {
            this.mean = new double[parameters];
            this.square = new double[parameters];
            this.rate = rate;
        }

        void step(double[] parameters, double[] gradient) {
            steps++;
            double ofMean = 1 - Math.pow(FIRST, steps);
            double ofSquare = 1 - Math.pow(SECOND, steps);
            for (int p = 0; p < parameters.length; p++) {
                mean[p] = FIRST * mean[p] + (1 - FIRST) * gradient[p];
                square[p] = SECOND * square[p] + (1 - SECOND) * gradient[p] * gradient[p];
                parameters[p] -= rate * (mean[p] / ofMean) / (Math.sqrt(square[p] / ofSquare) + 1e-8);
            }
        }
    }

    /** Both convolutions over one graph, forwards and back. Keeps what it computed last. */
    static final class Layers {
        private static final double SELU_SCALE = 1.0507009873554805;
        private static final double SELU_ALPHA = 1.6732632423543772;
        private static final double EPSILON = 1e-5;

        private final NeighbourGraph graph;
        private final int classes;
        private final double[] roots;

        // Where each part of the parameters begins.
        private final int weights1;
        private final int self1;
        private final int bias1;
        private final int gain;
        private final int shift;
        private final int weights2;
        private final int self2;
        private final int bias2;
        private final int count;

        // Of the last pass forward, [points × WIDTH].
        private final double[] input;
        private final double[] gathered1;
        private final double[] normal;
        private final double[] scaled;
        private final double[] hidden;
        private final double[] gathered2;
        private final double[] deviation = new double[WIDTH];

        Layers(NeighbourGraph graph, int classes) {
            this.graph = graph;
            this.classes = classes;
            this.roots = new double[graph.points()];
            for (int i = 0; i < roots.length; i++) {
                roots[i] = Math.sqrt(graph.strength(i));
            }
            weights1 = (classes + 1) * WIDTH;
            self1 = weights1 + WIDTH * WIDTH;
            bias1 = self1 + 1;
            gain = bias1 + WIDTH;
            shift = gain + WIDTH;
            weights2 = shift + WIDTH;
            self2 = weights2 + WIDTH * classes;
            bias2 = self2 + 1;
            count = bias2 + classes;
            int size = Math.multiplyExact(graph.points(), WIDTH);
            input = new double[size];
            gathered1 = new double[size];
            normal = new double[size];
            scaled = new double[size];
            hidden = new double[size];
            gathered2 = new double[size];
        }

        double[] initial(SplittableRandom random) {
            double[] parameters = new double[count];
            for (int p = 0; p < weights1; p++) {
                parameters[p] = random.nextGaussian();
            }
            for (int p = weights1; p < self1; p++) {
                parameters[p] = random.nextGaussian() / Math.sqrt(WIDTH);
            }
            Arrays.fill(parameters, gain, shift, 1);
            for (int p = weights2; p < self2; p++) {
                parameters[p] = random.nextGaussian() / Math.sqrt(WIDTH);
            }
            return parameters;
        }

        /** {@code (D^-½ A D^-½ + s)·from}. */
        private void gather(double[] from, double self, double[] to) {
            for (int i = 0; i < graph.points(); i++) {
                int at = i * WIDTH;
                for (int d = 0; d < WIDTH; d++) {
                    to[at + d] = self * from[at + d];
                }
                for (int e = 0; e < graph.degree(i); e++) {
                    int j = graph.end(i, e);
                    double weight = graph.weight(i, e) / (roots[i] * roots[j]);
                    for (int d = 0; d < WIDTH; d++) {
                        to[at + d] += weight * from[j * WIDTH + d];
                    }
                }
            }
        }

        void forward(int[] shown, double[] p) {
            int n = graph.points();
            for (int i = 0; i < n; i++) {
                System.arraycopy(p, shown[i] * WIDTH, input, i * WIDTH, WIDTH);
            }
            gather(input, p[self1], gathered1);
            double[] mean = new double[WIDTH];
            for (int i = 0; i < n; i++) {
                for (int o = 0; o < WIDTH; o++) {
                    double z = p[bias1 + o];
                    for (int d = 0; d < WIDTH; d++) {
                        z += gathered1[i * WIDTH + d] * p[weights1 + d * WIDTH + o];
                    }
                    normal[i * WIDTH + o] = z;
                    mean[o] += z / n;
                }
            }
            Arrays.fill(deviation, 0);
            for (int i = 0; i < normal.length; i++) {
                normal[i] -= mean[i % WIDTH];
                deviation[i % WIDTH] += normal[i] * normal[i] / n;
            }
            for (int o = 0; o < WIDTH; o++) {
                deviation[o] = Math.sqrt(deviation[o] + EPSILON);
            }
            for (int i = 0; i < normal.length; i++) {
                int o = i % WIDTH;
                normal[i] /= deviation[o];
                scaled[i] = p[gain + o] * normal[i] + p[shift + o];
                double y = scaled[i];
                hidden[i] = input[i] + SELU_SCALE * (y > 0 ? y : SELU_ALPHA * Math.expm1(y));
            }
            gather(hidden, p[self2], gathered2);
        }

        void logits(int point, double[] p, double[] to) {
            for (int c = 0; c < classes; c++) {
                double logit = p[bias2 + c];
                for (int d = 0; d < WIDTH; d++) {
                    logit += gathered2[point * WIDTH + d] * p[weights2 + d * classes + c];
                }
                to[c] = logit;
            }
        }

        /**
         * Mean cross-entropy of the labels hidden.
         *
         * @param gradient added to
         */
        double loss(int[] labels, boolean[] asked, double[] p, double[] gradient) {
            int n = graph.points();
            forward(shown(labels, classes, i -> asked[i]), p);
            int count = 0;
            for (boolean a : asked) {
                count += a ? 1 : 0;
            }
            double loss = 0;
            double[] ofGathered = new double[n * WIDTH];
            double[] logits = new double[classes];
            for (int i = 0; i < n; i++) {
                if (asked[i]) {
                    logits(i, p, logits);
                    loss += softmaxLess(logits, labels[i]) / count;
                    backToGathered(i, logits, count, p, gradient, ofGathered);
                }
            }
            double[] ofHidden = new double[n * WIDTH];
            gather(ofGathered, p[self2], ofHidden);
            gradient[self2] += product(ofGathered, hidden);
            backToInput(shown(labels, classes, i -> asked[i]), ofHidden, p, gradient);
            return loss;
        }

        /** Turns logits into probabilities less the truth; gives the loss. */
        private static double softmaxLess(double[] logits, int truth) {
            double highest = Arrays.stream(logits).max().orElseThrow();
            double sum = 0;
            for (int c = 0; c < logits.length; c++) {
                logits[c] = Math.exp(logits[c] - highest);
                sum += logits[c];
            }
            for (int c = 0; c < logits.length; c++) {
                logits[c] /= sum;
            }
            double loss = -Math.log(Math.max(Double.MIN_NORMAL, logits[truth]));
            logits[truth] -= 1;
            return loss;
        }

        private void backToGathered(
                int point, double[] ofLogits, int count, double[] p, double[] gradient, double[] ofGathered) {
            int at = point * WIDTH;
            for (int c = 0; c < classes; c++) {
                double g = ofLogits[c] / count;
                gradient[bias2 + c] += g;
                for (int d = 0; d < WIDTH; d++) {
                    gradient[weights2 + d * classes + c] += g * gathered2[at + d];
                    ofGathered[at + d] += g * p[weights2 + d * classes + c];
                }
            }
        }

        private void backToInput(int[] shown, double[] ofHidden, double[] p, double[] gradient) {
            int n = graph.points();
            double[] ofNormal = new double[n * WIDTH];
            double[] sum = new double[WIDTH];
            double[] along = new double[WIDTH];
            for (int i = 0; i < ofNormal.length; i++) {
                int o = i % WIDTH;
                double y = scaled[i];
                double g = ofHidden[i] * SELU_SCALE * (y > 0 ? 1 : SELU_ALPHA * Math.exp(y));
                gradient[gain + o] += g * normal[i];
                gradient[shift + o] += g;
                ofNormal[i] = g * p[gain + o];
                sum[o] += ofNormal[i] / n;
                along[o] += ofNormal[i] * normal[i] / n;
            }
            double[] ofGathered = new double[n * WIDTH];
            for (int i = 0; i < n; i++) {
                for (int o = 0; o < WIDTH; o++) {
                    int at = i * WIDTH + o;
                    double g = (ofNormal[at] - sum[o] - normal[at] * along[o]) / deviation[o];
                    gradient[bias1 + o] += g;
                    for (int d = 0; d < WIDTH; d++) {
                        gradient[weights1 + d * WIDTH + o] += g * gathered1[i * WIDTH + d];
                        ofGathered[i * WIDTH + d] += g * p[weights1 + d * WIDTH + o];
                    }
                }
            }
            double[] ofInput = new double[n * WIDTH];
            // The matrix is symmetric, so the way back is the way forth.
            gather(ofGathered, p[self1], ofInput);
            gradient[self1] += product(ofGathered, input);
            for (int i = 0; i < n; i++) {
                for (int d = 0; d < WIDTH; d++) {
                    gradient[shown[i] * WIDTH + d] += ofInput[i * WIDTH + d] + ofHidden[i * WIDTH + d];
                }
            }
        }

        private static double product(double[] a, double[] b) {
            double sum = 0;
            for (int i = 0; i < a.length; i++) {
                sum += a[i] * b[i];
            }
            return sum;
        }
    }
}
