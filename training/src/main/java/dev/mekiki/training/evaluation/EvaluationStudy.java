package dev.mekiki.training.evaluation;

import dev.mekiki.analysis.statistics.Estimate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one or several models were found to do on the same photographs.
 *
 * @param dataDigest SHA-256 over names and bytes of everything registered and shown
 * @param models at least one
 * @param comparisons of each further model with the first
 * @param speeds for each model one for each batch size; null if not measured
 * @param decisions of a gallery of a running service; null if none was asked
 */
public record EvaluationStudy(
        String dataDigest,
        Evaluation.Settings settings,
        List<EvaluationReport> models,
        List<ModelComparison> comparisons,
        @Nullable List<List<Speed>> speeds,
        @Nullable ServedDecisions decisions) {

    public EvaluationStudy {
        models = List.copyOf(models);
        comparisons = List.copyOf(comparisons);
        speeds = speeds == null ? null : List.copyOf(speeds);
    }

    /**
     * This study with the speeds of its models.
     *
     * @param measured the models of this study, in its order, all of them files
     * @throws Exception if one of them fails
     */
    public EvaluationStudy withSpeeds(List<EvaluatedModel> measured) throws Exception {
        List<Path> files = new ArrayList<>();
        for (EvaluatedModel model : measured) {
            Path file = model.file();
            if (file == null) {
                throw new IllegalArgumentException(
                        "speed of " + model.name() + ": it is served (expected: an ONNX file)");
            }
            files.add(file);
        }
        return new EvaluationStudy(dataDigest, settings, models, comparisons, Speed.measure(files), decisions);
    }

    public EvaluationStudy withDecisions(ServedDecisions found) {
        return new EvaluationStudy(dataDigest, settings, models, comparisons, speeds, found);
    }

    /** The figures as text, for people. */
    public String table() {
        StringBuilder text = new StringBuilder();
        for (int m = 0; m < models.size(); m++) {
            text.append(m == 0 ? "" : "\n").append(models.get(m).table());
        }
        for (ModelComparison c : comparisons) {
            text.append(String.format(
                    Locale.ROOT,
                    "%n%s against %s: %d photographs only %s names rightly, %d only %s, McNemar p=%.3g%n",
                    c.second(),
                    c.first(),
                    c.onlySecond(),
                    c.second(),
                    c.onlyFirst(),
                    c.first(),
                    c.probability()));
            c.differences()
                    .forEach((conditions, rows) -> rows.forEach(row -> text.append(String.format(
                            Locale.ROOT, "  %-5s %-46s %s%n", conditions, row.figure(), signed(row.estimate())))));
        }
        if (speeds != null) {
            text.append(String.format(Locale.ROOT, "%none thread of the CPU, images/s (slowest..fastest round)%n"));
            for (int m = 0; m < models.size(); m++) {
                for (Speed s : speeds.get(m)) {
                    text.append(String.format(
                            Locale.ROOT,
                            "  %-40s batch %d  %7.0f (%.0f..%.0f)%n",
                            models.get(m).model(),
                            s.batch(),
                            s.imagesPerSecond(),
                            s.low(),
                            s.high()));
                }
            }
        }
        if (decisions != null) {
            text.append(String.format(
                    Locale.ROOT,
                    "%ngallery %s: %d photographs of its labels: right %s, main label only %s, wrong %s, unnamed %s;"
                            + " %d of other labels: accepted %s%n",
                    decisions.gallery(),
                    decisions.registered(),
                    decisions.right(),
                    decisions.mainOnly(),
                    decisions.wrong(),
                    decisions.unnamed(),
                    decisions.unregistered(),
                    decisions.accepted()));
        }
        return text.toString();
    }

    static String signed(Estimate e) {
        return Double.isNaN(e.low())
                ? String.format(Locale.ROOT, "%+.3f", e.value())
                : String.format(Locale.ROOT, "%+.3f [%+.3f, %+.3f]", e.value(), e.low(), e.high());
    }

    /**
     * The figures as indented JSON, with the version of the code and the JVM.
     *
     * @param codeVersion of the code that measured
     */
    public String toJson(String codeVersion) {
        return ReportJson.write(this, codeVersion);
    }

    /**
     * One HTML page that needs no other file: tables, curves, worst labels and changed decisions with their pictures.
     *
     * @param material what was shown, to be shown again
     * @throws IOException if the material cannot be read any more
     */
    public String toHtml(Material material, String codeVersion) throws IOException {
        return new EvaluationPage(this, material, codeVersion).html();
    }
}
