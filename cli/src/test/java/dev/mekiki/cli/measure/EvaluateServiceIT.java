package dev.mekiki.cli.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.mekiki.analysis.statistics.ClassBootstrap;
import dev.mekiki.cli.process.Installation;
import dev.mekiki.cli.process.ServiceProcess;
import dev.mekiki.client.Backoff;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Retrying;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.samples.Photographer;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.training.evaluation.DocumentFolder;
import dev.mekiki.training.evaluation.EvaluatedModel;
import dev.mekiki.training.evaluation.Evaluation;
import dev.mekiki.training.evaluation.EvaluationReport;
import dev.mekiki.training.evaluation.Material;
import dev.mekiki.training.evaluation.ServedDecisions;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.Registration;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Measures the packaged service with the committed model. */
class EvaluateServiceIT {
    private static final int LABELS = 10;
    private static final int REGISTERED = 6;
    private static final Evaluation.Settings SETTINGS = new Evaluation.Settings(2, 320, 4, 7, 2, 100);

    @TempDir
    private Path folder;

    @Test
    void aServiceMeasuresAsItsModelDoesAndAGalleryByItsOwnPolicy() throws Exception {
        for (int i = 0; i < LABELS; i++) {
            try (Mat document =
                    SampleCatalogue.draw(SampleCatalogue.registered().get(i), 480)) {
                Path file = folder.resolve(String.format("document%d/flat.jpg", i));
                Files.createDirectories(file.getParent());
                Files.write(file, Photographer.encodeJpeg(document, 95));
            }
        }
        Material material = Evaluation.simulated(DocumentFolder.read(folder, _ -> true), SETTINGS);
        Installation installation = Installation.current();
        try (ServiceProcess service = ServiceProcess.start(
                installation, Map.of("mekiki.model.path", installation.model().toString()), Duration.ofSeconds(30))) {
            service.awaitServing(Duration.ofMinutes(3));
            Connection connection = service.connection();
            Retrying retrying = new Retrying(
                    new Backoff(
                            Duration.ofMillis(50),
                            Duration.ofSeconds(1),
                            Duration.ofSeconds(30),
                            RandomGenerator.getDefault()),
                    Thread::sleep,
                    System::nanoTime);

            EvaluationReport served = figures(
                    EvaluatedModel.served(
                            new ServedModel(connection, retrying, "", new EncodedImage(material.registered(0))),
                            () -> {}),
                    material);
            EvaluationReport local = figures(EvaluatedModel.ofFile(installation.model(), 2), material);
            assertThat(served.model()).isEqualTo(local.model());
            // Batches differ, and with them the last digits of scores.
            assertThat(served.part("all").openSet().rankOne())
                    .isEqualTo(local.part("all").openSet().rankOne());
            for (int p = 0; p < 4; p++) {
                assertThat(served.part("all").photographPairs().points().get(p).threshold())
                        .isCloseTo(
                                local.part("all")
                                        .photographPairs()
                                        .points()
                                        .get(p)
                                        .threshold(),
                                org.assertj.core.data.Offset.offset(1e-4));
            }
            assertThatThrownBy(() -> new ServedModel(
                            connection, retrying, "no-such-model@1", new EncodedImage(material.registered(0))))
                    .isInstanceOf(StatusRuntimeException.class);

            register(connection, material);
            ServedDecisions decisions = ServedDecisions.of(
                    "cards",
                    new GalleryAnswers(connection, retrying, "galleries/cards").to(material),
                    new ClassBootstrap(LABELS, 100, 1));
            assertThat(decisions.registered()).isEqualTo(4 * REGISTERED);
            assertThat(decisions.unregistered()).isEqualTo(4 * (LABELS - REGISTERED));
            assertThat(decisions.right().value()).isGreaterThan(.5);
            assertThat(decisions.right().value()
                            + decisions.mainOnly().value()
                            + decisions.wrong().value()
                            + decisions.unnamed().value())
                    .isCloseTo(1, org.assertj.core.data.Offset.offset(1e-9));
            assertThat(decisions.accepted().value()).isLessThan(.3);
        }
    }

    private static EvaluationReport figures(EvaluatedModel model, Material material) throws IOException {
        try (model) {
            return Evaluation.study(List.of(model), material, SETTINGS).models().getFirst();
        }
    }

    private static void register(Connection connection, Material material) throws IOException {
        connection
                .galleries()
                .createGallery(
                        CreateGalleryRequest.newBuilder().setGalleryId("cards").build());
        for (int i = 0; i < REGISTERED; i++) {
            connection
                    .registrations()
                    .createRegistration(CreateRegistrationRequest.newBuilder()
                            .setParent("galleries/cards")
                            .setRegistration(Registration.newBuilder()
                                    .setLabel(material.labels().get(i)))
                            .setImage(ByteString.copyFrom(material.registered(i)))
                            .build());
        }
    }
}
