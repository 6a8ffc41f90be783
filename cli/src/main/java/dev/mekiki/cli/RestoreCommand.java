package dev.mekiki.cli;

import dev.mekiki.cli.archive.GalleryArchive;
import dev.mekiki.cli.bulk.Findings;
import dev.mekiki.cli.bulk.Progress;
import dev.mekiki.cli.source.VectorTable;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Refusal;
import dev.mekiki.client.Retrying;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "restore",
        description = {
            "Makes a gallery of a file that was written by export: with its policy, every registration under its id,"
                    + " with label, attributes and create time. A model of the same embedding space has to be served.",
            "The file is checked before and the gallery is read back and compared afterwards. A restore that broke off"
                    + " goes on when the same command is run again."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:the gallery is what the file says",
            "1:it is not, the file is damaged, or the service went away",
            "2:wrong usage"
        })
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class RestoreCommand implements Callable<Integer> {

    @Mixin
    private ServiceOptions service;

    @Mixin
    private Patience patience;

    @Parameters(paramLabel = "FILE", description = "A .parquet file written by export.")
    private Path file;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            defaultValue = "8",
            description = "Appends, of up to 1000 rows or 4 MiB, under way at once; default ${DEFAULT-VALUE}.")
    private int inFlight;

    @Override
    public Integer call() throws IOException, InterruptedException {
        service.galleryId();
        if (inFlight < 1 || inFlight > 256) {
            throw service.wrong("--in-flight: " + inFlight + " (expected: 1..256)");
        }
        Retrying retrying = ServiceOptions.retrying(patience.duration());
        GalleryArchive archive = VerifyCommand.verified(file);
        try (Connection connection = service.connect()) {
            Gallery gallery = find(connection).orElse(null);
            if (gallery == null) {
                gallery = create(connection, archive);
            }
            Optional<JournalFile> journal = journal(connection, archive, gallery, retrying);
            if (journal.isPresent() && !restored(connection, archive, journal.get())) {
                return 1;
            }
            int result = VerifyCommand.compare(archive, connection, gallery, retrying);
            if (journal.isPresent()) {
                journal.get().delete();
            }
            return result;
        }
    }

    private Optional<Gallery> find(Connection connection) {
        try {
            return Optional.of(connection
                    .galleries()
                    .getGallery(GetGalleryRequest.newBuilder()
                            .setName(service.galleryName())
                            .build()));
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private Gallery create(Connection connection, GalleryArchive archive) {
        Gallery archived = archive.notes().gallery();
        Gallery created = connection
                .galleries()
                .createGallery(CreateGalleryRequest.newBuilder()
                        .setGalleryId(service.galleryId())
                        .setGallery(Gallery.newBuilder()
                                .setDisplayName(archived.getDisplayName())
                                .setEmbeddingSpace(archived.getEmbeddingSpace())
                                .setDecisionPolicy(archived.getDecisionPolicy()))
                        .build());
        if (!created.getEmbeddingSpace()
                .getDigest()
                .equals(archived.getEmbeddingSpace().getDigest())) {
            throw new IllegalStateException(created.getName() + " was created in the embedding space "
                    + created.getEmbeddingSpace().getDigest() + " (expected: "
                    + archived.getEmbeddingSpace().getDigest() + ", "
                    + archived.getEmbeddingSpace().getModelId()
                    + "); is that model served?");
        }
        System.err.println("created " + created.getName());
        return created;
    }

    /** The journal of this restore; for a gallery that has registrations without being one, none or a complaint. */
    private Optional<JournalFile> journal(
            Connection connection, GalleryArchive archive, Gallery gallery, Retrying retrying)
            throws IOException, InterruptedException {
        Path path = StateFolder.journal(
                "restore", file.toAbsolutePath().normalize().toString(), service.target(), gallery.getName());
        JournalFile.Identity identity = new JournalFile.Identity(
                archive.notes().digest(),
                gallery.getName() + " of " + service.target() + ", created "
                        + gallery.getCreateTime().getSeconds() + "."
                        + gallery.getCreateTime().getNanos(),
                "restore");
        if (Files.exists(path)) {
            try {
                return Optional.of(JournalFile.open(path, identity));
            } catch (ForeignJournalException e) {
                // Of another file of that name, or of a gallery that was deleted since: of no use to anybody.
                Files.delete(path);
            }
        }
        long count = service.count(connection, retrying);
        if (count > 0) {
            throw new IllegalStateException(gallery.getName() + " has " + count
                    + " registrations (expected: none, or no such gallery); \"verify\" compares it with " + file);
        }
        JournalFile journal = JournalFile.startOver(path, identity);
        // From now on the gallery is known to be this restore's, however little of it there is.
        journal.record(ImportProgress.NONE);
        return Optional.of(journal);
    }

    private boolean restored(Connection connection, GalleryArchive archive, JournalFile journal)
            throws IOException, InterruptedException {
        VectorTable rows = VectorTable.of(archive.table(), Optional.empty());
        // What was in the gallery was in it for good reason, contradictions included.
        ImportOptions options = ImportOptions.newBuilder()
                .setParent(service.galleryName())
                .setConflictPolicy(ConflictPolicy.CONFLICT_POLICY_ACCEPT)
                .build();
        StreamingImport importer = new StreamingImport(
                connection,
                options,
                StreamingImport.Settings.standard().withAppendsInFlight(inFlight),
                ServiceOptions.backoff(patience.duration()),
                Thread::sleep,
                System::nanoTime);
        try (Progress progress = Progress.onStandardError(rows.rows())) {
            progress.say("restoring " + service.galleryName());
            progress.startAt(journal.progress().nextOffset());
            Findings findings = new Findings(progress, Optional.empty(), patience.duration());
            ImportOutcome outcome = importer.run(rows, journal, findings);
            progress.close();
            if (outcome.progress().rejected() > 0) {
                findings.lines().forEach(System.err::println);
            }
            if (outcome.stop().isPresent()) {
                Refusal stop = outcome.stop().get();
                System.err.printf(
                        "mekiki: stopped with %,d of %,d registrations left: %s%s%n",
                        rows.rows() - outcome.progress().nextOffset(),
                        rows.rows(),
                        stop,
                        stop.isPassing() ? "; run it again to go on" : "");
                return false;
            }
            return true;
        }
    }
}
