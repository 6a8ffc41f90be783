package dev.mekiki.training.evaluation;

import dev.mekiki.report.HtmlPage;
import dev.mekiki.report.HtmlPage.Cell;
import dev.mekiki.report.HtmlPage.Figure;
import dev.mekiki.report.HtmlPage.Picture;
import dev.mekiki.report.HtmlPage.Pictures;
import dev.mekiki.report.HtmlPage.Words;
import dev.mekiki.report.chart.PlaneChart;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A study as one page for people. */
final class EvaluationPage {
    private static final int SHOWN_CHANGES = 30;

    private final EvaluationStudy study;
    private final Material material;
    private final HtmlPage page;

    EvaluationPage(EvaluationStudy study, Material material, String codeVersion) {
        this.study = study;
        this.material = material;
        this.page = new HtmlPage("Evaluation of "
                + String.join(
                        ", ",
                        study.models().stream().map(EvaluationReport::model).toList()));
        page.paragraph(String.format(
                Locale.ROOT,
                "%d images of %d labels registered; seed %d; data %s; code %s; %s %s. Brackets hold 95 %% intervals by"
                        + " bootstrap over labels, %d draws.",
                material.registrations().size(),
                material.labels().size(),
                study.settings().seed(),
                study.dataDigest(),
                codeVersion,
                System.getProperty("java.vm.name"),
                System.getProperty("java.vm.version"),
                study.settings().replicates()));
    }

    String html() throws IOException {
        overview();
        for (EvaluationReport model : study.models()) {
            figures(model);
        }
        charts();
        decisions();
        conditions();
        for (ModelComparison comparison : study.comparisons()) {
            comparison(comparison);
        }
        for (EvaluationReport model : study.models()) {
            worst(model);
        }
        return page.html();
    }

    private void overview() {
        page.heading("Models");
        List<List<Cell>> rows = new ArrayList<>();
        for (int m = 0; m < study.models().size(); m++) {
            EvaluationReport model = study.models().get(m);
            List<List<Speed>> speeds = study.speeds();
            rows.add(List.of(
                    new Words(model.model()),
                    new Words(model.sha256()),
                    new Figure(model.fileBytes() == 0 ? "–" : String.format(Locale.ROOT, "%,d", model.fileBytes())),
                    new Words(speeds == null ? "not measured" : speed(speeds.get(m)))));
        }
        page.table(List.of("model", "digest", "bytes", "images/s on one thread, model alone"), rows);
    }

    private static String speed(List<Speed> speeds) {
        return String.join(
                "; ",
                speeds.stream()
                        .map(s -> String.format(
                                Locale.ROOT,
                                "batch %d: %.0f (%.0f..%.0f)",
                                s.batch(),
                                s.imagesPerSecond(),
                                s.low(),
                                s.high()))
                        .toList());
    }

    private void figures(EvaluationReport model) {
        page.heading("Figures: " + model.model());
        List<String> columns =
                Stream.concat(Stream.of(""), model.parts().keySet().stream()).toList();
        List<EvaluationReport.Part> parts = List.copyOf(model.parts().values());
        List<List<Cell>> rows = new ArrayList<>();
        rows.add(row("photographs", parts, p -> number(p.photographs())));
        rows.add(row(
                "rank-1, all registered",
                parts,
                p -> p.openSet().rankOneEstimate().toString()));
        EvaluationReport.Part first = parts.getFirst();
        for (int i = 0; i < first.photographPairs().points().size(); i++) {
            int point = i;
            rows.add(row(
                    rate("TPR@FPR", first.photographPairs().points().get(i).limit()) + ", two photographs",
                    parts,
                    p -> p.photographPairs().points().get(point).estimate().toString()));
        }
        rows.add(row(
                "negative pairs, two photographs",
                parts,
                p -> number(p.photographPairs().negativePairs())));
        for (int i = 0; i < first.registrationPairs().points().size(); i++) {
            int point = i;
            rows.add(row(
                    rate("TPR@FPR", first.registrationPairs().points().get(i).limit())
                            + ", photograph and registered image",
                    parts,
                    p -> p.registrationPairs().points().get(point).estimate().toString()));
        }
        rows.add(row(
                "negative pairs, photograph and registered image",
                parts,
                p -> number(p.registrationPairs().negativePairs())));
        for (int i = 0; i < first.openSet().points().size(); i++) {
            int point = i;
            rows.add(row(
                    rate("TPIR@FPIR", first.openSet().points().get(i).limit()) + ", half of the labels unregistered",
                    parts,
                    p -> p.openSet().points().get(point).estimate().toString()));
        }
        rows.add(row(
                "photographs of unregistered labels, mean",
                parts,
                p -> number(Math.round(p.openSet().impostorsPerSplit()))));
        page.table(columns, rows);
        page.paragraph("A rate of x means nothing with fewer than 1/x negative pairs.");
    }

