package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.rpc.RetryInfo;
import dev.mekiki.milvus.server.MilvusServer;
import dev.mekiki.milvus.server.MilvusSettings;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.v1.CountRegistrationsRequest;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.EmbedRequest;
import dev.mekiki.v1.Embedding;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.LabelsGrpc;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.Registration;
import dev.mekiki.v1.RegistrationsGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The service while its database is there, away and back. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class MilvusAvailabilityIT {

    private static final String GALLERY = "galleries/documents";

    @TempDir
    private static Path shared;

    private static MilvusServer milvus;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        milvus = MilvusServer.start(shared.resolve("milvus"), MilvusSettings.forTestsThatKill());
        assertThat(milvus.isKillable())
                .as("a server of this test's own, not the one that %s names", MilvusServer.URI_VARIABLE)
                .isTrue();
    }

    @AfterAll
    static void stop() {
        milvus.close();
    }

    @Test
    void refusesWhatNeedsGalleriesWhileMilvusIsAwayAndServesAgainByItself() throws Exception {
        try (ServiceProcess service =
                start("-Dmekiki.gallery.milvus.uri=" + milvus.uri(), "-Dmekiki.gallery.milvus.prefix=availability")) {
            service.awaitServing();
            ManagedChannel channel = service.connect();
            Iterator<HealthCheckResponse> health = service.health();
            ServiceProcess.awaitStatus(health, ServingStatus.SERVING);
            Embedding vector = embed(channel);
            GalleriesGrpc.newBlockingStub(channel)
                    .createGallery(CreateGalleryRequest.newBuilder()
                            .setGalleryId("documents")
                            .build());
            register(channel, "before", vector).good();
            assertThat(recognise(channel, vector).good().getKnown().getMainLabel())
                    .isEqualTo("before");

            milvus.kill();

            ServiceProcess.awaitStatus(health, ServingStatus.NOT_SERVING);
            HttpResponse<String> away = service.get("/q/health/ready");
            assertThat(away.statusCode()).isEqualTo(503);
            assertThat(away.body()).contains("AWAY").contains("does not answer");
            assertThat(service.get("/q/health/live").statusCode()).isEqualTo(200);
            assertRefused(recognise(channel, vector));
            assertRefused(register(channel, "meanwhile", vector));
            assertThat(embed(channel)).isEqualTo(vector);

            milvus.restart();

            ServiceProcess.awaitStatus(health, ServingStatus.SERVING);
            assertThat(service.get("/q/health/ready").statusCode()).isEqualTo(200);
            assertThat(recognise(channel, vector).good().getKnown().getMainLabel())
                    .isEqualTo("before");
            register(channel, "after", vector).good();
            assertThat(LabelsGrpc.newBlockingStub(channel)
                            .countRegistrations(CountRegistrationsRequest.newBuilder()
                                    .setParent(GALLERY)
                                    .build())
                            .getRegistrationCount())
                    .isEqualTo(2);
        }
    }

    @Test
    void endsWithCodeOneOverADatabaseThatDoesNotExist() throws Exception {
        try (ServiceProcess refused =
                start("-Dmekiki.gallery.milvus.uri=" + milvus.uri(), "-Dmekiki.gallery.milvus.database=nowhere")) {
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.log())
                    .contains("The service cannot start")
                    .contains("none named")
                    .contains("nowhere");
        }
    }

    private ServiceProcess start(String... arguments) throws Exception {
        String[] all = new String[arguments.length + 1];
        all[0] = "-Dmekiki.gallery.backend=milvus";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return ServiceProcess.start(folder, all);
    }

    private static void assertRefused(Outcome<?> outcome) {
        assertThat(outcome.code()).isEqualTo(Code.UNAVAILABLE);
        assertThat(outcome.detail(RetryInfo.class))
                .hasValueSatisfying(retry -> assertThat(retry.getRetryDelay().getSeconds()
                                + retry.getRetryDelay().getNanos())
                        .isPositive());
    }

    private static Embedding embed(ManagedChannel channel) {
        return RecognitionGrpc.newBlockingStub(channel)
                .embed(EmbedRequest.newBuilder()
                        .setImage(Documents.scan(SampleCatalogue.registered().getFirst(), 480))
                        .build())
                .getEmbedding();
    }

    private static Outcome<RecognizeResponse> recognise(ManagedChannel channel, Embedding vector) throws Exception {
        return Outcome.<RecognizeResponse>of(answer -> RecognitionGrpc.newStub(channel)
                        .recognize(
                                RecognizeRequest.newBuilder()
                                        .setGallery(GALLERY)
                                        .setEmbedding(vector)
                                        .build(),
                                answer))
                .get();
    }

    private static Outcome<Registration> register(ManagedChannel channel, String label, Embedding vector)
            throws Exception {
        return Outcome.<Registration>of(answer -> RegistrationsGrpc.newStub(channel)
                        .createRegistration(
                                CreateRegistrationRequest.newBuilder()
                                        .setParent(GALLERY)
                                        .setRegistration(
                                                Registration.newBuilder().setLabel(label))
                                        .setEmbedding(vector)
                                        .build(),
                                answer))
                .get();
    }
}
