package dev.mekiki.training.evaluation;

import dev.mekiki.analysis.measure.Concentration;
import dev.mekiki.analysis.statistics.ClassBootstrap;
import dev.mekiki.analysis.statistics.Correlation;
import dev.mekiki.analysis.statistics.Estimate;
import dev.mekiki.report.HtmlPage;
import dev.mekiki.report.chart.PlaneChart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Is a label whose photographs are scattered misrecognised more often? If so, a loss that treats scattered and compact
 * classes differently, as the cluster-guided one does, has something to go by; otherwise it has not.
 *
 * <p>A photograph that lies far off is scattered and misrecognised at once, so the two would go together in any data. The
 * photographs of each label are therefore dealt into two halves in turns: the concentration is that of one half, the
 * misrecognition that of the other, and the other way round; coefficients are the mean of both.
 *
 * @param model name and version
 * @param sha256 of the model
 * @param dataDigest SHA-256 over names and bytes of everything registered and shown
 * @param labels those with at least two photographs in each half
 * @param leftOut how many labels have fewer
 * @param nearest with the share of photographs that are nearest to another label, all labels registered
 * @param openSet with the share of photographs that are not named rightly at a threshold that lets 1 % of the strangers
 *     pass, half of the labels registered
 * @param recommendation follows from {@code nearest}
 */
