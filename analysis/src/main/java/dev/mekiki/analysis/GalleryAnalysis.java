package dev.mekiki.analysis;

import dev.mekiki.analysis.AnalysisProgress.Stage;
import dev.mekiki.analysis.finding.Examination;
import dev.mekiki.analysis.finding.Finding;
import dev.mekiki.analysis.graph.Communities;
import dev.mekiki.analysis.graph.CommunityMatching;
import dev.mekiki.analysis.graph.MutualInformation;
import dev.mekiki.analysis.graph.NearestNeighbours;
import dev.mekiki.analysis.graph.NeighbourGraph;
import dev.mekiki.analysis.graph.Neighbours;
import dev.mekiki.analysis.measure.CalinskiHarabasz;
import dev.mekiki.analysis.measure.ClassHomogeneity;
import dev.mekiki.analysis.measure.Concentration;
import dev.mekiki.analysis.measure.IntrinsicDimension;
import dev.mekiki.analysis.measure.RelativeLocalDensity;
import dev.mekiki.analysis.projection.PlaneMap;
import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.space.Points;
import dev.mekiki.analysis.space.Workers;
import dev.mekiki.analysis.threshold.CalibratedThreshold;
import dev.mekiki.analysis.threshold.Impostors;
import dev.mekiki.analysis.threshold.LabelThresholds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Analyses a gallery: its space, labels, communities, faults and thresholds. Thread-safe; each analysis has threads of
 * its own.
 */
public final class GalleryAnalysis {

    private static final int NEIGHBOURS = 10;
    private static final int[] HOMOGENEITY = {1, 10, 100, 1_000};
    private static final int HOMOGENEITY_AROUND = 2_000;
    private static final int DENSITY_SAMPLE = 3_000;
    private static final int MAP_SAMPLE = 5_000;
    private static final int LEAST_ON_MAP = 20;
    private static final int COMMUNITIES_SHOWN = 100;
    private static final int REPRESENTATIVES = 3;
    private static final int REPLICATES = 200;

    private final NearestNeighbours search;
    private final Bounds bounds;
    private final double falseAcceptRate;
    private final long seed;

    /**
     * @param search finds neighbours
     * @param bounds its threads are what an analysis takes; its number of registrations is for whoever makes snapshots
     * @param falseAcceptRate that thresholds are calibrated to, in (0, 1)
     * @param seed the same one gives the same report of the same snapshot, but for how long it took
     */
    public GalleryAnalysis(NearestNeighbours search, Bounds bounds, double falseAcceptRate, long seed) {
        if (!(falseAcceptRate > 0 && falseAcceptRate < 1)) {
            throw new IllegalArgumentException(
                    "falseAcceptRate: " + falseAcceptRate + " (expected: between 0 and 1, exclusive)");
        }
        this.search = search;
        this.bounds = bounds;
        this.falseAcceptRate = falseAcceptRate;
        this.seed = seed;
    }

    /**
     * Analyses a snapshot.
     *
     * @throws CancellationException if {@code progress} says so, or the thread is interrupted
     */
    public AnalysisReport of(Snapshot snapshot, AnalysisProgress progress) {
        try (Workers workers = new Workers(bounds.threads(), progress::isCancelled)) {
            return new Run(snapshot, progress, workers).report();
        }
    }

    /** One analysis under way. */
    private final class Run {
        private final Snapshot snapshot;
        private final Points vectors;
        private final Grouping labels;
        private final AnalysisProgress progress;
        private final Workers workers;
        private final Map<Stage, Duration> took = new EnumMap<>(Stage.class);

        Run(Snapshot snapshot, AnalysisProgress progress, Workers workers) {
            this.snapshot = snapshot;
            this.vectors = snapshot.vectors();
            this.labels = snapshot.byMainLabel();
            this.progress = progress;
            this.workers = workers;
        }

        private <T> T timed(Stage stage, Supplier<T> work) {
            workers.endIfCancelled();
            progress.at(stage, 0);
            long start = System.nanoTime();
            T result = work.get();
            took.merge(stage, Duration.ofNanos(System.nanoTime() - start), Duration::plus);
            progress.at(stage, 1);
            return result;
        }

