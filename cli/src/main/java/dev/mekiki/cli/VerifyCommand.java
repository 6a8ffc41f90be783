package dev.mekiki.cli;

import dev.mekiki.cli.archive.Comparison;
import dev.mekiki.cli.archive.GalleryArchive;
import dev.mekiki.cli.bulk.Progress;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Retrying;
import dev.mekiki.v1.Gallery;
import dev.mekiki.v1.GetGalleryRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "verify",
        description = "Compares a gallery with a file that was written by export, registration by registration.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:they are the same", "1:they differ, or the file is damaged", "2:wrong usage"})
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class VerifyCommand implements Callable<Integer> {

    @Mixin
    private ServiceOptions service;

    @Mixin
    private Patience patience;

    @Parameters(paramLabel = "FILE", description = "A .parquet file written by export.")
    private Path file;

    @Override
    public Integer call() throws IOException, InterruptedException {
        String name = service.galleryName();
        GalleryArchive archive = verified(file);
        Retrying retrying = ServiceOptions.retrying(patience.duration());
        try (Connection connection = service.connect()) {
            Gallery gallery = connection
                    .galleries()
                    .getGallery(GetGalleryRequest.newBuilder().setName(name).build());
            return compare(archive, connection, gallery, retrying);
        }
    }

    /** Opens an archive and checks it against its own digest. */
    static GalleryArchive verified(Path file) throws IOException, InterruptedException {
        GalleryArchive archive = GalleryArchive.open(file);
        try (Progress progress = Progress.onStandardError(archive.notes().count())) {
            progress.say("reading " + file);
            archive.verify(progress);
        }
        return archive;
    }

    /** Tells whether both are the same, and returns the exit code. */
    static int compare(GalleryArchive archive, Connection connection, Gallery gallery, Retrying retrying)
            throws IOException, InterruptedException {
        try (Progress progress = Progress.onStandardError(archive.notes().count())) {
            progress.say("reading " + gallery.getName());
            Comparison comparison = Comparison.of(archive, connection, gallery, retrying, progress);
            progress.close();
            if (comparison.different() == 0
                    && comparison.digest().equals(archive.notes().digest())) {
                System.out.printf("OK: %,d registrations, digest %s%n", comparison.count(), comparison.digest());
                return 0;
            }
            comparison.examples().forEach(System.err::println);
            System.out.printf(
                    "%,d differences: %s has %,d registrations, digest %s; %s has %,d, digest %s%n",
                    comparison.different(),
                    gallery.getName(),
                    comparison.count(),
                    comparison.digest(),
                    archive.file(),
                    archive.notes().count(),
                    archive.notes().digest());
            return 1;
        }
    }
}
