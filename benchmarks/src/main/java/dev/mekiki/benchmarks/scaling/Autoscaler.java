package dev.mekiki.benchmarks.scaling;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How many replicas a HorizontalPodAutoscaler ({@code autoscaling/v2}) wants, as Kubernetes' controller computes it
 * ("Horizontal Pod Autoscaling", algorithm details; {@code replica_calculator.go} and {@code horizontal.go} of 1.36 and
 * their defaults). KEDA's ScaledObject makes one of these, too. Not thread-safe.
 */
final class Autoscaler {

    /** Seconds between two looks. */
    static final double PERIOD = 15;

    /** Of a ratio from 1, within which nothing changes. */
    private static final double TOLERANCE = 0.1;

    /**
     * What it aims at; at least one of both.
     *
     * @param cpuPercent CPU of what pods request, on average
     * @param waiting images that wait, for each replica
     * @param minReplicas at least 1
     * @param maxReplicas not less
     */
    record Target(OptionalDouble cpuPercent, OptionalDouble waiting, int minReplicas, int maxReplicas) {}

    /**
     * A bound on changes.
     *
     * @param kind what {@code value} is
     * @param value of the replicas at the beginning of the period
     * @param seconds the period
     */
    record Policy(Kind kind, int value, double seconds) {

        enum Kind {
            PERCENT,
            PODS
        }
    }

    /**
     * How fast it changes.
     *
     * @param up the policy that allows most wins
     * @param down likewise
     * @param downSeconds for which fewer must have been enough
     */
    record Behaviour(List<Policy> up, List<Policy> down, double downSeconds) {}

    /**
     * What is known of the pods.
     *
     * @param replicas those that there are, ready or not
     * @param cpuPercent of each pod of which it is known
     * @param unready pods whose CPU is not looked at, because they have just begun
     * @param waiting images that wait, at all of them
     */
    record Seen(int replicas, List<Double> cpuPercent, int unready, double waiting) {}

    private record Recommendation(double time, int replicas) {}

    private record Change(double time, int replicas) {}

    private final Target target;
    private final Behaviour behaviour;
    private final Deque<Recommendation> recommendations = new ArrayDeque<>();
    private final Deque<Change> added = new ArrayDeque<>();
    private final Deque<Change> removed = new ArrayDeque<>();

    Autoscaler(Target target, Behaviour behaviour) {
        this.target = target;
        this.behaviour = behaviour;
    }

    /**
     * Looks at the pods.
     *
     * @param time seconds, not less than at the last look
     * @return the replicas there should be from now on
     */
    int look(double time, Seen seen) {
        int wanted = 0;
        if (target.cpuPercent().isPresent()) {
            wanted = Math.max(wanted, byCpu(target.cpuPercent().getAsDouble(), seen));
        }
        if (target.waiting().isPresent()) {
            wanted = Math.max(wanted, byAverage(target.waiting().getAsDouble(), seen));
        }
        int stable = stabilised(time, wanted, seen.replicas());
        int bounded = Math.clamp(bounded(time, stable, seen.replicas()), target.minReplicas(), target.maxReplicas());
        if (bounded > seen.replicas()) {
            added.add(new Change(time, bounded - seen.replicas()));
        } else if (bounded < seen.replicas()) {
            removed.add(new Change(time, seen.replicas() - bounded));
        }
        return bounded;
    }

    /** Resource utilisation; pods that have just begun count as idle when that makes fewer new ones. */
    private static int byCpu(double percent, Seen seen) {
        int known = seen.cpuPercent().size();
        if (known == 0) {
            return seen.replicas();
        }
        double sum = seen.cpuPercent().stream().mapToDouble(Double::doubleValue).sum();
        double ratio = sum / known / percent;
        if (seen.unready() == 0 || ratio <= 1) {
            return Math.abs(1 - ratio) <= TOLERANCE ? seen.replicas() : ceil(ratio * known);
        }
        int all = known + seen.unready();
        double cautious = sum / all / percent;
        if (Math.abs(1 - cautious) <= TOLERANCE || cautious < 1) {
            return seen.replicas();
        }
        return Math.max(seen.replicas(), ceil(cautious * all));
    }

    /** An external metric's average value. */
    private static int byAverage(double each, Seen seen) {
        double ratio = seen.waiting() / (each * seen.replicas());
        return Math.abs(1 - ratio) <= TOLERANCE ? seen.replicas() : ceil(seen.waiting() / each);
    }

    /** Never fewer than were recommended at any time within the window. */
    private int stabilised(double time, int wanted, int current) {
        int most = wanted;
        recommendations.add(new Recommendation(time, wanted));
        while (recommendations.getFirst().time() < time - behaviour.downSeconds()) {
            recommendations.removeFirst();
        }
        for (Recommendation earlier : recommendations) {
            most = Math.max(most, earlier.replicas());
        }
        return wanted > current ? wanted : Math.min(current, most);
    }

    private int bounded(double time, int wanted, int current) {
        if (wanted > current) {
            int limit = current;
            for (Policy policy : behaviour.up()) {
                int start = current - within(added, time, policy.seconds()) + within(removed, time, policy.seconds());
                limit = Math.max(
                        limit,
                        switch (policy.kind()) {
                            case PODS -> start + policy.value();
                            case PERCENT -> ceil(start * (1 + policy.value() / 100.0));
                        });
            }
            return Math.min(wanted, limit);
        }
        if (wanted < current) {
            int limit = current;
            for (Policy policy : behaviour.down()) {
                int start = current - within(added, time, policy.seconds()) + within(removed, time, policy.seconds());
                limit = Math.min(
                        limit,
                        switch (policy.kind()) {
                            case PODS -> start - policy.value();
                            case PERCENT -> (int) (start * (1 - policy.value() / 100.0));
                        });
            }
            return Math.max(wanted, limit);
        }
        return current;
    }

    private static int within(Deque<Change> changes, double time, double seconds) {
        changes.removeIf(change -> change.time() <= time - 3600);
        return changes.stream()
                .filter(change -> change.time() > time - seconds)
                .mapToInt(Change::replicas)
                .sum();
    }

    private static int ceil(double value) {
        return (int) Math.ceil(value - 1e-9);
    }
}
