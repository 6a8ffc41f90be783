package dev.mekiki.cli;

import dev.mekiki.cli.bulk.Findings;
import dev.mekiki.cli.bulk.Progress;
import dev.mekiki.cli.bulk.RejectsFile;
import dev.mekiki.cli.source.ImportSource;
import dev.mekiki.cli.source.UnusableSourceException;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Refusal;
import dev.mekiki.client.bulk.ForeignJournalException;
import dev.mekiki.client.bulk.ImportOutcome;
import dev.mekiki.client.bulk.ImportProgress;
import dev.mekiki.client.bulk.JournalFile;
import dev.mekiki.client.bulk.StreamingImport;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.Gallery;
import dev.mekiki.v1.GetGalleryRequest;
import dev.mekiki.v1.ImportOptions;
import dev.mekiki.v1.ImportOptions.ConflictPolicy;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "import",
        description = {
            "Registers many images or vectors. SOURCE is one of:",
            "  a folder of images: SOURCE/main/image.jpg or SOURCE/main/sub/image.jpg",
            "  a CSV or Parquet file that names images: path, relative to the file; label, or main and sub; perhaps id,"
                    + " attributes as a JSON object, or attr.NAME for each",
            "  a Parquet file of vectors: embedding, a list of numbers; label, or main and sub; perhaps content_digest,"
                    + " id, attributes, create_time",
            "Creates the gallery if there is none. An import that broke off, for whatever reason, goes on where it was"
                    + " when the same command is run again."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:everything is registered",
            "1:some rows were not registered, or the service went away",
            "2:wrong usage"
        })
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class ImportCommand implements Callable<Integer> {

    /** What a person calls {@link ConflictPolicy}. */
    enum OnConflict {
        REJECT,
        ACCEPT
    }

    /** Images come in smaller appends than vectors, so that progress shows. */
    private static final int IMAGES_PER_APPEND = 100;

    @Mixin
    private ServiceOptions service;

    @Mixin
    private Patience patience;

    @Parameters(paramLabel = "SOURCE", description = "A folder, a .csv, .tsv or .parquet file.")
    private Path source;

    @Option(
            names = "--space",
            paramLabel = "DIGEST",
            description = "The embedding space of vectors, where their file does not say it.")
    private @Nullable String space;

    @Option(
            names = "--journal",
            paramLabel = "FILE",
            description =
                    "Keeps how far the import is; left out: a file in the user's state folder, deleted when all is"
                            + " done.")
    private @Nullable Path journalFile;

    @Option(
            names = "--restart",
            description = "Begin at the first row, whatever the journal says. What is registered already stays.")
    private boolean restart;

    @Option(
            names = "--rejects",
            paramLabel = "FILE",
            description = "Also write what is wrong with single rows there, as CSV.")
    private @Nullable Path rejects;

    @Option(names = "--check", description = "Report everything, register nothing.")
    private boolean check;

    @Option(
            names = "--on-conflict",
            paramLabel = "POLICY",
            defaultValue = "reject",
            description = "What is done with a row that contradicts another, that is, the same bytes or a nearly"
                    + " identical vector under another main label: reject or accept; default ${DEFAULT-VALUE}. It is"
                    + " reported in any case.")
    private OnConflict onConflict;

    @Option(
            names = "--conflict-score",
            paramLabel = "COSINE",
            description = "From which cosine on vectors are nearly identical; left out: only bytes are compared.")
    private @Nullable Double conflictScore;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            defaultValue = "8",
            description = "Appends, of up to 1000 rows or 4 MiB, under way at once; default ${DEFAULT-VALUE}.")
    private int inFlight;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (inFlight < 1 || inFlight > 256) {
            throw service.wrong("--in-flight: " + inFlight + " (expected: 1..256)");
        }
        if (conflictScore != null && !(conflictScore >= -1 && conflictScore <= 1)) {
            throw service.wrong("--conflict-score: " + conflictScore + " (expected: -1..1)");
        }
        service.galleryId();
        patience.duration();
        ImportSource rows = open();
        try (Connection connection = service.connect()) {
            Gallery gallery = requireGallery(connection);
            JournalFile journal = journal(rows, gallery);
            ImportProgress before = journal.progress();
            if (before.nextOffset() > 0) {
                System.err.printf("going on at row %,d of %,d%n", before.nextOffset(), rows.rows());
            }
            Optional<RejectsFile> rejectsFile =
                    rejects == null ? Optional.empty() : Optional.of(RejectsFile.open(rejects, before.nextOffset()));
            try (Progress progress = Progress.onStandardError(rows.rows())) {
                progress.startAt(before.nextOffset());
                Findings findings = new Findings(progress, rejectsFile, patience.duration());
                ImportOutcome outcome = importer(connection, rows).run(rows, journal, findings);
                progress.close();
                return report(rows, outcome, findings, journal);
            } finally {
                if (rejectsFile.isPresent()) {
                    rejectsFile.get().close();
                }
            }
        }
    }

    private ImportSource open() throws IOException {
        try {
            return ImportSource.open(source, Optional.ofNullable(space));
        } catch (NoSuchFileException e) {
            throw service.wrong("SOURCE: " + e.getFile() + " does not exist");
        } catch (UnusableSourceException e) {
            throw service.wrong("SOURCE: " + e.getMessage());
        }
    }

    private StreamingImport importer(Connection connection, ImportSource rows) {
        StreamingImport.Settings settings = StreamingImport.Settings.standard().withAppendsInFlight(inFlight);
        return new StreamingImport(
                connection,
                options(),
                rows.kind().equals("images") ? settings.withRowsPerAppend(IMAGES_PER_APPEND) : settings,
                ServiceOptions.backoff(patience.duration()),
                Thread::sleep,
                System::nanoTime);
    }

    private ImportOptions options() {
        ImportOptions.Builder options = ImportOptions.newBuilder()
                .setParent(service.galleryName())
                .setValidateOnly(check)
                .setConflictPolicy(
                        switch (onConflict) {
                            case REJECT -> ConflictPolicy.CONFLICT_POLICY_REJECT;
                            case ACCEPT -> ConflictPolicy.CONFLICT_POLICY_ACCEPT;
                        });
        if (conflictScore != null) {
            options.setConflictScore(conflictScore);
        }
        return options.build();
    }

    private JournalFile journal(ImportSource rows, Gallery gallery) throws IOException {
        Path file = journalFile != null
                ? journalFile
                : StateFolder.journal(
                        check ? "check" : "import",
                        source.toAbsolutePath().normalize().toString(),
                        service.target(),
                        gallery.getName());
        // A gallery that was deleted and made anew is another one.
        JournalFile.Identity identity = new JournalFile.Identity(
                rows.digest(),
                gallery.getName() + " of " + service.target() + ", created "
                        + gallery.getCreateTime().getSeconds() + "."
                        + gallery.getCreateTime().getNanos(),
                "check " + check + ", on-conflict " + onConflict + ", conflict-score " + conflictScore + ", space "
                        + space);
        if (restart) {
            return JournalFile.startOver(file, identity);
        }
        try {
            return JournalFile.open(file, identity);
        } catch (ForeignJournalException e) {
            throw new IllegalStateException(e.getMessage()
                    + "; --restart begins at the first row, where what is registered already is passed over");
        }
    }

    private Gallery requireGallery(Connection connection) {
        GetGalleryRequest request =
                GetGalleryRequest.newBuilder().setName(service.galleryName()).build();
        try {
            return connection.galleries().getGallery(request);
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
                throw e;
            }
        }
        try {
            Gallery created = connection
                    .galleries()
                    .createGallery(CreateGalleryRequest.newBuilder()
                            .setGalleryId(service.galleryId())
                            .build());
            System.err.println("created " + created.getName());
            return created;
        } catch (StatusRuntimeException e) {
            // Somebody else was faster.
            if (e.getStatus().getCode() != Status.Code.ALREADY_EXISTS) {
                throw e;
            }
            return connection.galleries().getGallery(request);
        }
    }

    private int report(ImportSource rows, ImportOutcome outcome, Findings findings, JournalFile journal)
            throws IOException {
        findings.lines().forEach(System.err::println);
        ImportProgress progress = outcome.progress();
        System.out.printf(
                "%,d %s, %,d present before, %,d rejected, %,d duplicates, %,d conflicts%n",
                progress.registered(),
                check ? "would be registered" : "registered",
                progress.present(),
                progress.rejected(),
                progress.duplicates(),
                progress.conflicts());
        if (outcome.stop().isPresent()) {
            Refusal stop = outcome.stop().get();
            System.err.printf(
                    "mekiki: stopped with %,d of %,d %s left: %s%s%n",
                    rows.rows() - progress.nextOffset(),
                    rows.rows(),
                    rows.kind(),
                    stop,
                    stop.isPassing() ? "; run it again to go on" : "");
            return 1;
        }
        if (journalFile == null) {
            journal.delete();
        }
        return progress.registered() + progress.present() == progress.nextOffset() ? 0 : 1;
    }
}
