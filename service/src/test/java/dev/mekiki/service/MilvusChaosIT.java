package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.milvus.server.MilvusServer;
import dev.mekiki.milvus.server.MilvusSettings;
import dev.mekiki.v1.CountRegistrationsRequest;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.Embedding;
import dev.mekiki.v1.EmbeddingSpace;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.LabelsGrpc;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import io.grpc.ManagedChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Everything that takes part in an import is killed, one after the other, in the middle of it. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class MilvusChaosIT {

    /** Some fifty appends, so that each kill meets several that are not acknowledged and many that are yet to come. */
    private static final int ROWS = 5_000;

    private static final int ASKERS = 16;
    private static final String GALLERY = "galleries/chaos";

    @TempDir
    private Path folder;

    @Test
    void importOutlivesTheKillOfDatabaseClientAndService() throws Exception {
        try (MilvusServer milvus = MilvusServer.start(folder.resolve("milvus"), MilvusSettings.forTestsThatKill())) {
            assertThat(milvus.isKillable())
                    .as("a server of this test's own, not the one that %s names", MilvusServer.URI_VARIABLE)
                    .isTrue();
            String[] arguments = {
                "-Dmekiki.gallery.backend=milvus",
                "-Dmekiki.gallery.milvus.uri=" + milvus.uri(),
                "-Dquarkus.grpc.server.port=" + ServiceProcess.freePort()
            };
            String target = "127.0.0.1:" + arguments[2].substring(arguments[2].indexOf('=') + 1);
            ServiceProcess first = ServiceProcess.ready(folder, arguments);
            try {
                ImportedRows rows = rows(first);
                Path journal = folder.resolve("import.journal");
                try (ImportingProcess importing = ImportingProcess.start(target, GALLERY, rows, journal)) {
                    importing.awaitAcknowledged(ROWS / 5);
                    milvus.kill();
                    importing.awaitBreak();
                    milvus.restart();
                    importing.awaitAcknowledged(2 * ROWS / 5);
                    importing.kill();
                }
                try (ImportingProcess again = ImportingProcess.start(target, GALLERY, rows, journal)) {
                    again.awaitAcknowledged(3 * ROWS / 5);
                    first.kill();
                    again.awaitBreak();
                    try (ServiceProcess second = ServiceProcess.ready(folder, arguments)) {
                        assertThat(again.awaitEnd()).startsWith("done").endsWith("Optional.empty");
                        requireEveryRow(second.connect(), rows);
                    }
                }
            } finally {
                first.close();
            }
        }
    }

    private static ImportedRows rows(ServiceProcess service) {
        EmbeddingSpace space = GalleriesGrpc.newBlockingStub(service.connect())
                .createGallery(
                        CreateGalleryRequest.newBuilder().setGalleryId("chaos").build())
                .getEmbeddingSpace();
        return new ImportedRows(ROWS, space.getDimension(), space.getDigest());
    }

    private static void requireEveryRow(ManagedChannel channel, ImportedRows rows)
            throws InterruptedException, ExecutionException {
        long count = LabelsGrpc.newBlockingStub(channel)
                .countRegistrations(CountRegistrationsRequest.newBuilder()
                        .setParent(GALLERY)
                        .build())
                .getRegistrationCount();
        assertThat(count).isEqualTo(ROWS);
        List<Future<String>> found = new ArrayList<>();
        try (ExecutorService askers = Executors.newFixedThreadPool(ASKERS)) {
            for (int i = 0; i < ROWS; i++) {
                int row = i;
                found.add(askers.submit(() -> labelOfNearest(channel, rows, row)));
            }
        }
        for (int i = 0; i < ROWS; i++) {
            assertThat(found.get(i).get()).isEqualTo(ImportedRows.label(i));
        }
    }

    private static String labelOfNearest(ManagedChannel channel, ImportedRows rows, int row) {
        Embedding.Builder vector = Embedding.newBuilder().setSpaceDigest(rows.spaceDigest());
        for (float value : rows.vector(row)) {
            vector.addValues(value);
        }
        RecognizeResponse answer = RecognitionGrpc.newBlockingStub(channel)
                .recognize(RecognizeRequest.newBuilder()
                        .setGallery(GALLERY)
                        .setEmbedding(vector)
                        .setMaxMatches(1)
                        .build());
        return answer.getMatchesCount() == 0 ? "nothing" : answer.getMatches(0).getLabel();
    }
}