    private interface Reading {
        String of(EvaluationReport.Part part);
    }

    private static List<Cell> row(String name, List<EvaluationReport.Part> parts, Reading reading) {
        List<Cell> row = new ArrayList<>();
        row.add(new Words(name));
        parts.forEach(p -> row.add(new Figure(reading.of(p))));
        return row;
    }

    private static String rate(String name, double limit) {
        return String.format(Locale.ROOT, "%s=%.0e", name, limit);
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private void charts() {
        page.heading("Operating characteristics and scores");
        PlaneChart pairs = PlaneChart.logarithmic("Two photographs", "FPR", "TPR");
        PlaneChart registrations = PlaneChart.logarithmic("Photograph and registered image", "FPR", "TPR");
        for (EvaluationReport model : study.models()) {
            for (Map.Entry<String, EvaluationReport.Part> e : model.parts().entrySet()) {
                characteristic(pairs, model, e.getKey(), e.getValue().photographCurves());
                characteristic(registrations, model, e.getKey(), e.getValue().registrationCurves());
            }
        }
        page.chart(pairs.svg()).chart(registrations.svg());
        for (EvaluationReport model : study.models()) {
            for (Map.Entry<String, EvaluationReport.Part> e : model.parts().entrySet()) {
                Curves curves = e.getValue().registrationCurves();
                page.chart(PlaneChart.linear(
                                "Photograph and registered image, " + model.model() + ", " + e.getKey(),
                                "score, (cosine + 1) / 2",
                                "share of pairs in a bin of 0.01")
                        .curve("different", edges(curves.negatives().size()), steps(curves.negatives()))
                        .curve("same", edges(curves.positives().size()), steps(curves.positives()))
                        .svg());
            }
        }
    }

    private static void characteristic(PlaneChart chart, EvaluationReport model, String conditions, Curves curves) {
        if (!curves.characteristic().isEmpty()) {
            chart.curve(
                    model.model() + ", " + conditions,
                    curves.characteristic().stream()
                            .mapToDouble(Curves.Operating::falsePositiveRate)
                            .toArray(),
                    curves.characteristic().stream()
                            .mapToDouble(Curves.Operating::truePositiveRate)
                            .toArray());
        }
    }

    private static double[] edges(int bins) {
        return IntStream.range(0, 2 * bins)
                .mapToDouble(i -> (i + 1) / 2 / (double) bins)
                .toArray();
    }

    private static double[] steps(List<Double> shares) {
        return IntStream.range(0, 2 * shares.size())
                .mapToDouble(i -> shares.get(i / 2))
                .toArray();
    }

    private void decisions() {
        ServedDecisions d = study.decisions();
        if (d == null) {
            return;
        }
        page.heading("Decisions of gallery " + d.gallery());
        page.table(
                List.of("photographs of", "count", "right", "main label only", "wrong name", "not recognised"),
                List.of(
                        List.of(
                                new Words("labels that it has"),
                                new Figure(number(d.registered())),
                                new Figure(d.right().toString()),
                                new Figure(d.mainOnly().toString()),
                                new Figure(d.wrong().toString()),
                                new Figure(d.unnamed().toString())),
                        List.of(
                                new Words("other labels"),
                                new Figure(number(d.unregistered())),
                                new Figure("–"),
                                new Figure("–"),
                                new Figure(d.accepted().toString()),
                                new Figure("–"))));
    }

    private void conditions() {
        for (EvaluationReport model : study.models()) {
            model.conditions().forEach((sort, rows) -> {
                page.heading("By condition: " + model.model() + ", " + sort);
                page.paragraph("Photographs without an effect, with the lower half of its doses, with the higher half."
                        + " The threshold of open-set figures lets 1 % of all strangers of these photographs pass.");
                page.table(
                        List.of("effect", "dose", "photographs", "rank-1", "TPIR", "FPIR"),
                        rows.stream().map(EvaluationPage::cells).toList());
            });
        }
    }

    private static List<Cell> cells(ConditionRow row) {
        return List.of(
                new Words(row.trait()),
                new Words(
                        Double.isNaN(row.from())
                                ? "without"
                                : String.format(Locale.ROOT, "%.3g–%.3g", row.from(), row.to())),
                new Figure(number(row.photographs())),
                new Figure(row.rankOne().toString()),
                new Figure(row.truePositiveRate().toString()),
                new Figure(row.falsePositiveRate().toString()));
    }

    private void comparison(ModelComparison c) throws IOException {
        page.heading(c.second() + " against " + c.first());
        List<List<Cell>> rows = new ArrayList<>();
        c.differences()
                .forEach((conditions, differences) -> differences.forEach(d -> rows.add(List.of(
                        new Words(conditions),
                        new Words(d.figure()),
                        new Figure(EvaluationStudy.signed(d.estimate()))))));
        page.table(List.of("conditions", "figure", "difference"), rows);
        page.paragraph(String.format(
                Locale.ROOT,
                "Nearest label of all: %d photographs that only %s names rightly, %d that only %s does; McNemar's exact"
                        + " test p=%.3g, which takes photographs of one label as independent. The first %d:",
                c.onlySecond(),
                c.second(),
                c.onlyFirst(),
                c.first(),
                c.probability(),
                Math.min(SHOWN_CHANGES, c.changed().size())));
        List<List<Cell>> changes = new ArrayList<>();
        for (ModelComparison.Changed change :
                c.changed().subList(0, Math.min(SHOWN_CHANGES, c.changed().size()))) {
            changes.add(List.of(
                    new Pictures(List.of(photograph(change.photograph(), change.conditions()))),
                    answer(change.label()),
                    answer(change.first()),
                    answer(change.second()),
                    new Words(change.isGain() ? "gain" : "loss")));
        }
        page.table(List.of("photograph", "shows", c.first(), c.second(), ""), changes);
    }

    private void worst(EvaluationReport model) throws IOException {
        page.heading("Worst labels: " + model.model());
        List<List<Cell>> rows = new ArrayList<>();
        for (WorstLabel worst : model.worst()) {
            rows.add(List.of(
                    answer(worst.label()),
                    new Figure(worst.wrong() + " of " + worst.photographs()),
                    new Pictures(List.of(photograph(worst.photograph(), "surest mistake"))),
                    answer(worst.mistakenFor()),
                    new Figure(number(worst.mistaken()))));
        }
        page.table(List.of("label", "wrong", "photograph", "mostly taken for", "times"), rows);
    }

    /** A label as it is registered. */
    private Pictures answer(String label) throws IOException {
        int number = material.labels().indexOf(label);
        List<Material.Registration> registrations = material.registrations();
        List<Picture> pictures = new ArrayList<>();
        for (int i = 0; i < registrations.size() && pictures.isEmpty(); i++) {
            if (registrations.get(i).label() == number) {
                pictures.add(Thumbnail.of(material.registered(i), label));
            }
        }
        return new Pictures(pictures);
    }

    private Picture photograph(int index, String caption) throws IOException {
        return Thumbnail.of(material.photograph(index), caption);
    }
}
