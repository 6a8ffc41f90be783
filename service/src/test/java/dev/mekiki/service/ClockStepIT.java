package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.DecisionSketch;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.Histogram;
import dev.mekiki.v1.ListDecisionSketchesRequest;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.Registration;
import dev.mekiki.v1.RegistrationsGrpc;
import io.grpc.ManagedChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The clock of the service's process steps by an hour, forward and back, by libfaketime. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ClockStepIT {

    private static final String GALLERY = "galleries/documents";
    private static final String LIBRARY = System.getProperty("mekiki.test.faketime", "");

    /** More than the test takes, less than a step. */
    private static final Duration ABOUT = Duration.ofMinutes(5);

    @TempDir
    private Path folder;

    private int registrations;

    @Test
    void answersAndRegistersWhileItsClockSteps() throws Exception {
        assumeThat(LIBRARY).as("a libfaketime").isNotEmpty();
        step(Duration.ZERO);
        Map<String, String> environment = Map.of(
                "LD_PRELOAD", LIBRARY,
                "FAKETIME_TIMESTAMP_FILE", clock().toString(),
                "FAKETIME_CACHE_DURATION", "1",
                // Steps are of the time of day. The other clock drives nothing but pauses, and the virtual machine's.
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                "FAKETIME_FORCE_MONOTONIC_FIX", "0");
        try (ServiceProcess service = ServiceProcess.start(folder, environment);
                ExecutorService callers = Executors.newCachedThreadPool()) {
            service.awaitServing();
            ManagedChannel channel = service.connect();
            GalleriesGrpc.newBlockingStub(channel)
                    .createGallery(CreateGalleryRequest.newBuilder()
                            .setGalleryId("documents")
                            .build());
            register(channel);
            AtomicBoolean over = new AtomicBoolean();
            Future<Integer> recognised = callers.submit(() -> recogniseUntil(over, channel));

            for (int hours : new int[] {1, -1, 0}) {
                step(Duration.ofHours(hours));
                awaitClock(channel, Duration.ofHours(hours));
                for (int i = 0; i < 5; i++) {
                    register(channel);
                }
            }

            over.set(true);
            int answered = recognised.get();
            assertThat(decisions(channel)).isEqualTo(answered);
            assertThat(service.get("/q/health/ready").statusCode()).isEqualTo(200);
            assertThat(service.log()).doesNotContain("\"ERROR\"");
        }
    }

    private Path clock() {
        return folder.resolve("clock");
    }

    private void step(Duration ahead) throws Exception {
        Path next = Files.writeString(folder.resolve("next"), "%+d".formatted(ahead.toSeconds()));
        Files.move(next, clock(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Registers until the service dates what it makes by the clock that was set. */
    private void awaitClock(ManagedChannel channel, Duration ahead) {
        Duration off;
        do {
            Instant made =
                    Instant.ofEpochSecond(register(channel).getCreateTime().getSeconds());
            off = Duration.between(Instant.now().plus(ahead), made).abs();
        } while (off.compareTo(ABOUT) > 0);
    }

    private Registration register(ManagedChannel channel) {
        String label = "document " + registrations++;
        Registration made = RegistrationsGrpc.newBlockingStub(channel)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .createRegistration(CreateRegistrationRequest.newBuilder()
                        .setParent(GALLERY)
                        .setRegistration(Registration.newBuilder().setLabel(label))
                        .setImage(Documents.scan(SampleCatalogue.registered().getFirst(), 300))
                        .build());
        assertThat(made.getLabel()).isEqualTo(label);
        return made;
    }

    /** How many were answered; not one may fail. */
    private static int recogniseUntil(AtomicBoolean over, ManagedChannel channel) {
        RecognizeRequest request = RecognizeRequest.newBuilder()
                .setGallery(GALLERY)
                .setImage(Documents.scan(SampleCatalogue.registered().getFirst(), 300))
                .build();
        int answered = 0;
        while (!over.get()) {
            var answer = RecognitionGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(30, TimeUnit.SECONDS)
                    .recognize(request);
            assertThat(answer.getMatchesList()).isNotEmpty();
            answered++;
        }
        return answered;
    }

    private static long decisions(ManagedChannel channel) {
        return GalleriesGrpc.newBlockingStub(channel)
                .listDecisionSketches(ListDecisionSketchesRequest.newBuilder()
                        .setGallery(GALLERY)
                        .build())
                .getDecisionSketchesList()
                .stream()
                .mapToLong(ClockStepIT::decisions)
                .sum();
    }

    private static long decisions(DecisionSketch sketch) {
        return sketch.getNoCandidatesCount() + sum(sketch.getKnownScores()) + sum(sketch.getUnknownScores());
    }

    private static long sum(Histogram scores) {
        return scores.getCountsList().stream().mapToLong(Long::longValue).sum();
    }
}
