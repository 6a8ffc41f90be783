package dev.mekiki.benchmarks.gallery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PopulationTest {

    private final Population population = new Population(7);

    @Test
    void givesTheSameVectorForTheSameSeedAndNumber() {
        assertThat(new Population(7).registration(123_456)).isEqualTo(population.registration(123_456));
        assertThat(new Population(8).registration(123_456)).isNotEqualTo(population.registration(123_456));
        assertThat(population.registration(123_457)).isNotEqualTo(population.registration(123_456));
    }

    @Test
    void gathersRegistrationsOfALabelAsItSays() {
        double sum = 0;
        for (long label = 0; label < 500; label++) {
            long first = label * Population.PER_LABEL;
            assertThat(Population.label(first)).isEqualTo(Population.label(first + Population.PER_LABEL - 1));
            sum += dot(population.registration(first), population.registration(first + 1));
        }

        assertThat(sum / 500).isCloseTo(Population.WITHIN_LABEL, within(0.01));
    }

    @Test
    void keepsLabelsApart() {
        for (long label = 0; label < 500; label++) {
            double cosine = dot(
                    population.registration(label * Population.PER_LABEL),
                    population.registration((label + 1) * Population.PER_LABEL));
            assertThat(cosine).isBetween(-0.4, 0.6);
        }
    }

    @Test
    void asksForThingsThatAreRegisteredAndForStrangers() {
        float[][] known = ExactNeighbours.scores(
                population,
                2000,
                LongStream.range(0, 100)
                        .mapToObj(i -> population.query(i, 2000))
                        .toList(),
                1);
        float[][] unknown = ExactNeighbours.scores(
                population,
                2000,
                LongStream.range(0, 100).mapToObj(population::stranger).toList(),
                1);

        assertThat(List.of(known)).allSatisfy(scores -> assertThat(scores[0]).isBetween(0.75f, 0.9f));
        assertThat(List.of(unknown)).allSatisfy(scores -> assertThat(scores[0]).isLessThan(0.6f));
    }

    @Test
    void isUnitLength() {
        for (long i = 0; i < 100; i++) {
            float[] vector = population.registration(i);
            assertThat(dot(vector, vector)).isCloseTo(1, within(1e-5));
        }
    }

    @Test
    void findsTheExactNeighboursOfEveryQuery() {
        List<float[]> queries = new ArrayList<>();
        // More than one block, and one that is not full.
        for (long i = 0; i < 70; i++) {
            queries.add(population.query(i, 1300));
        }

        float[][] scores = ExactNeighbours.scores(population, 1300, queries, 3);

        for (int i = 0; i < queries.size(); i++) {
            float[] query = queries.get(i);
            double[] expected = LongStream.range(0, 1300)
                    .mapToDouble(r -> -dot(query, population.registration(r)))
                    .sorted()
                    .limit(3)
                    .toArray();
            assertThat(scores[i]).hasSize(3);
            for (int rank = 0; rank < 3; rank++) {
                assertThat((double) scores[i][rank]).isCloseTo(-expected[rank], within(1e-5));
            }
        }
    }

    private static double dot(float[] one, float[] other) {
        double sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum += (double) one[i] * other[i];
        }
        return sum;
    }
}
