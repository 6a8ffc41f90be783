package dev.mekiki.training.evaluation;

import dev.mekiki.analysis.statistics.ClassBootstrap;
import dev.mekiki.analysis.statistics.Estimate;
import dev.mekiki.analysis.statistics.McNemar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Measures models on a folder of images: registers some, shows photographs of them, and compares. The photographs are
 * simulated from flat images, or taken. They go the way of serving: JPEG bytes, decoder, preprocessing, ONNX session.
 *
 * <p>Deterministic, speed aside: the same models, folder and settings give the same report.
 */
public final class Evaluation {
    private static final double[] PAIR_LIMITS = {1e-2, 1e-3, 1e-4, 1e-5};
    private static final double[] OPEN_LIMITS = {1e-1, 1e-2, 1e-3};
    private static final int WORST = 12;

    private Evaluation() {}

    /**
     * How to measure.
     *
     * @param photographsPerImage under each conditions, if they are simulated
     * @param longestSide of a simulated photograph, pixels
     * @param splits random halves of the labels for open-set figures
     * @param seed of the photographs, splits and intervals
     * @param threads that embed
     * @param replicates draws of labels for intervals; 0 for none
     */
    public record Settings(
            int photographsPerImage, int longestSide, int splits, long seed, int threads, int replicates) {
        public Settings {
            require("photographsPerImage", photographsPerImage, 2, 1000);
            require("longestSide", longestSide, 64, 4096);
            require("splits", splits, 1, 1000);
            require("threads", threads, 1, 256);
            require("replicates", replicates, 0, 100_000);
        }

        /** Eight photographs of 640 pixels under each conditions, ten splits, a thousand draws. */
        public static Settings standard() {
            return new Settings(8, 640, 10, 7, Runtime.getRuntime().availableProcessors(), 1000);
        }

        private static void require(String field, int value, int low, int high) {
            if (value < low || value > high) {
                throw new IllegalArgumentException(field + ": " + value + " (expected: " + low + ".." + high + ")");
            }
        }
    }

    /** Flat images, each registered and photographed by simulation. */
    public static Material simulated(DocumentFolder documents, Settings settings) throws IOException {
        return new SimulatedPhotographs(
                documents.names(),
                FlatImage.readAll(documents),
                settings.photographsPerImage(),
                settings.longestSide(),
                settings.seed());
    }

    /**
     * Photographs that somebody took.
     *
     * @param registrations how many of each label are registered, the first by name; the others are shown
     * @throws IOException if nothing is left to show
     */
    public static Material taken(DocumentFolder photographs, int registrations) throws IOException {
        return new TakenPhotographs(photographs, registrations);
    }

    /**
     * Measures one model on simulated photographs.
     *
     * @param onnx the model; its card lies beside it
     * @throws IOException if the folder cannot be read or one of its files is not an image
     */
    public static EvaluationReport run(Path onnx, DocumentFolder documents, Settings settings) throws IOException {
        try (EvaluatedModel model = EvaluatedModel.ofFile(onnx, settings.threads())) {
            return study(List.of(model), simulated(documents, settings), settings)
                    .models()
                    .getFirst();
        }
    }

    /**
     * Measures models on the same photographs and compares each with the first.
     *
     * @param models at least one
     * @throws IOException if the material cannot be read or one of its files is not an image
     */
    public static EvaluationStudy study(List<EvaluatedModel> models, Material material, Settings settings)
            throws IOException {
        List<EmbeddedMaterial> embedded = EmbeddedMaterial.of(
                models.stream().map(EvaluatedModel::embedder).toList(), material);
        ClassBootstrap bootstrap = new ClassBootstrap(material.labels().size(), settings.replicates(), settings.seed());
        List<EvaluationReport> reports = new ArrayList<>();
        List<Map<String, Measured>> measured = new ArrayList<>();
        for (int m = 0; m < models.size(); m++) {
            Map<String, Measured> parts = new LinkedHashMap<>();
            EmbeddedMaterial all = embedded.get(m);
            for (String conditions : all.conditions()) {
                parts.put(conditions, Measured.of(all.under(conditions), settings));
            }
            if (parts.size() > 1) {
                parts.put("all", Measured.of(all, settings));
            }
            measured.add(parts);
            reports.add(report(models.get(m), material, settings, parts, bootstrap));
        }
        List<ModelComparison> comparisons = new ArrayList<>();
        for (int m = 1; m < models.size(); m++) {
            comparisons.add(
                    compare(models.get(0).name(), measured.get(0), models.get(m).name(), measured.get(m), bootstrap));
        }
        return new EvaluationStudy(embedded.getFirst().digest(), settings, reports, comparisons, null, null);
    }

