package dev.mekiki.cli.analyse;

import dev.mekiki.analysis.AnalysisReport;
import dev.mekiki.analysis.finding.Finding;
import dev.mekiki.analysis.opinion.OpinionComparison;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An analysis in a few lines. */
public final class AnalysisSummary {

    private static final int SHOWN = 5;

    private AnalysisSummary() {}

    /** What was looked at, the threshold, and the surest findings of each kind. */
    public static String of(AnalysisReport report) {
        StringBuilder text = new StringBuilder(extent(report)).append('\n');
        report.thresholds()
                .ifPresent(t -> text.append(String.format(
                        Locale.ROOT,
                        "threshold for a false-accept rate of %s: %s, as registrations score with other labels%n",
                        t.common().falseAcceptRate(),
                        t.common().threshold())));
        byKind(report).forEach((kind, findings) -> {
            text.append(String.format(Locale.ROOT, "%n%s: %,d%n", FindingText.heading(kind), findings.size()));
            findings.stream()
                    .limit(SHOWN)
                    .map(FindingText::of)
                    .forEach(f -> text.append("  ")
                            .append(f.subject())
                            .append(": ")
                            .append(f.evidence())
                            .append("; ")
                            .append(f.action())
                            .append('\n'));
        });
        if (report.findings().isEmpty()) {
            text.append("nothing found\n");
        }
        return text.toString();
    }

    /** What each way of telling a label is worth. */
    public static String of(OpinionComparison compared) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%nnamed rightly of %,d that were not told, %,d were; hard: the quarter with the least lead%n",
                compared.asked(),
                compared.told()));
        compared.rows()
                .forEach(row -> text.append(String.format(
                        Locale.ROOT,
                        "  %-12s %s, hard %s%n",
                        row.way().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                        row.all(),
                        row.hard())));
        return text.toString();
    }

    static String extent(AnalysisReport report) {
        AnalysisReport.Extent e = report.extent();
        return e.isSample()
                ? String.format(
                        Locale.ROOT,
                        "%,d registrations of %,d labels, a sample of %,d of %,d labels",
                        e.registrations(),
                        e.labels(),
                        e.registrationsSeen(),
                        e.labelsSeen())
                : String.format(Locale.ROOT, "%,d registrations of %,d labels", e.registrations(), e.labels());
    }

    static Map<Class<? extends Finding>, List<Finding>> byKind(AnalysisReport report) {
        Map<Class<? extends Finding>, List<Finding>> byKind = new LinkedHashMap<>();
        for (Finding finding : report.findings()) {
            byKind.computeIfAbsent(finding.getClass(), _ -> new ArrayList<>()).add(finding);
        }
        return byKind;
    }
}
