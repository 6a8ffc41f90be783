package dev.mekiki.cli;

import dev.mekiki.analysis.AnalysisProgress;
import dev.mekiki.analysis.AnalysisReport;
import dev.mekiki.analysis.Bounds;
import dev.mekiki.analysis.GalleryAnalysis;
import dev.mekiki.analysis.Snapshot;
import dev.mekiki.analysis.graph.ExactNearestNeighbours;
import dev.mekiki.analysis.opinion.OpinionComparison;
import dev.mekiki.analysis.space.Workers;
import dev.mekiki.cli.analyse.AnalysisJson;
import dev.mekiki.cli.analyse.AnalysisPage;
import dev.mekiki.cli.analyse.AnalysisSummary;
import dev.mekiki.cli.analyse.KeptPictures;
import dev.mekiki.cli.analyse.Provenance;
import dev.mekiki.cli.archive.ArchivedSnapshot;
import dev.mekiki.cli.archive.GalleryArchive;
import dev.mekiki.cli.bulk.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "analyse",
        description = {
            "Tells what is wrong with an exported gallery and what to do about it: the same image under two labels,"
                    + " registrations of another label than theirs, labels of several things or too few images, and so on.",
            "Prints the surest findings; --html and --json have all of them, measures of the space and a map."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:done", "1:not done", "2:wrong usage"})
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class AnalyseCommand implements Callable<Integer> {

    /** Besides the registrations, for reading, reports and pages. */
    private static final double SHARE_OF_HEAP = .6;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A .parquet file written by export.")
    private Path file;

    @Option(names = "--html", paramLabel = "FILE", description = "Write one HTML file with charts and pictures.")
    private @Nullable Path html;

    @Option(names = "--json", paramLabel = "FILE", description = "Write everything as JSON.")
    private @Nullable Path json;

    @Option(
            names = "--images",
            paramLabel = "FOLDER",
            description = "What mekiki.images.directory of the service names: pictures for --html.")
    private @Nullable Path images;

    @Option(
            names = "--false-accept-rate",
            paramLabel = "RATE",
            description = "Calibrate thresholds to this; left out: what the gallery asks for.")
    private @Nullable Double falseAcceptRate;

    @Option(
            names = "--registrations",
            paramLabel = "N",
            description = "Analyse no more than a sample of so many; left out: as many as fit in memory.")
    private @Nullable Integer registrations;

    @Option(names = "--threads", paramLabel = "N", description = "Left out: one for each processor.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--seed", paramLabel = "N", description = "Of what is drawn at random; default ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(
            names = "--opinions",
            description = "Also compare ways to tell a label: the nearest registration, the majority of ten, a linear"
                    + " head, a graph network; half of the registrations are told, the rest asked.")
    private boolean opinions;

    @Override
    public Integer call() throws IOException {
        if (images != null && !Files.isDirectory(images.resolve("images"))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--images: " + images + " (expected: a folder in which a service keeps images)");
        }
        GalleryArchive archive = GalleryArchive.open(file);
        Bounds bounds = bounds(archive);
        double rate = falseAcceptRate != null
                ? falseAcceptRate
                : archive.notes().gallery().getDecisionPolicy().getFalseAcceptRate();
        if (!(rate > 0 && rate < 1)) {
            throw new ParameterException(
                    spec.commandLine(), "--false-accept-rate: " + rate + " (expected: between 0 and 1, exclusive)");
        }
        Snapshot snapshot;
        try (Progress progress = Progress.onStandardError(archive.notes().count())) {
            progress.say("reading " + file);
            snapshot = ArchivedSnapshot.of(archive, bounds, seed, progress);
        }
        AnalysisReport report =
                new GalleryAnalysis(new ExactNearestNeighbours(), bounds, rate, seed).of(snapshot, new Told());
        Provenance provenance = Provenance.of(archive.notes(), Mekiki.VERSION, seed);
        System.out.print(AnalysisSummary.of(report));
        Optional<OpinionComparison> compared = opinions ? Optional.of(compare(snapshot)) : Optional.empty();
        compared.map(AnalysisSummary::of).ifPresent(System.out::print);
        if (json != null) {
            Files.writeString(json, AnalysisJson.write(report, compared, provenance));
        }
        if (html != null) {
            Files.writeString(html, AnalysisPage.of(report, provenance, new KeptPictures(snapshot, images)));
        }
        return 0;
    }

    private OpinionComparison compare(Snapshot snapshot) {
        int labels = snapshot.byMainLabel().groups();
        if (labels > OpinionComparison.MOST_LABELS) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--opinions: " + labels + " main labels (expected: at most " + OpinionComparison.MOST_LABELS + ")");
        }
        try (Workers workers = new Workers(threads, () -> false)) {
            return OpinionComparison.of(snapshot, new ExactNearestNeighbours(), workers, seed);
        }
    }

    private Bounds bounds(GalleryArchive archive) {
        int dimension = archive.notes().gallery().getEmbeddingSpace().getDimension();
        Bounds fitting =
                Bounds.within((long) (SHARE_OF_HEAP * Runtime.getRuntime().maxMemory()), dimension, threads);
        return registrations == null ? fitting : new Bounds(threads, Math.min(registrations, fitting.registrations()));
    }

    /** A line for each stage, for the long one every tenth. */
    private static final class Told implements AnalysisProgress {
        private int tenth = -1;

        @Override
        public synchronized void at(Stage stage, double share) {
            int reached = (int) (10 * share);
            if (share == 0) {
                System.err.println("analysing: " + stage.name().toLowerCase(Locale.ROOT));
                tenth = 0;
            } else if (reached > tenth && reached < 10) {
                System.err.println("  " + 10 * reached + " %");
                tenth = reached;
            }
        }

        @Override
        public boolean isCancelled() {
            return false;
        }
    }
}
