package dev.mekiki.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.mekiki.cli.process.Installation;
import dev.mekiki.cli.process.ServiceProcess;
import dev.mekiki.client.Connection;
import dev.mekiki.samples.PhotoConditions;
import dev.mekiki.samples.Photograph;
import dev.mekiki.samples.Photographer;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.samples.SampleDocument;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.DecisionPolicy;
import dev.mekiki.v1.DeleteRegistrationRequest;
import dev.mekiki.v1.Gallery;
import dev.mekiki.v1.GetGalleryRequest;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.Registration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gallery is exported, lost with everything that its service kept, and restored in a service that knows nothing. */
class BackupIT {

    private static final String GALLERY = "galleries/documents";
    private static final List<SampleDocument> DOCUMENTS = SampleCatalogue.registered();

    @TempDir
    private Path folder;

    @Test
    void whatWasLostAnswersAsBeforeOnceItIsRestored() throws Exception {
        String archive = folder.resolve("documents.parquet").toString();
        List<RecognizeResponse> before;
        DecisionPolicy policy;
        try (ServiceProcess service = service("first")) {
            Connection connection = service.connection();
            connection
                    .galleries()
                    .createGallery(CreateGalleryRequest.newBuilder()
                            .setGalleryId("documents")
                            .setGallery(Gallery.newBuilder()
                                    .setDecisionPolicy(DecisionPolicy.newBuilder()
                                            .setFalseAcceptRate(0.001)
                                            .setThreshold(0.71f)
                                            .setSubLabelMargin(0.02f)))
                            .build());
            for (SampleDocument document : DOCUMENTS) {
                register(connection, document);
            }
            before = answers(connection);
            policy = policy(connection);
            assertThat(run("export", archive, service)).isZero();
        }

        try (ServiceProcess service = service("second")) {
            Connection connection = service.connection();
            assertThat(run("restore", archive, service)).isZero();
            assertThat(run("verify", archive, service)).isZero();
            assertThat(policy(connection)).isEqualTo(policy);
            requireSame(answers(connection), before);

            connection
                    .registrations()
                    .deleteRegistration(DeleteRegistrationRequest.newBuilder()
                            .setName(before.getFirst().getMatches(0).getRegistration())
                            .build());
            assertThat(run("verify", archive, service)).as("one is missing").isOne();
        }
    }

    /** With a folder of its own. */
    private ServiceProcess service(String name) {
        Installation installation = Installation.current();
        ServiceProcess service = ServiceProcess.start(
                installation,
                Map.of(
                        "mekiki.model.path",
                        installation.model().toString(),
                        "mekiki.gallery.directory",
                        folder.resolve(name).toString()),
                Duration.ofSeconds(30));
        service.awaitServing(Duration.ofMinutes(3));
        return service;
    }

    private static void register(Connection connection, SampleDocument document) {
        try (Mat drawn = SampleCatalogue.draw(document, 480)) {
            connection
                    .registrations()
                    .createRegistration(CreateRegistrationRequest.newBuilder()
                            .setParent(GALLERY)
                            .setRegistration(Registration.newBuilder().setLabel(document.labelPath()))
                            .setImage(ByteString.copyFrom(Photographer.encodeJpeg(drawn, 95)))
                            .build());
        }
    }

    /** To a photograph of each document. */
    private static List<RecognizeResponse> answers(Connection connection) {
        List<RecognizeResponse> answers = new ArrayList<>();
        for (int i = 0; i < DOCUMENTS.size(); i++) {
            try (Mat drawn = SampleCatalogue.draw(DOCUMENTS.get(i), 480);
                    Photograph photograph = Photographer.photograph(drawn, PhotoConditions.MILD, 400, i)) {
                answers.add(connection
                        .recognition()
                        .recognize(RecognizeRequest.newBuilder()
                                .setGallery(GALLERY)
                                .setImage(ByteString.copyFrom(photograph.toJpeg()))
                                .build()));
            }
        }
        return answers;
    }

    /** Scores may differ by what floating-point numbers are rounded to. */
    private static void requireSame(List<RecognizeResponse> answers, List<RecognizeResponse> before) {
        assertThat(answers).hasSameSizeAs(before);
        for (int i = 0; i < answers.size(); i++) {
            RecognizeResponse answer = answers.get(i);
            RecognizeResponse earlier = before.get(i);
            assertThat(answer.getKnown().getMainLabel())
                    .isEqualTo(earlier.getKnown().getMainLabel());
            assertThat(answer.getKnown().getSubLabel())
                    .isEqualTo(earlier.getKnown().getSubLabel());
            assertThat(answer.hasKnown()).isEqualTo(earlier.hasKnown());
            assertThat(answer.getMatchesList()).zipSatisfy(earlier.getMatchesList(), (match, was) -> {
                assertThat(match.getRegistration()).isEqualTo(was.getRegistration());
                assertThat(match.getLabel()).isEqualTo(was.getLabel());
                assertThat(match.getScore()).isCloseTo(was.getScore(), within(1e-6));
            });
        }
    }

    private static DecisionPolicy policy(Connection connection) {
        return connection
                .galleries()
                .getGallery(GetGalleryRequest.newBuilder().setName(GALLERY).build())
                .getDecisionPolicy();
    }

    private static int run(String command, String archive, ServiceProcess service) {
        return Mekiki.commandLine()
                .execute(command, archive, "--gallery", "documents", "--target", "127.0.0.1:" + service.grpcPort());
    }
}