        AnalysisReport report() {
            int k = Math.min(NEIGHBOURS, snapshot.count() - 1);
            Neighbours neighbours = timed(
                    Stage.NEIGHBOURS,
                    () -> search.find(vectors, labels, k, workers, share -> progress.at(Stage.NEIGHBOURS, share)));
            Examination examination = timed(Stage.FINDINGS, () -> new Examination(snapshot, neighbours, workers, seed));
            AnalysisReport.Space space = timed(Stage.MEASURES, () -> space(neighbours));
            List<AnalysisReport.Label> ofLabels = timed(Stage.MEASURES, () -> labels(neighbours, examination));
            AnalysisReport.Communities communities = timed(Stage.COMMUNITIES, () -> communities(neighbours, k));
            Optional<CalibratedThreshold> common = timed(Stage.THRESHOLDS, () -> common(neighbours, examination));
            Optional<AnalysisReport.Thresholds> thresholds =
                    timed(Stage.THRESHOLDS, () -> common.flatMap(t -> thresholds(t, neighbours, examination)));
            List<Finding> findings = new ArrayList<>(examination.findings());
            common.ifPresent(
                    t -> findings.addAll(examination.tooFew(t.threshold().value())));
            List<AnalysisReport.Place> map = timed(Stage.MAP, this::map);
            return new AnalysisReport(
                    new AnalysisReport.Extent(
                            snapshot.count(), labels.groups(), snapshot.registrationsSeen(), snapshot.labelsSeen()),
                    space,
                    scores(neighbours, examination),
                    ofLabels,
                    communities,
                    sorted(findings),
                    thresholds,
                    map,
                    took);
        }

        private List<Finding> sorted(List<Finding> findings) {
            // Stable, so that kinds stay in the order of looking.
            Map<Class<?>, Integer> kinds = new HashMap<>();
            findings.forEach(f -> kinds.putIfAbsent(f.getClass(), kinds.size()));
            return findings.stream()
                    .sorted(Comparator.<Finding>comparingInt(f -> kinds.get(f.getClass()))
                            .thenComparing(
                                    Comparator.comparingDouble(Finding::score).reversed()))
                    .toList();
        }

        /** Numbers of registrations drawn at random, ascending; all if there are no more. */
        private int[] drawn(int most) {
            int n = snapshot.count();
            SplittableRandom random = new SplittableRandom(seed);
            int[] drawn = new int[Math.min(most, n)];
            int count = 0;
            for (int i = 0; i < n && count < drawn.length; i++) {
                if (random.nextInt(n - i) < drawn.length - count) {
                    drawn[count++] = i;
                }
            }
            return drawn;
        }

        private Grouping only(int[] chosen) {
            return new Grouping(Arrays.stream(chosen).map(labels::of).toArray(), labels.groups());
        }

        private AnalysisReport.Space space(Neighbours neighbours) {
            int[] sample = drawn(DENSITY_SAMPLE);
            double[] density =
                    RelativeLocalDensity.of(vectors.only(sample), only(sample), RelativeLocalDensity.SCALES.clone());
            List<AnalysisReport.AtScale> atScales = IntStream.range(0, density.length)
                    .mapToObj(s -> new AnalysisReport.AtScale(RelativeLocalDensity.SCALES[s], density[s]))
                    .toList();
            int[] around = drawn(HOMOGENEITY_AROUND);
            int[] sizes =
                    Arrays.stream(HOMOGENEITY).filter(p -> p < snapshot.count()).toArray();
            double[] homogeneity = ClassHomogeneity.of(vectors, labels, around, sizes, workers);
            List<AnalysisReport.OfSize> ofSizes = IntStream.range(0, sizes.length)
                    .mapToObj(p -> new AnalysisReport.OfSize(sizes[p], homogeneity[p]))
                    .toList();
            return new AnalysisReport.Space(
                    atScales,
                    sample.length,
                    ofSizes,
                    around.length,
                    CalinskiHarabasz.of(vectors, labels),
                    IntrinsicDimension.isMeasurable(neighbours)
                            ? IntrinsicDimension.of(neighbours).dimension()
                            : Double.NaN);
        }

