package dev.mekiki.cli.demo;

import com.google.protobuf.Duration;
import dev.mekiki.v1.StageDurations;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What the demo measured.
 *
 * @param documents how many were registered
 * @param mainLabels under how many main labels
 * @param answers one for each photograph
 * @param inFlight how many questions were under way at once
 * @param elapsed from the first question to the last answer
 */
record DemoReport(int documents, int mainLabels, List<Answer> answers, int inFlight, java.time.Duration elapsed) {

    private static final Set<Verdict> MAIN_RIGHT =
            EnumSet.of(Verdict.RIGHT, Verdict.SUB_LABEL_OPEN, Verdict.SUB_LABEL_WRONG);

    DemoReport {
        answers = List.copyOf(answers);
    }

    /** Several lines, with a newline at the end. */
    String table() {
        StringBuilder out = new StringBuilder();
        List<Answer> registered =
                answers.stream().filter(a -> a.shot().registered()).toList();
        List<Answer> strangers =
                answers.stream().filter(a -> !a.shot().registered()).toList();
        answers.stream()
                .findFirst()
                .ifPresent(first -> line(
                        out,
                        "Model %s, known from a cosine of %.3f on.",
                        first.response().getEmbeddingSpace().getModelId(),
                        threshold(first)));
        line(
                out,
                "%d documents under %d main labels were registered from one clean image each.",
                documents,
                mainLabels);
        out.append('\n');

        heading(out, "Photographs of them", registered);
        row(out, "right main label", registered, a -> MAIN_RIGHT.contains(a.verdict()));
        row(out, "  right sub-label", registered, is(Verdict.RIGHT));
        row(out, "  sub-label left open", registered, is(Verdict.SUB_LABEL_OPEN));
        row(out, "  wrong sub-label", registered, is(Verdict.SUB_LABEL_WRONG));
        row(out, "wrong main label", registered, is(Verdict.WRONG));
        row(out, "unknown", registered, is(Verdict.UNKNOWN));
        out.append('\n');
        heading(out, "Photographs of documents never registered", strangers);
        row(out, "rejected as unknown", strangers, is(Verdict.REJECTED));
        row(out, "falsely accepted", strangers, is(Verdict.FALSELY_ACCEPTED));
        out.append('\n');

        line(out, "%-42s %9s %9s", "Time in each stage, ms", "p50", "p95");
        stage(out, "admission", StageDurations::hasAdmission, StageDurations::getAdmission);
        stage(out, "decode", StageDurations::hasDecode, StageDurations::getDecode);
        stage(out, "preprocess", StageDurations::hasPreprocess, StageDurations::getPreprocess);
        stage(out, "queue", StageDurations::hasQueue, StageDurations::getQueue);
        stage(out, "inference", StageDurations::hasInference, StageDurations::getInference);
        stage(out, "search", StageDurations::hasSearch, StageDurations::getSearch);
        percentiles(
                out,
                "round trip, as the caller sees it",
                answers.stream().mapToDouble(a -> a.roundTrip().toNanos() / 1e6).toArray());
        out.append('\n');
        line(out, "%.0f images a second with %d in flight.", answers.size() / (elapsed.toNanos() / 1e9), inFlight);
        return out.toString();
    }

    /** One line of ASCII for the contact sheet. */
    String summary() {
        Map<Verdict, Long> count = new EnumMap<>(Verdict.class);
        answers.forEach(a -> count.merge(a.verdict(), 1L, Long::sum));
        long mainRight =
                MAIN_RIGHT.stream().mapToLong(v -> count.getOrDefault(v, 0L)).sum();
        long registered = answers.stream().filter(a -> a.shot().registered()).count();
        return String.format(
                Locale.ROOT,
                "%d photographs of %d registered documents: main label right %d, sub-label right %d, wrong %d,"
                        + " unknown %d. %d of documents never registered: rejected %d, falsely accepted %d.",
                registered,
                documents,
                mainRight,
                count.getOrDefault(Verdict.RIGHT, 0L),
                count.getOrDefault(Verdict.WRONG, 0L),
                count.getOrDefault(Verdict.UNKNOWN, 0L),
                answers.size() - registered,
                count.getOrDefault(Verdict.REJECTED, 0L),
                count.getOrDefault(Verdict.FALSELY_ACCEPTED, 0L));
    }

    private static double threshold(Answer answer) {
        return answer.response().hasKnown()
                ? answer.response().getKnown().getThreshold()
                : answer.response().getUnknown().getThreshold();
    }

    private static Predicate<Answer> is(Verdict verdict) {
        return a -> a.verdict() == verdict;
    }

    private static Predicate<Answer> in(Light light) {
        return a -> a.shot().light() == light;
    }

    private static void heading(StringBuilder out, String title, List<Answer> answers) {
        line(
                out,
                "%-42s %7s of %-3d %7s of %-3d %7s of %-3d",
                title,
                "all",
                answers.size(),
                "mild",
                answers.stream().filter(in(Light.MILD)).count(),
                "hard",
                answers.stream().filter(in(Light.HARD)).count());
    }

    private static void row(StringBuilder out, String title, List<Answer> answers, Predicate<Answer> counted) {
        line(
                out,
                "  %-40s %s %s %s",
                title,
                share(answers, counted),
                share(answers.stream().filter(in(Light.MILD)).toList(), counted),
                share(answers.stream().filter(in(Light.HARD)).toList(), counted));
    }

    private static String share(List<Answer> answers, Predicate<Answer> counted) {
        long n = answers.stream().filter(counted).count();
        return answers.isEmpty()
                ? String.format(Locale.ROOT, "%5d        ", n)
                : String.format(Locale.ROOT, "%5d %5.1f %%", n, 100.0 * n / answers.size());
    }

    private void stage(
            StringBuilder out,
            String title,
            Predicate<StageDurations> present,
            Function<StageDurations, Duration> duration) {
        percentiles(
                out,
                title,
                answers.stream()
                        .map(a -> a.response().getDurations())
                        .filter(present)
                        .map(duration)
                        .mapToDouble(d -> d.getSeconds() * 1e3 + d.getNanos() / 1e6)
                        .toArray());
    }

    private static void percentiles(StringBuilder out, String title, double[] milliseconds) {
        if (milliseconds.length > 0) {
            Arrays.sort(milliseconds);
            line(out, "  %-40s %9.2f %9.2f", title, nearestRank(milliseconds, 0.50), nearestRank(milliseconds, 0.95));
        }
    }

    private static double nearestRank(double[] sorted, double share) {
        return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)];
    }

    private static void line(StringBuilder out, String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
