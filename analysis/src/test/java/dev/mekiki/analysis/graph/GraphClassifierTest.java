package dev.mekiki.analysis.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.analysis.Snapshot;
import dev.mekiki.analysis.SyntheticGallery;
import dev.mekiki.analysis.space.MeanDistance;
import dev.mekiki.analysis.space.Workers;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class GraphClassifierTest {

    private static final GraphClassifier.Settings SETTINGS = new GraphClassifier.Settings(200, .02, 1);

    @Test
    void hasThePapersNumberOfParameters() {
        int[] labels = new int[34];
        labels[5] = 9;
        assertThat(train(CommunitiesTest.karate(), labels, 10, new GraphClassifier.Settings(1, .01, 1))
                        .parameters())
                .isEqualTo(652);
    }

    @Test
    void goesDownTheSlopeThatDifferencesShow() {
        GraphClassifier.Layers layers = new GraphClassifier.Layers(CommunitiesTest.karate(), 3);
        SplittableRandom random = new SplittableRandom(3);
        int[] labels = random.ints(34, 0, 3).toArray();
        labels[7] = -1;
        boolean[] asked = new boolean[34];
        for (int i = 8; i < 20; i++) {
            asked[i] = true;
        }
        double[] parameters = layers.initial(random);
        double[] gradient = new double[parameters.length];
        layers.loss(labels, asked, parameters, gradient);
        double step = 1e-5;
        for (int p = 0; p < parameters.length; p++) {
            double at = parameters[p];
            parameters[p] = at + step;
            double above = layers.loss(labels, asked, parameters, new double[parameters.length]);
            parameters[p] = at - step;
            double below = layers.loss(labels, asked, parameters, new double[parameters.length]);
            parameters[p] = at;
            assertThat(gradient[p]).as("parameter " + p).isCloseTo((above - below) / (2 * step), within(1e-6));
        }
    }

    // Half of the labels are told. The nearest neighbour that was told is the other opinion.
    @Test
    void tellsLabelsAboutAsWellAsTheNearestNeighbourThatWasTold() {
        SyntheticGallery gallery = new SyntheticGallery(32, 4);
        for (int label = 0; label < 10; label++) {
            gallery.addThing(label, "label " + label, 60);
        }
        Snapshot snapshot = gallery.snapshot();
        Neighbours neighbours = ExactNearestNeighboursTest.find(snapshot.vectors(), snapshot.byMainLabel(), 15, 1);
        NeighbourGraph graph = NeighbourGraph.unweighted(neighbours)
                .weighted(snapshot.vectors()::distance, MeanDistance.of(snapshot.vectors(), 1), .2);
        int[] told = snapshot.byMainLabel().toArray();
        SplittableRandom random = new SplittableRandom(5);
        for (int i = 0; i < told.length; i++) {
            told[i] = random.nextBoolean() ? told[i] : -1;
        }
        GraphClassifier classifier = train(graph, told, 10, SETTINGS);
        int asked = 0;
        int right = 0;
        int rightByNearest = 0;
        for (int i = 0; i < told.length; i++) {
            if (!classifier.wasTold(i)) {
                asked++;
                right += classifier.of(i).label() == snapshot.byMainLabel().of(i) ? 1 : 0;
                int nearest = -1;
                for (int rank = 0; nearest < 0 && rank < neighbours.count(i); rank++) {
                    nearest = told[neighbours.neighbour(i, rank)];
                }
                rightByNearest += nearest == snapshot.byMainLabel().of(i) ? 1 : 0;
            }
        }
        assertThat(right / (double) asked).isGreaterThan(rightByNearest / (double) asked - .02);
        assertThat(right / (double) asked).isGreaterThan(.9);
        assertThat(classifier.of(0).probability()).isBetween(.1, 1.0);
    }

    @Test
    void trainsTheSameNetworkAgain() {
        int[] labels = new SplittableRandom(1).ints(34, -1, 3).toArray();
        GraphClassifier once = train(CommunitiesTest.karate(), labels, 3, SETTINGS);
        GraphClassifier again = train(CommunitiesTest.karate(), labels, 3, SETTINGS);
        for (int i = 0; i < 34; i++) {
            assertThat(again.of(i)).isEqualTo(once.of(i));
        }
    }

    @Test
    void refusesLabelsOutsideOfTheClasses() {
        assertThatThrownBy(() -> train(CommunitiesTest.karate(), new int[33], 3, SETTINGS))
                .hasMessageStartingWith("labels, classes: 33, 3 (expected: 34");
        int[] labels = new int[34];
        labels[0] = 3;
        assertThatThrownBy(() -> train(CommunitiesTest.karate(), labels, 3, SETTINGS))
                .hasMessage("labels: one outside of the classes (expected: -1..2)");
    }

    private static GraphClassifier train(
            NeighbourGraph graph, int[] labels, int classes, GraphClassifier.Settings settings) {
        try (Workers workers = new Workers(1, () -> false)) {
            return GraphClassifier.train(graph, labels, classes, settings, workers);
        }
    }
}
