package dev.mekiki.benchmarks.scaling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.benchmarks.scaling.Autoscaler.Behaviour;
import dev.mekiki.benchmarks.scaling.Autoscaler.Policy;
import dev.mekiki.benchmarks.scaling.Autoscaler.Seen;
import dev.mekiki.benchmarks.scaling.Autoscaler.Target;
import java.util.Collections;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** Against what Kubernetes' documentation says of the algorithm, with its examples. */
class AutoscalerTest {

    private static final Behaviour FREE = new Behaviour(
            List.of(new Policy(Policy.Kind.PODS, 1000, 15)), List.of(new Policy(Policy.Kind.PERCENT, 100, 15)), 0);

    private static Autoscaler cpu(double percent, Behaviour behaviour) {
        return new Autoscaler(new Target(OptionalDouble.of(percent), OptionalDouble.empty(), 1, 100), behaviour);
    }

    private static Seen pods(int count, double percent) {
        return new Seen(count, Collections.nCopies(count, percent), 0, 0);
    }

    /** "If the current metric value is 200m, and the desired value is 100m, the number of replicas will be doubled." */
    @Test
    void followsTheRatio() {
        assertThat(cpu(50, FREE).look(0, pods(4, 100))).isEqualTo(8);
        assertThat(cpu(100, FREE).look(0, pods(4, 50))).isEqualTo(2);
        assertThat(cpu(50, FREE).look(0, pods(3, 75))).as("4.5, rounded up").isEqualTo(5);
    }

    /** "The control plane skips any scaling action if the ratio is sufficiently close to 1.0 (0.1 by default)." */
    @Test
    void leavesItWithinTheTolerance() {
        assertThat(cpu(50, FREE).look(0, pods(10, 54.9))).isEqualTo(10);
        assertThat(cpu(50, FREE).look(0, pods(10, 45.1))).isEqualTo(10);
        assertThat(cpu(50, FREE).look(0, pods(10, 56))).isEqualTo(12);
    }

    /** Pods that are not ready count as idle when there are to be more. */
    @Test
    void isCautiousWhilePodsStart() {
        assertThat(cpu(50, FREE).look(0, new Seen(4, List.of(100.0, 100.0), 2, 0)))
                .as("enough are on their way")
                .isEqualTo(4);
        assertThat(cpu(50, FREE).look(0, new Seen(3, List.of(150.0, 150.0), 1, 0)))
                .isEqualTo(6);
        assertThat(cpu(50, FREE).look(0, new Seen(2, List.of(), 2, 0))).isEqualTo(2);
    }

    @Test
    void takesTheLargestOfSeveralMeasures() {
        Autoscaler both = new Autoscaler(new Target(OptionalDouble.of(50), OptionalDouble.of(4), 1, 100), FREE);

        assertThat(both.look(0, new Seen(2, List.of(50.0, 50.0), 0, 24))).isEqualTo(6);
        assertThat(both.look(15, new Seen(2, List.of(100.0, 100.0), 0, 2))).isEqualTo(4);
    }

    /** The documentation's example of 10 % and 4 pods: 80 pods go to 72, 64.8 is cut to 64, ... */
    @Test
    void removesNoMoreThanItsPoliciesAllow() {
        Behaviour slow = new Behaviour(FREE.up(), List.of(new Policy(Policy.Kind.PERCENT, 25, 60)), 0);
        Autoscaler scaler = cpu(50, slow);

        assertThat(scaler.look(0, pods(16, 1))).isEqualTo(12);
        assertThat(scaler.look(15, pods(12, 1))).as("within the same minute").isEqualTo(12);
        assertThat(scaler.look(61, pods(12, 1))).isEqualTo(9);
    }

    @Test
    void addsAsManyAsThePolicyThatAllowsMost() {
        Behaviour bounded = new Behaviour(
                List.of(new Policy(Policy.Kind.PERCENT, 100, 30), new Policy(Policy.Kind.PODS, 2, 30)), FREE.down(), 0);
        Autoscaler scaler = cpu(10, bounded);

        assertThat(scaler.look(0, pods(1, 100)))
                .as("two pods are more than 100 %")
                .isEqualTo(3);
        assertThat(scaler.look(15, pods(3, 100))).as("within the same 30 s").isEqualTo(3);
        assertThat(scaler.look(31, pods(3, 100))).isEqualTo(6);
    }

    /** The largest recommendation of the window stands. */
    @Test
    void waitsUntilFewerHaveBeenEnoughForLong() {
        Autoscaler scaler = cpu(50, new Behaviour(FREE.up(), FREE.down(), 300));

        assertThat(scaler.look(0, pods(10, 50))).isEqualTo(10);
        assertThat(scaler.look(15, pods(10, 10))).isEqualTo(10);
        assertThat(scaler.look(150, pods(10, 30))).isEqualTo(10);
        assertThat(scaler.look(301, pods(10, 10))).as("6 were wanted at 150 s").isEqualTo(6);
        assertThat(scaler.look(460, pods(6, 10))).isEqualTo(2);
    }

    @Test
    void staysWithinItsBounds() {
        Autoscaler scaler = new Autoscaler(new Target(OptionalDouble.of(50), OptionalDouble.empty(), 2, 5), FREE);

        assertThat(scaler.look(0, pods(4, 100))).isEqualTo(5);
        assertThat(scaler.look(15, pods(4, 1))).isEqualTo(2);
    }
}
