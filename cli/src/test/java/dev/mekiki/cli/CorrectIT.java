package dev.mekiki.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.mekiki.cli.process.Installation;
import dev.mekiki.cli.process.ServiceProcess;
import dev.mekiki.client.Connection;
import dev.mekiki.samples.PhotoConditions;
import dev.mekiki.samples.Photograph;
import dev.mekiki.samples.Photographer;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.DecisionPolicy;
import dev.mekiki.v1.GetGalleryRequest;
import dev.mekiki.v1.GetRegistrationRequest;
import dev.mekiki.v1.Registration;
import dev.mekiki.v1.RelabelRegistrationRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a gallery with faults, over its export and what an analysis says of it, to the gallery without them, calibrated. */
class CorrectIT {

    private static final int LABELS = 15;
    private static final int OF_EACH = 16;
    private static final String GALLERY = "galleries/cards";

    @TempDir
    private Path folder;

    @Test
    void movesWhatIsMisplacedAndLeavesAloneWhatHasChangedSince() throws Exception {
        Installation installation = Installation.current();
        try (ServiceProcess service = ServiceProcess.start(
                installation, Map.of("mekiki.model.path", installation.model().toString()), Duration.ofSeconds(30))) {
            service.awaitServing(Duration.ofMinutes(3));
            Connection connection = service.connection();
            connection
                    .galleries()
                    .createGallery(CreateGalleryRequest.newBuilder()
                            .setGalleryId("cards")
                            .build());
            for (int label = 0; label < LABELS; label++) {
                for (int i = 0; i < OF_EACH; i++) {
                    // The last ones of two labels are under the next label.
                    boolean swapped = label < 2 && i == OF_EACH - 1;
                    register(connection, label, i, swapped ? "document-" + (label + 1) : "document-" + label);
                }
            }
            String target = "127.0.0.1:" + service.grpcPort();
            String archive = folder.resolve("cards.parquet").toString();
            String report = folder.resolve("cards.json").toString();
            assertThat(run("export", archive, "--gallery", "cards", "--target", target))
                    .isZero();
            assertThat(run("analyse", archive, "--json", report)).isZero();

            DecisionPolicy before = policy(connection);
            assertThat(run("calibrate", report, "--gallery", "cards", "--target", target))
                    .isZero();
            assertThat(policy(connection)).isEqualTo(before);
            assertThat(run(
                            "calibrate",
                            report,
                            "--gallery",
                            "cards",
                            "--target",
                            target,
                            "--thresholds",
                            "SINGLE",
                            "--apply"))
                    .isZero();
            DecisionPolicy after = policy(connection);
            assertThat(after.getFalseAcceptRate()).isEqualTo(before.getFalseAcceptRate());
            assertThat(after.getThreshold()).isNotEqualTo(before.getThreshold());
            assertThat(after.getCalibration().getData()).contains(GALLERY);
            assertThat(after.getCalibration().getImpostorCount()).isPositive();

            assertThat(correct(report, target)).isZero();
            assertThat(label(connection, 0)).isEqualTo("document-1");

            // Somebody was quicker with one of them.
            relabel(connection, 1, "document-14");
            assertThat(correct(report, target, "--apply")).isZero();
            assertThat(label(connection, 0)).isEqualTo("document-0");
            assertThat(label(connection, 1)).isEqualTo("document-14");
        }
    }

    private static void register(Connection connection, int document, int number, String label) {
        try (Mat drawn = SampleCatalogue.draw(SampleCatalogue.registered().get(document), 480);
                Photograph photograph =
                        Photographer.photograph(drawn, PhotoConditions.MILD, 400, 100L * document + number)) {
            connection
                    .registrations()
                    .createRegistration(CreateRegistrationRequest.newBuilder()
                            .setParent(GALLERY)
                            .setRegistrationId(id(document, number))
                            .setRegistration(Registration.newBuilder().setLabel(label))
                            .setImage(ByteString.copyFrom(photograph.toJpeg()))
                            .build());
        }
    }

    private static String id(int document, int number) {
        return "r-" + document + "-" + number;
    }

    /** Of the registration of a document that was registered under the next one's label. */
    private static String swapped(int document) {
        return GALLERY + "/registrations/" + id(document, OF_EACH - 1);
    }

    private static String label(Connection connection, int document) {
        return connection
                .registrations()
                .getRegistration(GetRegistrationRequest.newBuilder()
                        .setName(swapped(document))
                        .build())
                .getLabel();
    }

    private static void relabel(Connection connection, int document, String label) {
        connection
                .registrations()
                .relabelRegistration(RelabelRegistrationRequest.newBuilder()
                        .setName(swapped(document))
                        .setLabel(label)
                        .build());
    }

    private static DecisionPolicy policy(Connection connection) {
        return connection
                .galleries()
                .getGallery(GetGalleryRequest.newBuilder().setName(GALLERY).build())
                .getDecisionPolicy();
    }

    private static int correct(String report, String target, String... options) {
        String[] all = {
            "correct", report, "--gallery", "cards", "--target", target, "--kinds", "Misplaced", "--least-score", "0.5"
        };
        String[] arguments = Arrays.copyOf(all, all.length + options.length);
        System.arraycopy(options, 0, arguments, all.length, options.length);
        return run(arguments);
    }

    private static int run(String... arguments) {
        return Mekiki.commandLine().execute(arguments);
    }
}
