package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.mekiki.milvus.server.MilvusServer;
import dev.mekiki.milvus.server.MilvusSettings;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.samples.SampleDocument;
import dev.mekiki.v1.CountRegistrationsRequest;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.EmbedRequest;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.LabelsGrpc;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.Registration;
import dev.mekiki.v1.RegistrationsGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Milvus is there, but stuck or slow. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class MilvusFaultsIT {

    private static final String GALLERY = "galleries/documents";
    /** Far more than Milvus may take: whoever takes it hung. */
    private static final Duration CALL_DEADLINE = Duration.ofSeconds(30);

    private static final int CALLERS = 64;
    private static final int DOCUMENTS = 4;

    @TempDir
    private Path folder;

    private final List<String> registered = new ArrayList<>();
    private MilvusServer milvus;
    private ServiceProcess service;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        milvus = MilvusServer.start(folder.resolve("milvus"), MilvusSettings.forTests());
        assertThat(milvus.isKillable())
                .as("a server of this test's own, not the one that %s names", MilvusServer.URI_VARIABLE)
                .isTrue();
        service = ServiceProcess.ready(
                folder,
                "-Dmekiki.gallery.backend=milvus",
                "-Dmekiki.gallery.milvus.uri=" + milvus.uri(),
                "-Dmekiki.inference.latency-budget=30s",
                "-Dmekiki.gallery.milvus.look-up-deadline=3s",
                "-Dmekiki.gallery.milvus.change-deadline=5s");
        channel = service.connect();
        GalleriesGrpc.newBlockingStub(channel)
                .createGallery(CreateGalleryRequest.newBuilder()
                        .setGalleryId("documents")
                        .build());
        for (int i = 0; i < DOCUMENTS; i++) {
            registered.add(registerAtLast(i));
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (service != null) {
            service.close();
        }
        if (milvus != null) {
            milvus.close();
        }
    }

    @Test
    void embedsWhileMilvusIsStuckRefusesToRecogniseAndRecognisesOnceItIsNot() throws Exception {
        try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS)) {
            milvus(Signal.STOP);
            try {
                List<Future<Code>> answers = new ArrayList<>();
                for (int i = 0; i < CALLERS; i++) {
                    int document = i % DOCUMENTS;
                    answers.add(callers.submit(() -> code(() -> recognize(document))));
                }
                for (int i = 0; i < CALLERS; i++) {
                    embed(i % DOCUMENTS);
                }
                for (Future<Code> answer : answers) {
                    assertThat(answer.get()).isEqualTo(Code.UNAVAILABLE);
                }
                assertThat(code(() -> register(DOCUMENTS))).isEqualTo(Code.UNAVAILABLE);
            } finally {
                milvus(Signal.CONT);
            }

            while (code(() -> recognize(0)) != Code.OK) {}
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                int document = i % DOCUMENTS;
                answers.add(callers.submit(() -> recognize(document)));
            }
            for (int i = 0; i < CALLERS; i++) {
                assertThat(answers.get(i).get()).isEqualTo(registered.get(i % DOCUMENTS));
            }
        }
        registerAtLast(DOCUMENTS); // it may have been registered in spite of the answer
        assertThat(count()).isEqualTo(DOCUMENTS + 1);
    }

    /** It stands still three quarters of the time. */
    @Test
    void answersRightWhileMilvusIsSlow() throws Exception {
        AtomicBoolean slow = new AtomicBoolean(true);
        try (ExecutorService callers = Executors.newFixedThreadPool(CALLERS + 1)) {
            Future<?> brake = callers.submit(() -> {
                while (slow.get()) {
                    milvus(Signal.STOP);
                    TimeUnit.MILLISECONDS.sleep(150);
                    milvus(Signal.CONT);
                    TimeUnit.MILLISECONDS.sleep(50);
                }
                return null;
            });
            try {
                List<Future<String>> answers = new ArrayList<>();
                for (int i = 0; i < CALLERS; i++) {
                    int document = i % DOCUMENTS;
                    answers.add(callers.submit(() -> {
                        String last = "";
                        for (int k = 0; k < 5; k++) {
                            last = recognize(document);
                            assertThat(last).isEqualTo(registered.get(document));
                        }
                        return last;
                    }));
                }
                String added = register(DOCUMENTS);
                assertThat(recognize(DOCUMENTS)).isEqualTo(added);
                for (Future<String> answer : answers) {
                    answer.get();
                }
            } finally {
                slow.set(false);
                brake.get();
            }
        }
    }

    private void milvus(Signal signal) throws Exception {
        signal.send(milvus.process().orElseThrow());
    }

    /** Repeats it as a client should that is told so. */
    private String registerAtLast(int document) {
        while (true) {
            try {
                return register(document);
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
            }
        }
    }

    private static Code code(Runnable call) {
        try {
            call.run();
            return Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    /** @return the name of the registration */
    private String register(int document) {
        return RegistrationsGrpc.newBlockingStub(channel)
                .withDeadlineAfter(CALL_DEADLINE.toSeconds(), TimeUnit.SECONDS)
                .createRegistration(CreateRegistrationRequest.newBuilder()
                        .setParent(GALLERY)
                        .setRegistration(Registration.newBuilder().setLabel("document " + document))
                        .setImage(image(document))
                        .build())
                .getName();
    }

    /** @return the name of the nearest registration */
    private String recognize(int document) {
        return RecognitionGrpc.newBlockingStub(channel)
                .withDeadlineAfter(CALL_DEADLINE.toSeconds(), TimeUnit.SECONDS)
                .recognize(RecognizeRequest.newBuilder()
                        .setGallery(GALLERY)
                        .setImage(image(document))
                        .build())
                .getMatches(0)
                .getRegistration();
    }

    private void embed(int document) {
        RecognitionGrpc.newBlockingStub(channel)
                .withDeadlineAfter(CALL_DEADLINE.toSeconds(), TimeUnit.SECONDS)
                .embed(EmbedRequest.newBuilder().setImage(image(document)).build());
    }

    private long count() {
        return LabelsGrpc.newBlockingStub(channel)
                .countRegistrations(CountRegistrationsRequest.newBuilder()
                        .setParent(GALLERY)
                        .build())
                .getRegistrationCount();
    }

    /** Another image for every number, of as many documents as there are. */
    private static ByteString image(int document) {
        List<SampleDocument> all = SampleCatalogue.registered();
        return Documents.scan(all.get(document % all.size()), 300 + document);
    }
}
