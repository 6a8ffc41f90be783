package dev.mekiki.benchmarks.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.benchmarks.scaling.Autoscaler.Behaviour;
import dev.mekiki.benchmarks.scaling.Autoscaler.Policy;
import dev.mekiki.benchmarks.scaling.Autoscaler.Target;
import dev.mekiki.benchmarks.scaling.Cluster.Outcome;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class ClusterTest {

    private static final ServiceTimes TENTH = new ServiceTimes(new double[] {0.1});
    private static final Behaviour BEHAVIOUR = new Behaviour(
            List.of(new Policy(Policy.Kind.PERCENT, 100, 30)), List.of(new Policy(Policy.Kind.PERCENT, 25, 60)), 300);

    private static Outcome run(Cluster.Setting setting, int least, int most) {
        return run(LoadShape.STEP, setting, least, most);
    }

    private static Outcome run(LoadShape load, Cluster.Setting setting, int least, int most) {
        return new Cluster(setting, TENTH, 7)
                .run(
                        load,
                        new Autoscaler(
                                new Target(OptionalDouble.of(70), OptionalDouble.empty(), least, most), BEHAVIOUR),
                        least);
    }

    /**
     * The mean wait of Poisson arrivals at one processor whose times are all the same (M/D/1): ρ/(2(1−ρ)) of a time
     * (Pollaczek and Khinchine). There are so many clients that each replica's arrivals are Poisson's.
     */
    @Test
    void waitsAsTheFormulaSays() {
        Outcome outcome =
                run(LoadShape.DAY, new Cluster.Setting(1, 10, 1_000_000, 5_000, Double.POSITIVE_INFINITY), 9, 9);

        double expected = 0;
        double images = 0;
        for (double minute = 0.5; minute < LoadShape.DAY.minutes(); minute++) {
            double load = LoadShape.DAY.at(minute) / 9;
            expected += load * 0.1 * load / (2 * (1 - load));
            images += load;
        }
        assertThat(outcome.waits().getMean() / 1e6).isCloseTo(expected / images, within(0.1 * expected / images));
    }

    /** One client takes replicas in turn, so that arrivals at each are more even, and wait less. */
    @Test
    void waitsLessWhereArrivalsAreEven() {
        Outcome outcome =
                run(LoadShape.RAMP, new Cluster.Setting(1, 10, 1_000_000, 1, Double.POSITIVE_INFINITY), 10, 10);

        double load = outcome.busySeconds() / outcome.replicaSeconds();
        assertThat(load).isBetween(0.2, 0.5);
        assertThat(outcome.waits().getMean() / 1e6).isLessThan(0.1 * load / (2 * (1 - load)));
        assertThat(outcome.refused()).isZero();
    }

    @Test
    void addsReplicasUnderLoadAndRemovesThemAfterwards() {
        Outcome outcome = run(new Cluster.Setting(2, 25, 254, 20, 300), 2, 20);

        assertThat(outcome.replicas().get(14)).isBetween(2, 3);
        assertThat(outcome.replicas().get(30)).isBetween(6, 10);
        assertThat(outcome.replicas().get(59)).isBetween(2, 4);
        assertThat(outcome.busySeconds() / (2 * outcome.replicaSeconds())).isBetween(0.4, 0.75);
    }

    @Test
    void refusesWhatNobodyCanTake() {
        Outcome outcome = run(new Cluster.Setting(2, 25, 254, 20, 300), 2, 2);

        // Five replicas' worth at two replicas for a third of the time: three of five are refused.
        assertThat(outcome.refusedShare()).isCloseTo(60 / 140.0, within(0.02));
        assertThat(outcome.waits().getMaxValue() / 1e6).isBetween(12.0, 12.9);
    }

    /** Without it, clients never find those that were added. */
    @Test
    void replicasAreFoundWhenConnectionsEnd() {
        Outcome last = run(new Cluster.Setting(2, 25, 254, 20, Double.POSITIVE_INFINITY), 2, 20);
        Outcome end = run(new Cluster.Setting(2, 25, 254, 20, 60), 2, 20);

        assertThat(end.refusedShare()).isLessThan(last.refusedShare() / 4);
    }

    @Test
    void theSameSeedGivesTheSame() {
        Cluster.Setting setting = new Cluster.Setting(2, 25, 254, 20, 300);

        assertThat(run(setting, 2, 20).waits()).isEqualTo(run(setting, 2, 20).waits());
    }
}
