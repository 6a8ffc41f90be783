package dev.mekiki.benchmarks.vitals;

import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.stream.Collectors;

/**
 * What a service did, by its own metrics: since it began, or in a spell as a difference of two.
 *
 * @param stages how often and how long, by stage, in the order that an image goes through them
 * @param calls the same of calls that were answered with {@code OK}
 * @param batches runs of the model by how many images they had: the smallest size of the bucket first; ascending
 */
public record Activity(Map<String, Timing> stages, Timing calls, Map<Integer, BatchSize> batches) {

    /** As they follow each other; a stage that is not among them comes last. */
    private static final List<String> ORDER =
            List.of("admission", "decode", "preprocess", "queue", "inference", "search", "store");

    /**
     * How often something happened and how long it took together.
     *
     * @param count of it
     * @param seconds together
     */
    public record Timing(double count, double seconds) {

        static final Timing NONE = new Timing(0, 0);

        Timing plus(Timing other) {
            return new Timing(count + other.count, seconds + other.seconds);
        }

        Timing minus(Timing other) {
            return new Timing(count - other.count, seconds - other.seconds);
        }
    }

    /**
     * Runs of the model with about the same number of images.
     *
     * @param least images
     * @param most images
     * @param runs of the model
     */
    public record BatchSize(int least, int most, double runs) {

        /** {@code 4}, {@code 5–6}, or {@code 129 and more}. */
        public String name() {
            return most == Integer.MAX_VALUE
                    ? least + " and more"
                    : least == most ? Integer.toString(least) : least + "–" + most;
        }
    }

    public Activity {
        Map<String, Timing> ordered = new LinkedHashMap<>();
        stages.entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, Timing> e) -> rank(e.getKey()))
                        .thenComparing(Map.Entry::getKey))
                .forEach(e -> ordered.put(e.getKey(), e.getValue()));
        stages = Collections.unmodifiableMap(ordered);
        batches = Collections.unmodifiableMap(new TreeMap<>(batches));
    }

    /** From the service's page of metrics. */
    static Activity of(Exposition metrics) {
        Map<String, Timing> stages = new TreeMap<>();
        metrics.of("mekiki_stage_seconds_count")
                .forEach(s -> stages.merge(label(s, "stage"), new Timing(s.value(), 0), Timing::plus));
        metrics.of("mekiki_stage_seconds_sum")
                .forEach(s -> stages.merge(label(s, "stage"), new Timing(0, s.value()), Timing::plus));
        double calls = metrics.of("mekiki_call_seconds_count")
                .filter(s -> label(s, "status").equals("OK"))
                .mapToDouble(Exposition.Sample::value)
                .sum();
        double seconds = metrics.of("mekiki_call_seconds_sum")
                .filter(s -> label(s, "status").equals("OK"))
                .mapToDouble(Exposition.Sample::value)
                .sum();
        TreeMap<Double, Double> cumulative = metrics.of("mekiki_batch_images_bucket")
                .collect(Collectors.toMap(
                        s -> bound(label(s, "le")), Exposition.Sample::value, Double::sum, TreeMap::new));
        Map<Integer, BatchSize> batches = new TreeMap<>();
        int least = 1;
        double before = 0;
        for (Map.Entry<Double, Double> bucket : cumulative.entrySet()) {
            int most = bucket.getKey().isInfinite()
                    ? Integer.MAX_VALUE
                    : bucket.getKey().intValue();
            batches.put(least, new BatchSize(least, most, bucket.getValue() - before));
            before = bucket.getValue();
            least = most + 1;
        }
        return new Activity(stages, new Timing(calls, seconds), batches);
    }

    public Activity plus(Activity other) {
        return combined(other, Timing::plus, Double::sum);
    }

    public Activity minus(Activity other) {
        return combined(other, Timing::minus, (a, b) -> a - b);
    }

    /** The share of runs that each size has, 0..1, up to the largest that was run. */
    public Map<String, Double> batchShares() {
        double all = batches.values().stream().mapToDouble(BatchSize::runs).sum();
        Map<String, Double> shares = new LinkedHashMap<>();
        double rest = all;
        for (BatchSize size : batches.values()) {
            if (rest <= 0) {
                break;
            }
            shares.put(size.name(), size.runs() / all);
            rest -= size.runs();
        }
        return shares;
    }

    private Activity combined(Activity other, BinaryOperator<Timing> timing, BinaryOperator<Double> number) {
        Map<String, Timing> both = new TreeMap<>();
        for (String stage : union(stages.keySet(), other.stages.keySet())) {
            both.put(
                    stage,
                    timing.apply(
                            stages.getOrDefault(stage, Timing.NONE), other.stages.getOrDefault(stage, Timing.NONE)));
        }
        Map<Integer, BatchSize> sizes = new TreeMap<>();
        for (Integer least : union(batches.keySet(), other.batches.keySet())) {
            BatchSize mine = batches.get(least);
            BatchSize theirs = other.batches.get(least);
            int most =
                    mine != null ? mine.most() : Objects.requireNonNull(theirs).most();
            double runs = number.apply(mine == null ? 0 : mine.runs(), theirs == null ? 0 : theirs.runs());
            sizes.put(least, new BatchSize(least, most, runs));
        }
        return new Activity(both, timing.apply(calls, other.calls), sizes);
    }

    private static <T> Set<T> union(Set<T> one, Set<T> other) {
        Set<T> both = new HashSet<>(one);
        both.addAll(other);
        return both;
    }

    private static String label(Exposition.Sample sample, String name) {
        return sample.labels().getOrDefault(name, "");
    }

    private static double bound(String le) {
        return le.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(le);
    }

    private static int rank(String stage) {
        int at = ORDER.indexOf(stage);
        return at < 0 ? ORDER.size() : at;
    }
}
