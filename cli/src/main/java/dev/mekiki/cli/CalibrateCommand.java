package dev.mekiki.cli;

import dev.mekiki.cli.analyse.ReportedThresholds;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Retrying;
import dev.mekiki.v1.DecisionPolicy;
import dev.mekiki.v1.Gallery;
import dev.mekiki.v1.GetGalleryRequest;
import dev.mekiki.v1.UpdateGalleryRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "calibrate",
        description = {
            "Gives a gallery the thresholds that an analysis found, with where they come from.",
            "Shows them beside those that it has; --apply sets them."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class CalibrateCommand implements Callable<Integer> {

    @Mixin
    private ServiceOptions service;

    @Mixin
    private Patience patience;

    @Parameters(paramLabel = "REPORT", description = "What analyse wrote with --json.")
    private Path report;

    @Option(
            names = "--thresholds",
            paramLabel = "KIND",
            defaultValue = "BETTER",
            description =
                    "COMMON: one for all labels; SINGLE: own ones where labels differ; BETTER: those that let more"
                            + " through which should pass, and no more which should not, as the report says; default"
                            + " ${DEFAULT-VALUE}.")
    private ReportedThresholds.Kind kind;

    @Option(names = "--apply", description = "Change the gallery.")
    private boolean apply;

    @Override
    public Integer call() throws IOException, InterruptedException {
        String name = service.galleryName();
        ReportedThresholds found = ReportedThresholds.read(Files.readString(report), kind);
        Retrying retrying = ServiceOptions.retrying(patience.duration());
        try (Connection connection = service.connect()) {
            Gallery gallery = retrying.call(() -> connection
                    .galleries()
                    .getGallery(GetGalleryRequest.newBuilder().setName(name).build()));
            if (!gallery.getEmbeddingSpace().getDigest().equals(found.spaceDigest())) {
                throw service.wrong(report + ": thresholds of embedding space " + found.spaceDigest() + " (expected: "
                        + gallery.getEmbeddingSpace().getDigest() + ", the space of " + name + ")");
            }
            DecisionPolicy before = gallery.getDecisionPolicy();
            DecisionPolicy after = DecisionPolicy.newBuilder()
                    .setFalseAcceptRate(found.falseAcceptRate())
                    .setThreshold(found.threshold())
                    .putAllLabelThresholds(found.labels())
                    .setSubLabelMargin(before.getSubLabelMargin())
                    .setCalibration(found.calibration())
                    .build();
            System.out.println("now:  " + inWords(before));
            System.out.println("then: " + inWords(after));
            if (found.labelsInReport() > found.labels().size()) {
                System.out.printf(
                        Locale.ROOT,
                        "of %,d labels with thresholds of their own, the %,d farthest from the common one%n",
                        found.labelsInReport(),
                        found.labels().size());
            }
            if (!apply) {
                System.out.println("nothing was changed, --apply does it");
                return 0;
            }
            retrying.call(() -> connection
                    .galleries()
                    .updateGallery(UpdateGalleryRequest.newBuilder()
                            .setGallery(Gallery.newBuilder().setName(name).setDecisionPolicy(after))
                            .build()));
        }
        System.out.println(name + " decides by it");
        return 0;
    }

    private static String inWords(DecisionPolicy policy) {
        String interval = policy.getCalibration().hasFalseAcceptRateInterval()
                ? String.format(
                        Locale.ROOT,
                        " (%.1e to %.1e)",
                        policy.getCalibration().getFalseAcceptRateInterval().getLow(),
                        policy.getCalibration().getFalseAcceptRateInterval().getHigh())
                : "";
        return String.format(
                Locale.ROOT,
                "threshold %.4f for a false-accept rate of %.1e%s, %,d labels with their own; %s",
                policy.getThreshold(),
                policy.getFalseAcceptRate(),
                interval,
                policy.getLabelThresholdsCount(),
                policy.hasCalibration() ? policy.getCalibration().getMethod() : "nobody said where from");
    }
}