public record ConcentrationStudy(
        String model,
        String sha256,
        String dataDigest,
        List<Row> labels,
        int leftOut,
        Coefficients nearest,
        Coefficients openSet,
        Recommendation recommendation) {

    private static final int LEAST_LABELS = 20;
    private static final int LEAST_MISRECOGNISED = 10;
    private static final double WORTHWHILE = 0.3;
    private static final double LIMIT = 1e-2;

    /**
     * A label.
     *
     * @param photographs in both halves
     * @param concentration φ, mean of the halves: small for a compact label
     * @param misrecognised share of photographs nearest to another label
     * @param missed share of photographs not named rightly in the open set; NaN if the label was never registered there
     */
    public record Row(String label, int photographs, double concentration, double misrecognised, double missed) {}

    /** How concentration and misrecognition go together: Spearman's and Pearson's coefficients. */
    public record Coefficients(Estimate spearman, Estimate pearson) {}

    /** What to do about the cluster-guided loss. */
    public enum Recommendation {
        TOO_LITTLE_DATA("Too little data to say: at least " + LEAST_LABELS + " labels with four photographs each, "
                + LEAST_MISRECOGNISED + " of them misrecognised at times, are needed."),
        TRY("Scattered labels are misrecognised clearly more often. The cluster-guided loss is worth a run beside plain"
                + " ArcFace, same budget, on labels kept unseen; whether it helps is for that run to say."),
        TRY_REVERSED(
                "Compact labels are misrecognised clearly more often. If the cluster-guided loss is tried, then with"
                        + " the sign of its margin reversed, beside plain ArcFace."),
        LITTLE_TO_GAIN("The two go together, but so weakly that little is to be gained: prefer plain ArcFace."),
        NO_RELATION("No relation is shown: the cluster-guided loss has nothing to go by, prefer plain ArcFace.");

        private final String advice;

        Recommendation(String advice) {
            this.advice = advice;
        }

        /** For people. */
        public String advice() {
            return advice;
        }

        /** By Spearman's coefficient, 0.3 and its interval apart from zero. */
        static Recommendation of(Estimate spearman, int labels, int misrecognised) {
            if (labels < LEAST_LABELS || misrecognised < LEAST_MISRECOGNISED || Double.isNaN(spearman.low())) {
                return TOO_LITTLE_DATA;
            }
            if (spearman.low() <= 0 && spearman.high() >= 0) {
                return NO_RELATION;
            }
            if (Math.abs(spearman.value()) < WORTHWHILE) {
                return LITTLE_TO_GAIN;
            }
            return spearman.value() > 0 ? TRY : TRY_REVERSED;
        }
    }

    public ConcentrationStudy {
        labels = List.copyOf(labels);
    }

    /**
     * Measures a model on material.
     *
     * @throws IOException if the material cannot be read or one of its files is not an image
     */
    public static ConcentrationStudy of(EvaluatedModel model, Material material, Evaluation.Settings settings)
            throws IOException {
        EmbeddedMaterial embedded =
                EmbeddedMaterial.of(List.of(model.embedder()), material).getFirst();
        return of(model.name(), model.digest(), embedded, settings);
    }

    static ConcentrationStudy of(String model, String sha256, EmbeddedMaterial embedded, Evaluation.Settings settings) {
        Identification answers = Identification.of(
                embedded.registered(),
                embedded.registeredLabels(),
                embedded.photographs(),
                embedded.photographLabels(),
                embedded.labels().size(),
                settings.splits(),
                settings.seed());
        double[] missed = answers.missedShares(LIMIT);
        List<Halved> halved = new ArrayList<>();
        for (int label = 0; label < embedded.labels().size(); label++) {
            int own = label;
            int[] photographs = IntStream.range(0, answers.photographs())
                    .filter(i -> answers.label(i) == own)
                    .toArray();
            if (photographs.length >= 4) {
                halved.add(Halved.of(embedded, answers, missed, photographs));
            }
        }
        if (halved.size() < 2) {
            throw new IllegalArgumentException(
                    "labels with at least 4 photographs: " + halved.size() + " (expected: at least 2)");
        }
        ClassBootstrap bootstrap = new ClassBootstrap(halved.size(), settings.replicates(), settings.seed());
        Coefficients nearest = coefficients(halved, Halved::misrecognised, bootstrap);
        List<Halved> known = halved.stream()
                .filter(h -> !Double.isNaN(h.missed[0]) && !Double.isNaN(h.missed[1]))
                .toList();
        Coefficients openSet = coefficients(
                known, Halved::missed, new ClassBootstrap(known.size(), settings.replicates(), settings.seed()));
        List<Row> rows = halved.stream()
                .map(h -> new Row(
                        embedded.labels().get(h.label),
                        h.photographs,
                        mean(h.concentration),
                        mean(h.misrecognised),
                        mean(h.missed)))
                .toList();
        int misrecognised = (int) rows.stream().filter(r -> r.misrecognised > 0).count();
        return new ConcentrationStudy(
                model,
                sha256,
                embedded.digest(),
                rows,
                embedded.labels().size() - rows.size(),
                nearest,
                openSet,
                Recommendation.of(nearest.spearman, rows.size(), misrecognised));
    }

    /** A label's figures in each half of its photographs. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Halved(int label, int photographs, double[] concentration, double[] misrecognised, double[] missed) {

        static Halved of(EmbeddedMaterial embedded, Identification answers, double[] missed, int[] photographs) {
            double[] concentration = new double[2];
            double[] wrong = new double[2];
            double[] unnamed = new double[2];
            for (int half = 0; half < 2; half++) {
                List<float[]> vectors = new ArrayList<>();
                for (int k = half; k < photographs.length; k += 2) {
                    vectors.add(embedded.photographs().get(photographs[k]));
                    wrong[half] += answers.isRight(photographs[k]) ? 0 : 1;
                    unnamed[half] += missed[photographs[k]];
                }
                concentration[half] = Concentration.of(vectors);
                wrong[half] /= vectors.size();
                unnamed[half] /= vectors.size();
            }
            return new Halved(answers.label(photographs[0]), photographs.length, concentration, wrong, unnamed);
        }
    }

    private interface Outcome {
        double[] of(Halved label);
    }

    private static Coefficients coefficients(List<Halved> labels, Outcome outcome, ClassBootstrap bootstrap) {
        double[][] x = new double[2][labels.size()];
        double[][] y = new double[2][labels.size()];
        for (int i = 0; i < labels.size(); i++) {
            for (int half = 0; half < 2; half++) {
                x[half][i] = labels.get(i).concentration[half];
                y[half][i] = outcome.of(labels.get(i))[1 - half];
            }
        }
        List<Estimate> estimates = bootstrap.estimate(times -> new double[] {
            (Correlation.spearman(x[0], y[0], times) + Correlation.spearman(x[1], y[1], times)) / 2,
            (Correlation.pearson(x[0], y[0], times) + Correlation.pearson(x[1], y[1], times)) / 2
        });
        return new Coefficients(estimates.get(0), estimates.get(1));
    }

    private static double mean(double[] halves) {
        return (halves[0] + halves[1]) / 2;
    }

    /** The figures as text, for people. */
    public String table() {
        return String.format(
                Locale.ROOT,
                "%s, %d labels (%d left out, with fewer than four photographs)%n"
                        + "concentration and share nearest to another label: Spearman %s, Pearson %s%n"
                        + "concentration and share missed in the open set:   Spearman %s, Pearson %s%n%s%n",
                model,
                labels.size(),
                leftOut,
                nearest.spearman,
                nearest.pearson,
                openSet.spearman,
                openSet.pearson,
                recommendation.advice());
    }

    /** The figures as indented JSON, with the version of the code and the JVM. */
    public String toJson(String codeVersion) {
        return ReportJson.write(this, codeVersion);
    }

    /** One HTML page that needs no other file. */
    public String toHtml(String codeVersion) {
        HtmlPage page = new HtmlPage("Concentration and misrecognition: " + model)
                .paragraph(recommendation.advice())
                .paragraph(String.format(
                        Locale.ROOT,
                        "%d labels, %d left out with fewer than four photographs; model %s; data %s; code %s. The"
                                + " concentration of one half of a label's photographs beside the misrecognition of the"
                                + " other. Brackets hold 95 %% intervals by bootstrap over labels.",
                        labels.size(),
                        leftOut,
                        sha256,
                        dataDigest,
                        codeVersion))
                .table(
                        List.of("concentration φ and …", "Spearman", "Pearson"),
                        List.of(
                                List.of(
                                        new HtmlPage.Words("share of photographs nearest to another label"),
                                        new HtmlPage.Figure(nearest.spearman.toString()),
                                        new HtmlPage.Figure(nearest.pearson.toString())),
                                List.of(
                                        new HtmlPage.Words("share of photographs missed in the open set"),
                                        new HtmlPage.Figure(openSet.spearman.toString()),
                                        new HtmlPage.Figure(openSet.pearson.toString()))));
        page.chart(PlaneChart.linear(
                        "Labels", "concentration φ, large where photographs are scattered", "share misrecognised")
                .points(
                        "nearest to another",
                        labels.stream().mapToDouble(Row::concentration).toArray(),
                        labels.stream().mapToDouble(Row::misrecognised).toArray(),
                        labels.stream().map(Row::label).toList())
                .svg());
        page.table(
                List.of("label", "photographs", "φ", "nearest to another", "missed in the open set"),
                labels.stream()
                        .sorted((a, b) -> Double.compare(b.concentration, a.concentration))
                        .map(ConcentrationStudy::cells)
                        .toList());
        return page.html();
    }

    private static List<HtmlPage.Cell> cells(Row row) {
        return List.of(
                new HtmlPage.Words(row.label),
                new HtmlPage.Figure(Integer.toString(row.photographs)),
                new HtmlPage.Figure(String.format(Locale.ROOT, "%.4f", row.concentration)),
                new HtmlPage.Figure(String.format(Locale.ROOT, "%.3f", row.misrecognised)),
                new HtmlPage.Figure(Double.isNaN(row.missed) ? "–" : String.format(Locale.ROOT, "%.3f", row.missed)));
    }
}
