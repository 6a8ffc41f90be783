package dev.mekiki.analysis.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.analysis.space.Grouping;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CommunitiesTest {

    /** Who of Zachary's karate club (Journal of Anthropological Research 33, 1977) knows whom with a higher number. */
    private static final int[][] KARATE = {
        {0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 17, 19, 21, 31},
        {1, 2, 3, 7, 13, 17, 19, 21, 30},
        {2, 3, 7, 8, 9, 13, 27, 28, 32},
        {3, 7, 12, 13},
        {4, 6, 10},
        {5, 6, 10, 16},
        {6, 16},
        {8, 30, 32, 33},
        {9, 33},
        {13, 33},
        {14, 32, 33},
        {15, 32, 33},
        {18, 32, 33},
        {19, 33},
        {20, 32, 33},
        {22, 32, 33},
        {23, 25, 27, 29, 32, 33},
        {24, 25, 27, 31},
        {25, 31},
        {26, 29, 33},
        {27, 33},
        {28, 31, 33},
        {29, 32, 33},
        {30, 32, 33},
        {31, 32, 33},
        {32, 33}
    };

    // The best division has modularity .4198 (Brandes and others, IEEE TKDE 20, 2008), Louvain's first find .4188.
    @ParameterizedTest
    @EnumSource
    void findsTheFourCommunitiesOfTheKarateClub(Communities method) {
        NeighbourGraph club = karate();
        assertThat(club.edges()).isEqualTo(78);
        Grouping found = method.of(club, 20, 1);
        assertThat(found.groups()).isEqualTo(4);
        assertThat(club.modularity(found.toArray())).isBetween(.41879, .41980);
        for (long seed = 0; seed < 20; seed++) {
            assertThat(club.modularity(method.of(club, 1, seed).toArray())).isBetween(.38, .41980);
        }
    }

    @Test
    void modularityIsTheSumOverAllPairs() {
        NeighbourGraph club = karate();
        int[] division = new SplittableRandom(6).ints(34, 0, 3).toArray();
        double sum = 0;
        for (int i = 0; i < 34; i++) {
            for (int j = 0; j < 34; j++) {
                double joined = 0;
                for (int e = 0; e < club.degree(i); e++) {
                    joined += club.end(i, e) == j ? 1 : 0;
                }
                sum += division[i] == division[j] ? (joined - club.degree(i) * club.degree(j) / 156.0) / 156 : 0;
            }
        }
        assertThat(club.modularity(division)).isCloseTo(sum, within(1e-12));
        assertThat(club.modularity(new int[34])).isCloseTo(0, within(1e-12));
    }

    // The benchmark of Girvan and Newman, PNAS 99, 2002: four groups of 32, 16 edges a node, 3 of them leading out.
    @ParameterizedTest
    @EnumSource
    void findsPlantedPartitions(Communities method) {
        SplittableRandom random = new SplittableRandom(2);
        int[] planted = new int[128];
        List<int[]> edges = new ArrayList<>();
        for (int i = 0; i < 128; i++) {
            planted[i] = i / 32;
            for (int j = 0; j < i; j++) {
                if (random.nextDouble() < (planted[i] == planted[j] ? 13 / 31.0 : 3 / 96.0)) {
                    edges.add(new int[] {i, j});
                }
            }
        }
        NeighbourGraph graph = NeighbourGraph.of(128, edges.toArray(int[][]::new));
        Grouping found = method.of(graph, 5, 3);
        assertThat(MutualInformation.normalised(found, Grouping.of(planted))).isGreaterThan(.98);
        // 13/16 within, a quarter of it by chance.
        assertThat(graph.modularity(planted)).isCloseTo(13 / 16.0 - .25, within(.03));
        assertThat(graph.modularity(found.toArray())).isGreaterThanOrEqualTo(graph.modularity(planted) - 1e-9);
    }

    @ParameterizedTest
    @EnumSource
    void findsTheSameWithTheSameSeed(Communities method) {
        assertThat(method.of(karate(), 2, 5).toArray())
                .isEqualTo(method.of(karate(), 2, 5).toArray());
    }

    @Test
    void mutualInformationIsThatWorkedByHand() {
        Grouping halves = Grouping.of(0, 0, 1, 1);
        assertThat(MutualInformation.normalised(halves, Grouping.of(1, 1, 0, 0)))
                .isCloseTo(1, within(1e-12));
        assertThat(MutualInformation.normalised(halves, Grouping.of(0, 1, 0, 1)))
                .isCloseTo(0, within(1e-12));
        // I = H(halves) = ln 2, the other's entropy 1.5 ln 2.
        assertThat(MutualInformation.normalised(halves, Grouping.of(0, 1, 2, 2)))
                .isCloseTo(2 / 2.5, within(1e-12));
        assertThat(MutualInformation.normalised(Grouping.of(0, 0), Grouping.of(0, 0)))
                .isEqualTo(1);
    }

    // METHODS §5.
    @Test
    void communitiesBelongToTheLabelThatMostOfThemHave() {
        CommunityMatching matching = new CommunityMatching(
                Grouping.of(1, 1, 1, 1, 2, 2, 3, 4, 4), Grouping.of(10, 50, 10, 20, 20, 20, 30, 30, 30));
        assertThat(matching.owned(1)).containsExactly(10, 50);
        assertThat(matching.owned(2)).containsExactly(20);
        assertThat(matching.owned(3)).isEmpty();
        assertThat(matching.owned(4)).containsExactly(30);
        assertThat(matching.owner(0)).isEqualTo(-1);
        assertThat(matching.misclustered()).containsExactly(3, 6);
    }

    @Test
    void representativesAreDrawnFromTheRightOnesOfEachCommunity() {
        CommunityMatching matching = new CommunityMatching(
                Grouping.of(1, 1, 1, 1, 2, 2, 3, 4, 4), Grouping.of(10, 50, 10, 20, 20, 20, 30, 30, 30));
        assertThat(matching.representatives(100, 1)).containsExactly(0, 2, 4, 5, 7, 8, 1);
        assertThat(matching.representatives(1, 1))
                .hasSize(4)
                .contains(1)
                .containsAnyOf(0, 2)
                .containsAnyOf(4, 5)
                .containsAnyOf(7, 8);
    }

    @Test
    void theIndexOfRepresentativesFindsTheNearestOfThem() {
        var points = ExactNearestNeighboursTest.unit(600, 5, 9);
        int[] chosen =
                new SplittableRandom(1).ints(0, 600).distinct().limit(300).toArray();
        int[] nearest = new Representatives(points, chosen).nearest(points);
        for (int i = 0; i < 600; i++) {
            int best = chosen[0];
            for (int c : chosen) {
                best = points.dot(i, c) > points.dot(i, best) ? c : best;
            }
            assertThat(nearest[i]).isEqualTo(best);
        }
    }

    static NeighbourGraph karate() {
        List<int[]> edges = new ArrayList<>();
        for (int[] knows : KARATE) {
            for (int other = 1; other < knows.length; other++) {
                edges.add(new int[] {knows[0], knows[other]});
            }
        }
        return NeighbourGraph.of(34, edges.toArray(int[][]::new));
    }
}
