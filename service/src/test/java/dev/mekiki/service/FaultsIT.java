package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.ByteString;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.v1.CountRegistrationsRequest;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.LabelsGrpc;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.Registration;
import dev.mekiki.v1.RegistrationsGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the service needs of its machine runs out for a while, by limits of its process that are taken back. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class FaultsIT {

    private static final String GALLERY = "galleries/documents";

    @TempDir
    private Path folder;

    /** Writes fail as on a full disk; what can be read stays. */
    @Test
    void answersWhileNothingCanBeWrittenLosesNothingAndGoesOnByItself() throws Exception {
        List<String> acknowledged = new ArrayList<>();
        try (ServiceProcess service = ServiceProcess.ready(folder)) {
            ManagedChannel channel = service.connect();
            create(channel);
            for (int i = 0; i < 5; i++) {
                acknowledged.add(register(channel, i).getName());
            }

            limit(service, "fsize", "1");
            StatusRuntimeException refused = null;
            for (int i = 5; i < 10 && refused == null; i++) {
                try {
                    acknowledged.add(register(channel, i).getName());
                } catch (StatusRuntimeException e) {
                    refused = e;
                }
            }

            assertThat(refused)
                    .as("something had to be written")
                    .isNotNull()
                    .extracting(e -> e.getStatus().getCode())
                    .isEqualTo(Code.UNAVAILABLE);
            assertThat(best(channel, 0)).isEqualTo(acknowledged.getFirst());

            limit(service, "fsize", "unlimited");
            Registration after = null;
            while (after == null) {
                try {
                    after = register(channel, 11);
                } catch (StatusRuntimeException e) {
                    assertThat(e.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
                }
            }
            acknowledged.add(after.getName());
            assertThat(best(channel, 11)).isEqualTo(after.getName());
            assertThat(best(channel, 0)).isEqualTo(acknowledged.getFirst());
        }
        try (ServiceProcess again = ServiceProcess.ready(folder)) {
            ManagedChannel channel = again.connect();
            assertThat(count(channel)).isGreaterThanOrEqualTo(acknowledged.size());
            assertThat(best(channel, 11)).isEqualTo(acknowledged.getLast());
        }
    }

    @Test
    void answersThoseItHasWhileNobodyElseCanConnectAndTakesThemLater() throws Exception {
        try (ServiceProcess service = ServiceProcess.ready(folder)) {
            ManagedChannel channel = service.connect();
            create(channel);
            register(channel, 0);
            assertThat(best(channel, 0)).isNotEmpty();
            requireThatClassesCanStillBeLoaded(service);

            // Those that are open stay.
            limit(service, "nofile", "3");
            ManagedChannel late = service.connect();
            assertThat(refusedConnection(late)).isTrue();
            for (int i = 0; i < 20; i++) {
                assertThat(best(channel, 0)).isNotEmpty();
            }

            limit(service, "nofile", "1024");
            while (refusedConnection(late)) {
                assertThat(best(channel, 0)).isNotEmpty();
                late.resetConnectBackoff();
            }
            assertThat(register(late, 1).getName()).startsWith(GALLERY);
        }
    }

    /** Some are used for the first time while no file can be opened, so that their jars must be open before. */
    private static void requireThatClassesCanStillBeLoaded(ServiceProcess service) throws IOException {
        Path libraries = Path.of(System.getProperty("mekiki.test.app")).resolveSibling(Path.of("lib", "main"));
        Set<Path> open = new HashSet<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(Path.of("/proc", Long.toString(service.process.pid()), "fd"))) {
            for (Path file : files) {
                open.add(Files.readSymbolicLink(file));
            }
        }
        try (Stream<Path> jars = Files.list(libraries.toRealPath())) {
            assertThat(jars).isNotEmpty().allMatch(open::contains);
        }
    }

    private static boolean refusedConnection(ManagedChannel channel) {
        try {
            RecognitionGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(2, TimeUnit.SECONDS)
                    .recognize(request(0));
            return false;
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isIn(Code.UNAVAILABLE, Code.DEADLINE_EXCEEDED);
            return true;
        }
    }

    /** Sets a limit of the running process; what it was can be had again. */
    private static void limit(ServiceProcess service, String resource, String soft) throws Exception {
        Path tool = Path.of("/usr/bin/prlimit");
        assumeThat(Files.isExecutable(tool)).as("util-linux is there").isTrue();
        Process process = new ProcessBuilder(
                        tool.toString(),
                        "--pid",
                        Long.toString(service.process.pid()),
                        "--" + resource + "=" + soft + ":")
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
    }

    private static void create(ManagedChannel channel) {
        GalleriesGrpc.newBlockingStub(channel)
                .createGallery(CreateGalleryRequest.newBuilder()
                        .setGalleryId("documents")
                        .build());
    }

    private static Registration register(ManagedChannel channel, int document) {
        return RegistrationsGrpc.newBlockingStub(channel)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .createRegistration(CreateRegistrationRequest.newBuilder()
                        .setParent(GALLERY)
                        .setRegistration(Registration.newBuilder().setLabel("document " + document))
                        .setImage(image(document))
                        .build());
    }

    /** The registration that is nearest to an image. */
    private static String best(ManagedChannel channel, int document) {
        RecognizeResponse answer = RecognitionGrpc.newBlockingStub(channel)
                .withDeadlineAfter(30, TimeUnit.SECONDS)
                .recognize(request(document));
        return answer.getMatches(0).getRegistration();
    }

    private static RecognizeRequest request(int document) {
        return RecognizeRequest.newBuilder()
                .setGallery(GALLERY)
                .setImage(image(document))
                .build();
    }

    private static long count(ManagedChannel channel) {
        return LabelsGrpc.newBlockingStub(channel)
                .countRegistrations(CountRegistrationsRequest.newBuilder()
                        .setParent(GALLERY)
                        .build())
                .getRegistrationCount();
    }

    private static ByteString image(int document) {
        return Documents.scan(SampleCatalogue.registered().get(document), 300);
    }
}