        private AnalysisReport.Scores scores(Neighbours neighbours, Examination examination) {
            int[] own = new int[AnalysisReport.Histogram.BINS];
            int[] other = new int[AnalysisReport.Histogram.BINS];
            for (int i = 0; i < snapshot.count(); i++) {
                if (examination.isSound(i) && examination.ownCosine(i) >= -1) {
                    own[bin(examination.ownCosine(i))]++;
                }
                if (neighbours.rival(i) >= 0) {
                    other[bin(neighbours.rivalCosine(i))]++;
                }
            }
            return new AnalysisReport.Scores(
                    examination.separation(),
                    new AnalysisReport.Histogram(Arrays.stream(own).boxed().toList()),
                    new AnalysisReport.Histogram(Arrays.stream(other).boxed().toList()));
        }

        private static int bin(double cosine) {
            return Math.clamp(
                    (int) Math.floor((cosine + 1) / 2 * AnalysisReport.Histogram.BINS),
                    0,
                    AnalysisReport.Histogram.BINS - 1);
        }

        private List<AnalysisReport.Label> labels(Neighbours neighbours, Examination examination) {
            AnalysisReport.Label[] measured = new AnalysisReport.Label[labels.groups()];
            workers.run(measured.length, () -> label -> measured[label] = label(label, neighbours, examination));
            return List.of(measured);
        }

        private AnalysisReport.Label label(int label, Neighbours neighbours, Examination examination) {
            int[] members = labels.members(label);
            double own = 0;
            int withOwn = 0;
            int misrecognised = 0;
            double density = 0;
            double rivalCosine = Double.NEGATIVE_INFINITY;
            TreeMap<Integer, Integer> rivals = new TreeMap<>();
            for (int i : members) {
                double cosine = examination.ownCosine(i);
                if (cosine >= -1) {
                    own += cosine;
                    withOwn++;
                    misrecognised +=
                            neighbours.rivalCosine(i) > cosine && examination.isSound(neighbours.rival(i)) ? 1 : 0;
                }
                density += neighbours.density(i) / members.length;
                if (neighbours.rival(i) >= 0) {
                    rivals.merge(labels.of(neighbours.rival(i)), 1, Integer::sum);
                    rivalCosine = Math.max(rivalCosine, neighbours.rivalCosine(i));
                }
            }
            return new AnalysisReport.Label(
                    snapshot.mainLabel(label),
                    members.length,
                    members.length < 2
                            ? Double.NaN
                            : Concentration.of(Arrays.stream(members)
                                    .mapToObj(vectors::row)
                                    .toList()),
                    withOwn == 0 ? Double.NaN : own / withOwn,
                    rivals.entrySet().stream()
                            .max(Comparator.comparingInt(rival -> rival.getValue()))
                            .map(rival -> snapshot.mainLabel(rival.getKey())),
                    rivals.isEmpty() ? Double.NaN : rivalCosine,
                    density,
                    withOwn == 0 ? Double.NaN : (double) misrecognised / withOwn);
        }

        private AnalysisReport.Communities communities(Neighbours neighbours, int k) {
            NeighbourGraph graph = NeighbourGraph.unweighted(neighbours);
            Grouping found = Communities.LEIDEN.of(graph, 1, seed);
            CommunityMatching matching = new CommunityMatching(labels, found);
            Map<Integer, List<Integer>> representatives = new HashMap<>();
            for (int i : matching.representatives(REPRESENTATIVES, seed)) {
                representatives
                        .computeIfAbsent(found.of(i), _ -> new ArrayList<>())
                        .add(i);
            }
            List<AnalysisReport.Community> largest = IntStream.range(0, Math.min(COMMUNITIES_SHOWN, found.groups()))
                    .mapToObj(c -> {
                        int[] members = found.members(c);
                        long right = Arrays.stream(members)
                                .filter(i -> !matching.isMisclustered(i))
                                .count();
                        return new AnalysisReport.Community(
                                members.length,
                                snapshot.mainLabel(matching.owner(c)),
                                (double) right / members.length,
                                representatives.getOrDefault(c, List.of()).stream()
                                        .map(snapshot::id)
                                        .toList());
                    })
                    .toList();
            return new AnalysisReport.Communities(
                    k,
                    found.groups(),
                    graph.modularity(found.toArray()),
                    graph.modularity(labels.toArray()),
                    MutualInformation.normalised(found, labels),
                    Arrays.stream(matching.misclustered())
                            .mapToObj(snapshot::id)
                            .toList(),
                    largest);
        }

