package dev.mekiki.benchmarks.gallery;

import dev.mekiki.benchmarks.Machine;
import dev.mekiki.cli.process.Installation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Fills galleries, asks them, and says what that takes: on Milvus beside the raw SDK, and embedded. */
@Command(
        name = "gallery",
        description = {
            "Galleries of many registrations: import, recall, look-ups and memory, on Milvus beside the raw SDK and"
                    + " embedded, at a tenth of the size and at all of it.",
            "A million registrations take most of an hour on two cores; figures are written as they come."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
public final class GalleryBenchmark implements Callable<Integer> {

    private static final long SEED = 2026;
    private static final long LEAST = 10_000;
    private static final long MOST = 100_000_000;
    private static final long QUICK = 20_000;

    /** Which galleries. */
    private enum Backend {
        milvus,
        embedded
    }

    @Spec
    private CommandSpec command;

    @Option(
            names = "--registrations",
            paramLabel = "N",
            description = "How many, 10000..100000000; left out: a million, or 20000 with --quick.")
    private @Nullable Long registrations;

    @Option(names = "--quick", description = "One round of short spells: a look, not a measurement.")
    private boolean quick;

    @Option(
            names = "--only",
            paramLabel = "BACKEND",
            description = "${COMPLETION-CANDIDATES}; left out: both. Figures of the other one stay in the file.")
    private @Nullable Backend only;

    @Option(
            names = "--continue",
            description = "Go on with what an earlier run left in the folder, and keep its figures; without it, what is"
                    + " there of the backend is deleted.")
    private boolean goOn;

    @Option(
            names = "--folder",
            paramLabel = "FOLDER",
            description = "For data and figures; left out: target/bench/gallery. A million registrations take several"
                    + " gigabytes.")
    private @Nullable Path folder;

    @Option(
            names = "--index-limit",
            paramLabel = "MINUTES",
            defaultValue = "40",
            description = "How long to wait until all is indexed, at most; default ${DEFAULT-VALUE}.")
    private int indexLimit;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Where the figures go; left out: gallery.json in the folder.")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException {
        long size = registrations != null ? registrations : quick ? QUICK : 1_000_000;
        if (size < LEAST || size > MOST) {
            throw new ParameterException(
                    command.commandLine(), "--registrations: " + size + " (expected: " + LEAST + ".." + MOST + ")");
        }
        if (indexLimit < 1) {
            throw new ParameterException(command.commandLine(), "--index-limit: " + indexLimit + " (expected: 1..)");
        }
        Installation installation = Installation.current();
        Path data = folder != null
                ? folder.toAbsolutePath()
                : installation.root().resolve(Path.of("target", "bench", "gallery"));
        Path figures = json != null ? json : data.resolve("gallery.json");
        Plan plan = Plan.of(installation, new Population(SEED), size, quick, Duration.ofMinutes(indexLimit), data);
        List<Backend> backends = only != null ? List.of(only) : List.of(Backend.values());
        Kept kept = new Kept(figures, earlier(figures, installation));
        for (Backend backend : backends) {
            if (!goOn) {
                delete(data.resolve(backend.name()));
            }
            switch (backend) {
                case milvus -> new MilvusMeasurement(plan, kept.report, kept::add).run();
                case embedded -> new EmbeddedMeasurement(plan, kept.report, kept::add).run();
            }
        }
        System.out.print(kept.report.table());
        System.err.println("Figures: " + figures.toAbsolutePath().normalize());
        return 0;
    }

    private GalleryReport earlier(Path figures, Installation installation) throws IOException {
        boolean keep = goOn || only != null;
        if (keep && Files.exists(figures)) {
            GalleryReport earlier = GalleryReport.read(figures);
            if (earlier.seed() == SEED) {
                return earlier;
            }
        }
        String time = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        return new GalleryReport(time, Machine.here(installation.root()), SEED, List.of());
    }

    /** The figures so far, in a file as well. */
    private static final class Kept {

        private final Path file;
        private GalleryReport report;

        Kept(Path file, GalleryReport report) {
            this.file = file;
            this.report = report;
        }

        void add(Figures figures) {
            report = report.with(figures);
            try {
                report.write(file);
            } catch (IOException e) {
                throw new UncheckedIOException("figures cannot be written", e);
            }
        }
    }

    private static void delete(Path old) throws IOException {
        if (!Files.exists(old)) {
            return;
        }
        try (Stream<Path> all = Files.walk(old)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
