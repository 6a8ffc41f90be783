package dev.mekiki.cli.analyse;

import static dev.mekiki.cli.analyse.FindingText.figure;

import dev.mekiki.analysis.AnalysisReport;
import dev.mekiki.analysis.finding.Finding;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.report.HtmlPage;
import dev.mekiki.report.HtmlPage.Cell;
import dev.mekiki.report.HtmlPage.Figure;
import dev.mekiki.report.HtmlPage.Pictures;
import dev.mekiki.report.HtmlPage.Words;
import dev.mekiki.report.chart.PlaneChart;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;

/** An analysis as one HTML page that needs no other file. */
public final class AnalysisPage {

    private static final int MOST_OF_A_KIND = 50;
    private static final int MOST_LABELS = 50;
    private static final int MOST_COMMUNITIES = 20;

    private final AnalysisReport report;
    private final KeptPictures pictures;
    private final HtmlPage page;

    private AnalysisPage(AnalysisReport report, Provenance provenance, KeptPictures pictures) {
        this.report = report;
        this.pictures = pictures;
        this.page = new HtmlPage("Analysis of " + provenance.gallery());
        page.paragraph(AnalysisSummary.extent(report) + "; model " + provenance.model() + "; registrations "
                + provenance.registrationsDigest() + "; code " + provenance.codeVersion() + "; " + provenance.jvm()
                + "; seed " + provenance.seed() + ".");
    }

    /** @param pictures of registrations in findings */
    public static String of(AnalysisReport report, Provenance provenance, KeptPictures pictures) {
        AnalysisPage page = new AnalysisPage(report, provenance, pictures);
        page.findings();
        page.scores();
        page.map();
        page.labels();
        page.space();
        page.communities();
        return page.page.html();
    }

    private void findings() {
        if (report.findings().isEmpty()) {
            page.heading("Nothing found");
        }
        AnalysisSummary.byKind(report).forEach((kind, findings) -> {
            page.heading(FindingText.heading(kind) + ": " + findings.size());
            List<List<Cell>> rows = new ArrayList<>();
            for (Finding finding : findings.subList(0, Math.min(MOST_OF_A_KIND, findings.size()))) {
                FindingText text = FindingText.of(finding);
                rows.add(List.of(
                        new Words(text.subject()),
                        new Words(text.evidence()),
                        new Words(text.action()),
                        new Figure(figure(finding.score())),
                        new Pictures(pictures.of(text.pictures()))));
            }
            page.table(List.of("what", "why", "what to do", "score", "pictures"), rows);
            if (findings.size() > MOST_OF_A_KIND) {
                page.paragraph("The surest " + MOST_OF_A_KIND + " are shown; the JSON report has all.");
            }
        });
    }

    private void scores() {
        page.heading("Scores");
        AnalysisReport.Histogram own = report.scores().own();
        int bins = own.counts().size();
        // The chart begins at 0.
        double[] x = new double[bins / 2];
        double[] ofOwn = new double[x.length];
        double[] ofOther = new double[x.length];
        for (int b = 0; b < x.length; b++) {
            int bin = bins / 2 + b;
            x[b] = (bin + .5) * 2 / bins - 1;
            ofOwn[b] = own.counts().get(bin);
            ofOther[b] = report.scores().other().counts().get(bin);
        }
        PlaneChart chart = PlaneChart.linear("Best scores", "cosine; what is below 0 is not shown", "registrations")
                .curve("with the own label", x, ofOwn)
                .curve("with another label", x, ofOther);
        report.thresholds().ifPresent(t -> {
            double threshold = Math.max(0, t.common().threshold().value());
            chart.curve("threshold", new double[] {threshold, threshold}, new double[] {0, height(ofOwn, ofOther)});
        });
        page.chart(chart.svg());
        report.thresholds()
                .ifPresentOrElse(
                        this::thresholds,
                        () -> page.paragraph("There are too few registrations or labels to calibrate a threshold."));
    }

    private static double height(double[] ofOwn, double[] ofOther) {
        double highest = 1;
        for (int b = 0; b < ofOwn.length; b++) {
            highest = Math.max(highest, Math.max(ofOwn[b], ofOther[b]));
        }
        return highest;
    }

    private void thresholds(AnalysisReport.Thresholds t) {
        page.paragraph(String.format(
                Locale.ROOT,
                "For a false-accept rate of %s the threshold is %s, from %,d scores of registrations of %,d labels with"
                        + " other labels than their own; the rate of this threshold lies between %.2g and %.2g with 95 %%"
                        + " confidence. Photographs of strangers score lower than registrations of good quality, so that"
                        + " fewer of them pass.",
                t.common().falseAcceptRate(),
                t.common().threshold(),
                t.common().impostors(),
                t.common().classes(),
                t.common().rate().low(),
                t.common().rate().high()));
        page.paragraph(String.format(
                Locale.ROOT,
                "Thresholds of single labels %s: on scores that they were not chosen with, %.1f %% of registrations and"
                        + " %.2g of the strangers pass, with one threshold for all %.1f %% and %.2g.",
                t.singleOnesAreBetter() ? "are worth while" : "are not worth while",
                100 * t.trueAccepts().single(),
                t.falseAccepts().single(),
                100 * t.trueAccepts().common(),
                t.falseAccepts().common()));
    }

