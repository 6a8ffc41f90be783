package dev.mekiki.cli;

import dev.mekiki.cli.archive.ArchiveNotes;
import dev.mekiki.cli.archive.GalleryArchive;
import dev.mekiki.cli.bulk.Progress;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Retrying;
import dev.mekiki.v1.Gallery;
import dev.mekiki.v1.GetGalleryRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "export",
        description = {
            "Writes every registration of a gallery to a Parquet file, vectors and all, in the order of their ids, with"
                    + " a digest over everything.",
            "The file appears under its name when it is complete. The gallery should be left alone meanwhile: what is"
                    + " changed during the export is in the file or not."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class ExportCommand implements Callable<Integer> {

    @Mixin
    private ServiceOptions service;

    @Mixin
    private Patience patience;

    @Parameters(paramLabel = "FILE", description = "A .parquet file that is not there yet.")
    private Path file;

    @Override
    public Integer call() throws IOException, InterruptedException {
        String name = service.galleryName();
        if (Files.exists(file)) {
            throw service.wrong("FILE: " + file + " exists already");
        }
        Retrying retrying = ServiceOptions.retrying(patience.duration());
        try (Connection connection = service.connect()) {
            Gallery gallery = connection
                    .galleries()
                    .getGallery(GetGalleryRequest.newBuilder().setName(name).build());
            try (Progress progress = Progress.onStandardError(service.count(connection, retrying))) {
                ArchiveNotes notes =
                        GalleryArchive.write(connection, gallery, file, "mekiki " + Mekiki.VERSION, retrying, progress);
                progress.close();
                System.out.printf("%,d registrations, digest %s%n", notes.count(), notes.digest());
            }
        }
        return 0;
    }
}