        /** From what sound registrations score with other labels, as if their own were not there. */
        private Optional<CalibratedThreshold> common(Neighbours neighbours, Examination examination) {
            int[] strangers = strangers(neighbours, examination);
            if (!isEnough(neighbours, strangers)) {
                return Optional.empty();
            }
            return Optional.of(CalibratedThreshold.of(
                    new Impostors(rivalCosines(neighbours, strangers), only(strangers), rivals(neighbours, strangers)),
                    falseAcceptRate,
                    REPLICATES,
                    seed));
        }

        private int[] strangers(Neighbours neighbours, Examination examination) {
            return IntStream.range(0, snapshot.count())
                    .filter(i -> neighbours.rival(i) >= 0)
                    .filter(i -> examination.isSound(i) && examination.isSound(neighbours.rival(i)))
                    .toArray();
        }

        /** Halves are calibrated with, and the highest quarter of each must have different scores. */
        private boolean isEnough(Neighbours neighbours, int[] strangers) {
            return strangers.length >= 4 * CalibratedThreshold.LEAST_IMPOSTORS
                    && only(strangers).occupied() >= 4
                    && Arrays.stream(strangers)
                                    .mapToDouble(neighbours::rivalCosine)
                                    .distinct()
                                    .count()
                            > strangers.length / 2;
        }

        private float[] rivalCosines(Neighbours neighbours, int[] strangers) {
            float[] cosines = new float[strangers.length];
            for (int s = 0; s < cosines.length; s++) {
                cosines[s] = neighbours.rivalCosine(strangers[s]);
            }
            return cosines;
        }

        private Grouping rivals(Neighbours neighbours, int[] strangers) {
            return only(Arrays.stream(strangers).map(neighbours::rival).toArray());
        }

        private Optional<AnalysisReport.Thresholds> thresholds(
                CalibratedThreshold common, Neighbours neighbours, Examination examination) {
            int[] own = IntStream.range(0, snapshot.count())
                    .filter(i -> examination.isSound(i) && examination.ownCosine(i) >= -1)
                    .toArray();
            if (own.length < 2) {
                return Optional.empty();
            }
            float[] ownCosines = new float[own.length];
            for (int i = 0; i < own.length; i++) {
                ownCosines[i] = (float) examination.ownCosine(own[i]);
            }
            int[] strangers = strangers(neighbours, examination);
            LabelThresholds single = LabelThresholds.of(
                    new LabelThresholds.Scored(ownCosines, only(own)),
                    new LabelThresholds.Scored(rivalCosines(neighbours, strangers), rivals(neighbours, strangers)),
                    only(strangers),
                    falseAcceptRate,
                    REPLICATES,
                    seed);
            Map<String, Double> apart = new HashMap<>();
            double base = single.base().threshold().value();
            for (int label = 0; label < labels.groups(); label++) {
                if (single.thresholds()[label] != base) {
                    apart.put(snapshot.mainLabel(label), single.thresholds()[label]);
                }
            }
            return Optional.of(new AnalysisReport.Thresholds(
                    common,
                    single.base(),
                    apart,
                    new AnalysisReport.Compared(
                            single.common().trueAccepts(), single.perLabel().trueAccepts()),
                    new AnalysisReport.Compared(
                            single.common().falseAccepts(), single.perLabel().falseAccepts())));
        }

        private List<AnalysisReport.Place> map() {
            if (snapshot.count() < LEAST_ON_MAP) {
                return List.of();
            }
            int[] sample = drawn(MAP_SAMPLE);
            PlaneMap plane = PlaneMap.of(vectors.only(sample), workers, seed);
            return IntStream.range(0, sample.length)
                    .mapToObj(p -> new AnalysisReport.Place(
                            snapshot.id(sample[p]), snapshot.label(sample[p]), plane.x()[p], plane.y()[p]))
                    .toList();
        }
    }
}
