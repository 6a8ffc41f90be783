package dev.mekiki.benchmarks.gallery;

import dev.mekiki.cli.process.ServiceProcess;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.Gallery;
import dev.mekiki.v1.GetGalleryRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The gallery that is measured, whatever it is kept in. */
final class Subject {

    static final GalleryId GALLERY = new GalleryId("bench");
    static final Duration START_LIMIT = Duration.ofMinutes(3);
    static final Duration CALL_TIMEOUT = Duration.ofSeconds(60);

    private static final long MEBIBYTE = 1 << 20;

    private Subject() {}

    /** Creates it, unless an earlier run has. */
    static EmbeddingSpace create(ServiceProcess service) {
        Gallery gallery;
        try {
            gallery = service.connection()
                    .galleries()
                    .createGallery(CreateGalleryRequest.newBuilder()
                            .setGalleryId(GALLERY.value())
                            .build());
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.ALREADY_EXISTS) {
                throw e;
            }
            gallery = service.connection()
                    .galleries()
                    .getGallery(GetGalleryRequest.newBuilder()
                            .setName(GALLERY.resource())
                            .build());
        }
        var space = gallery.getEmbeddingSpace();
        return requireDimension(new EmbeddingSpace(space.getModelId(), space.getDimension(), space.getDigest()));
    }

    static EmbeddingSpace space(GalleryBackend backend) {
        return requireDimension(backend.catalogue()
                .find(GALLERY)
                .orElseThrow(() -> new IllegalStateException(GALLERY + " is not there"))
                .space());
    }

    private static EmbeddingSpace requireDimension(EmbeddingSpace space) {
        if (space.dimension() != Population.DIMENSION) {
            throw new IllegalStateException(
                    "model: " + space + " (expected: one of " + Population.DIMENSION + " dimensions)");
        }
        return space;
    }

    /**
     * Imports up to a size.
     *
     * @param earlier what an earlier run measured
     * @return null if all of it was there already and an earlier run measured its import
     */
    static Figures.@Nullable Import fill(ServiceImport rows, long size, @Nullable Figures earlier) throws IOException {
        long missing = size - rows.done();
        if (missing <= 0) {
            return null;
        }
        if (earlier != null) {
            System.err.println("mekiki: an earlier run imported some of it; rows/s are those of the rest");
        }
        System.err.printf("Importing %,d rows.%n", missing);
        double seconds = rows.upTo(size);
        System.err.printf("  %,.0f rows/s%n", missing / seconds);
        return new Figures.Import(missing, seconds);
    }

    static Figures.Import orNothing(Figures.@Nullable Import imported) {
        return imported == null ? new Figures.Import(0, 1) : imported;
    }

    /** -1 if there is next to nothing: the data is elsewhere. */
    static long diskBytes(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            long bytes = all.mapToLong(path -> {
                        try {
                            return Files.isRegularFile(path) ? Files.size(path) : 0;
                        } catch (IOException e) {
                            return 0; // deleted meanwhile
                        }
                    })
                    .sum();
            return bytes < MEBIBYTE ? -1 : bytes;
        }
    }
}
