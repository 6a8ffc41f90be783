package dev.mekiki.benchmarks.gallery;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mekiki.benchmarks.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a benchmark of galleries measured, also while it goes on.
 *
 * @param time when it began, ISO 8601
 * @param machine where
 * @param seed of the population
 * @param figures by backend and size
 */
record GalleryReport(String time, Machine machine, long seed, List<Figures> figures) {

    private static final double LEAST_IMPORT = 0.8;
    private static final double LEAST_SEARCH = 0.9;
    private static final double LEAST_RECALL = 0.99;
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    GalleryReport {
        figures = figures.stream()
                .sorted(Comparator.comparing(Figures::backend).reversed().thenComparing(Figures::registrations))
                .toList();
    }

    /** With these figures, instead of those that there were of the same backend and size. */
    GalleryReport with(Figures added) {
        List<Figures> all = new ArrayList<>(figures);
        all.removeIf(old -> old.backend().equals(added.backend()) && old.registrations() == added.registrations());
        all.add(added);
        return new GalleryReport(time, machine, seed, all);
    }

    Optional<Figures> of(String backend, long registrations) {
        return figures.stream()
                .filter(f -> f.backend().equals(backend) && f.registrations() == registrations)
                .findFirst();
    }

    void write(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        Path half = file.resolveSibling(file.getFileName() + ".part");
        Files.writeString(half, JSON.writeValueAsString(this) + "\n");
        Files.move(half, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    static GalleryReport read(Path file) throws IOException {
        return JSON.readValue(file.toFile(), GalleryReport.class);
    }

    /** Markdown. */
    String table() {
        StringBuilder out = new StringBuilder();
        line(
                out,
                "%s, %d processors, %s, code %s, %s",
                machine.processor(),
                machine.processors(),
                machine.jvm(),
                machine.code(),
                time);
        figures.stream().map(f -> f.backend() + ": " + f.server()).distinct().forEach(text -> line(out, "%s", text));
        line(
                out,
                "Vectors of %d dimensions, %d registrations a label, labels around %,d topics; cosine within a label %.1f,"
                        + " of labels of a topic %.1f; seed %d",
                Population.DIMENSION,
                Population.PER_LABEL,
                Population.TOPICS,
                Population.WITHIN_LABEL,
                Population.WITHIN_TOPIC,
                seed);
        out.append('\n');
        sizes(out);
        out.append('\n');
        searches(out);
        out.append('\n');
        memory(out);
        out.append('\n');
        demands(out);
        return out.toString();
    }

    private void sizes(StringBuilder out) {
        row(out, "", f -> f.backend() + " " + thousands(f.registrations()));
        line(out, "|---|%s", "---:|".repeat(figures.size()));
        row(out, "main labels", f -> thousands(Population.labels(f.registrations())));
        row(
                out,
                "import through the service, rows/s",
                f -> text("%,.0f", f.imported().rowsPerSecond()));
        row(out, "in turn with the raw SDK, rows/s", f -> beside(f, b -> text("%,.0f", b.servicePerSecond())));
        row(out, "the raw SDK, rows/s", f -> beside(f, b -> text("%,.0f", b.rawPerSecond())));
        row(
                out,
                "ratio (least..most of the slices)",
                f -> beside(f, b -> text("%.2f (%.2f..%.2f)", b.ratio(), b.least(), b.most())));
        row(
                out,
                "then until all is indexed, s",
                f -> text("%,.0f", f.settling().seconds())
                        + (f.settling().pendingRows() == 0
                                ? ""
                                : ", given up with " + thousands(f.settling().pendingRows()) + " rows pending"));
        row(out, "recall@1, %,d queries", Figures::recall, r -> text("%.4f", r.atOne()), Figures.Recall::queries);
        row(out, "recall@10, %,d queries", Figures::recall, r -> text("%.4f", r.atTen()), Figures.Recall::queries);
        row(
                out,
                "recall@1 of %,d strangers",
                Figures::recall,
                r -> text("%.4f", r.strangersAtOne()),
                Figures.Recall::strangers);
        row(out, "on disk", f -> f.diskBytes() < 0 ? "" : mebibytes(f.diskBytes()));
    }

    private void searches(StringBuilder out) {
        line(out, "| look-ups | registrations | by | in flight | a second | of the raw SDK | p50 ms | p99 ms |");
        line(out, "|---|---:|---|---:|---:|---:|---:|---:|");
        for (Figures f : figures) {
            for (Figures.Search s : f.searches()) {
                line(
                        out,
                        "| %s | %s | %s | %d | %,.0f | %s | %.2f | %.2f |",
                        f.backend(),
                        thousands(f.registrations()),
                        s.path(),
                        s.inFlight(),
                        s.perSecond(),
                        ofRaw(s),
                        s.p50Millis(),
                        s.p99Millis());
            }
        }
    }

    private static String ofRaw(Figures.Search search) {
        Double ratio = search.ofRaw();
        return ratio == null ? "" : String.format(Locale.ROOT, "%.2f", ratio);
    }

    private void memory(StringBuilder out) {
        line(out, "| memory | registrations | process | now | peak |");
        line(out, "|---|---:|---|---:|---:|");
        for (Figures f : figures) {
            for (ProcessMemory m : f.memory()) {
                line(
                        out,
                        "| %s | %s | %s | %s | %s |",
                        f.backend(),
                        thousands(f.registrations()),
                        m.process(),
                        mebibytes(m.residentBytes()),
                        mebibytes(m.peakBytes()));
            }
        }
    }

    /** What is asked of the gallery, and whether it was kept. */
    private void demands(StringBuilder out) {
        for (Figures f : figures) {
            String where = f.backend() + " " + thousands(f.registrations());
            Figures.BesideRaw beside = f.besideRaw();
            if (beside != null) {
                demand(out, where + ": import, of the raw SDK", beside.ratio(), LEAST_IMPORT);
            }
            f.searches().stream()
                    .filter(s -> s.path().equals(Searches.ADAPTER))
                    .flatMap(s -> Stream.ofNullable(s.ofRaw()))
                    .min(Comparator.naturalOrder())
                    .ifPresent(least -> demand(out, where + ": look-ups, of the raw SDK, least", least, LEAST_SEARCH));
            demand(out, where + ": recall@1", f.recall().atOne(), LEAST_RECALL);
        }
    }

    private static void demand(StringBuilder out, String what, double found, double least) {
        line(out, "- %s: %.3f (expected: at least %.2f), %s", what, found, least, found >= least ? "kept" : "MISSED");
    }

    private void row(StringBuilder out, String name, Function<Figures, String> cell) {
        StringBuilder cells = new StringBuilder();
        figures.forEach(f -> cells.append(' ').append(cell.apply(f)).append(" |"));
        line(out, "| %s |%s", name, cells);
    }

    private <T> void row(
            StringBuilder out,
            String name,
            Function<Figures, T> part,
            Function<T, String> cell,
            Function<T, Integer> count) {
        int most = figures.stream().map(part).mapToInt(count::apply).max().orElse(0);
        row(out, String.format(Locale.ROOT, name, most), f -> cell.apply(part.apply(f)));
    }

    private static String beside(Figures figures, Function<Figures.BesideRaw, String> cell) {
        Figures.@Nullable BesideRaw beside = figures.besideRaw();
        return beside == null ? "" : cell.apply(beside);
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static String thousands(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%,d MiB", bytes >> 20);
    }

    private static void line(StringBuilder out, String format, Object... values) {
        out.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