    /** What was found under one sort of conditions, before it is put into figures. */
    private record Measured(
            EmbeddedMaterial material, PairScores photographs, PairScores registrations, Identification answers) {

        static Measured of(EmbeddedMaterial material, Settings settings) {
            int[] labels = material.photographLabels();
            return new Measured(
                    material,
                    PairScores.among(material.photographs(), labels),
                    PairScores.between(
                            material.photographs(), labels, material.registered(), material.registeredLabels()),
                    Identification.of(
                            material.registered(),
                            material.registeredLabels(),
                            material.photographs(),
                            labels,
                            material.labels().size(),
                            settings.splits(),
                            settings.seed()));
        }

        /** Whether so many negatives may pass at each of the figures that its interval can be believed. */
        boolean[] sound() {
            return new boolean[] {
                true,
                1e-4 * photographs.negativeCount() >= PairScores.SOUND,
                1e-4 * registrations.negativeCount() >= PairScores.SOUND,
                1e-2 * answers.strangersPerHalf() >= PairScores.SOUND
            };
        }

        /** The figures that models are compared by. */
        double[] figures(int[] times) {
            return new double[] {
                answers.rankOne(times, answers.everything()),
                photographs.truePositiveRates(times, 1e-4)[0],
                registrations.truePositiveRates(times, 1e-4)[0],
                answers.truePositiveRates(times, answers.everything(), 1e-2)[0]
            };
        }
    }

    private static final List<String> COMPARED = List.of(
            "rank-1",
            "TPR@FPR=1e-4, two photographs",
            "TPR@FPR=1e-4, photograph and registered image",
            "TPIR@FPIR=1e-2");

    private static EvaluationReport report(
            EvaluatedModel model,
            Material material,
            Settings settings,
            Map<String, Measured> measured,
            ClassBootstrap bootstrap)
            throws IOException {
        Map<String, EvaluationReport.Part> parts = new LinkedHashMap<>();
        Map<String, List<ConditionRow>> conditions = new LinkedHashMap<>();
        measured.forEach((name, m) -> {
            parts.put(
                    name,
                    new EvaluationReport.Part(
                            m.answers.photographs(),
                            m.photographs.table(bootstrap, PAIR_LIMITS),
                            m.registrations.table(bootstrap, PAIR_LIMITS),
                            m.answers.table(bootstrap, OPEN_LIMITS),
                            m.photographs.curves(),
                            m.registrations.curves()));
            List<ConditionRow> rows =
                    name.equals("all") ? List.of() : ConditionRow.of(m.material.shots(), m.answers, bootstrap);
            if (!rows.isEmpty()) {
                conditions.put(name, rows);
            }
        });
        return new EvaluationReport(
                model.name(),
                model.digest(),
                model.fileBytes(),
                material.registrations().size(),
                material.labels().size(),
                settings,
                parts,
                conditions,
                WorstLabel.of(material.labels(), whole(measured).answers, WORST));
    }

    /** The part with all photographs, which is the last. */
    private static Measured whole(Map<String, Measured> parts) {
        return Objects.requireNonNull(
                parts.containsKey("all")
                        ? parts.get("all")
                        : parts.values().iterator().next());
    }

    private static ModelComparison compare(
            String first,
            Map<String, Measured> firstParts,
            String second,
            Map<String, Measured> secondParts,
            ClassBootstrap bootstrap) {
        Map<String, List<ModelComparison.Difference>> differences = new LinkedHashMap<>();
        firstParts.forEach((conditions, a) -> {
            Measured b = Objects.requireNonNull(secondParts.get(conditions));
            List<Estimate> estimates = bootstrap.estimate(times -> {
                double[] figures = b.figures(times);
                double[] less = a.figures(times);
                for (int f = 0; f < figures.length; f++) {
                    figures[f] -= less[f];
                }
                return figures;
            });
            List<ModelComparison.Difference> rows = new ArrayList<>();
            for (int f = 0; f < COMPARED.size(); f++) {
                rows.add(new ModelComparison.Difference(
                        COMPARED.get(f), estimates.get(f).withIntervalIf(a.sound()[f])));
            }
            differences.put(conditions, rows);
        });
        Measured a = whole(firstParts);
        Measured b = whole(secondParts);
        List<ModelComparison.Changed> changed =
                ModelComparison.changed(a.material.labels(), a.material.shots(), a.answers, b.answers);
        int gained =
                (int) changed.stream().filter(ModelComparison.Changed::isGain).count();
        int lost = changed.size() - gained;
        return new ModelComparison(
                first, second, differences, lost, gained, new McNemar(lost, gained).probability(), changed);
    }
}