    private void map() {
        if (report.map().isEmpty()) {
            return;
        }
        page.heading("Map");
        Set<RegistrationId> faulty = new HashSet<>();
        report.findings().forEach(f -> faulty.addAll(FindingText.of(f).pictures()));
        PlaneChart chart = PlaneChart.linear("What lies together is alike", "", "");
        points(chart, "no finding", p -> !faulty.contains(p.registration()));
        points(chart, "in a finding", p -> faulty.contains(p.registration()));
        page.chart(chart.svg());
        page.paragraph(report.map().size() + " registrations by UMAP; the pointer tells their labels.");
    }

    private void points(PlaneChart chart, String name, Predicate<AnalysisReport.Place> chosen) {
        double left =
                report.map().stream().mapToDouble(AnalysisReport.Place::x).min().orElse(0);
        double low =
                report.map().stream().mapToDouble(AnalysisReport.Place::y).min().orElse(0);
        List<AnalysisReport.Place> places = report.map().stream().filter(chosen).toList();
        if (!places.isEmpty()) {
            chart.points(
                    name,
                    places.stream().mapToDouble(p -> p.x() - left).toArray(),
                    places.stream().mapToDouble(p -> p.y() - low).toArray(),
                    places.stream().map(p -> p.label() + " " + p.registration()).toList());
        }
    }

    private void labels() {
        page.heading("Labels");
        List<AnalysisReport.Label> measured = report.labels().stream()
                .filter(l -> !Double.isNaN(l.concentration()) && !Double.isNaN(l.misrecognised()))
                .toList();
        if (!measured.isEmpty()) {
            page.chart(PlaneChart.linear(
                            "Concentration and error",
                            "concentration φ, large where registrations are scattered",
                            "share nearer to another label")
                    .points(
                            "labels",
                            measured.stream()
                                    .mapToDouble(AnalysisReport.Label::concentration)
                                    .toArray(),
                            measured.stream()
                                    .mapToDouble(AnalysisReport.Label::misrecognised)
                                    .toArray(),
                            measured.stream().map(AnalysisReport.Label::label).toList())
                    .svg());
        }
        page.table(
                List.of(
                        "label",
                        "registrations",
                        "φ",
                        "best own score",
                        "nearest rival",
                        "its best score",
                        "density",
                        "nearer to another"),
                report.labels().stream()
                        .sorted(Comparator.comparingDouble(
                                (AnalysisReport.Label l) -> Double.isNaN(l.concentration()) ? 0 : -l.concentration()))
                        .limit(MOST_LABELS)
                        .map(AnalysisPage::row)
                        .toList());
        if (report.labels().size() > MOST_LABELS) {
            page.paragraph("The " + MOST_LABELS + " most scattered are shown; the JSON report has all.");
        }
    }

    private static List<Cell> row(AnalysisReport.Label l) {
        return List.of(
                new Words(l.label()),
                new Figure(Integer.toString(l.registrations())),
                new Figure(figure(l.concentration())),
                new Figure(figure(l.ownCosine())),
                new Words(l.rival().orElse("–")),
                new Figure(figure(l.rivalCosine())),
                new Figure(figure(l.density())),
                new Figure(figure(l.misrecognised())));
    }

    private void space() {
        page.heading("Space");
        AnalysisReport.Space space = report.space();
        List<List<Cell>> rows = new ArrayList<>();
        space.homogeneity()
                .forEach(h -> rows.add(List.of(
                        new Words("share of the " + h.neighbours() + " nearest that have the same label"),
                        new Figure(figure(h.homogeneity())))));
        space.relativeLocalDensity()
                .forEach(d -> rows.add(List.of(
                        new Words("relative local density at scale " + d.scale()), new Figure(figure(d.density())))));
        rows.add(List.of(new Words("Calinski–Harabasz"), new Figure(figure(space.calinskiHarabasz()))));
        rows.add(List.of(new Words("intrinsic dimension"), new Figure(figure(space.intrinsicDimension()))));
        page.table(List.of("measure", "value"), rows);
        page.paragraph("Neighbours of " + space.homogeneityRegistrations() + " registrations, density of "
                + space.densityRegistrations() + ", drawn at random where there are more.");
    }

    private void communities() {
        page.heading("Communities");
        AnalysisReport.Communities c = report.communities();
        page.paragraph(String.format(
                Locale.ROOT,
                "%,d communities of the graph of %d neighbours by the Leiden algorithm, of modularity %.3f (labels: %.3f);"
                        + " normalised mutual information with labels %.3f; %,d registrations lie in a community that is"
                        + " mostly of another label.",
                c.count(),
                c.neighbours(),
                c.modularity(),
                c.modularityOfLabels(),
                c.mutualInformation(),
                c.misclustered().size()));
        page.table(
                List.of("registrations", "most are", "share", "pictures"),
                c.largest().stream()
                        .limit(MOST_COMMUNITIES)
                        .<List<Cell>>map(community -> List.of(
                                new Figure(Integer.toString(community.size())),
                                new Words(community.label()),
                                new Figure(figure(community.share())),
                                new Pictures(pictures.of(community.representatives()))))
                        .toList());
    }
}
