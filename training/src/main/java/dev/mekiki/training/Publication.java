package dev.mekiki.training;

import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.training.evaluation.DocumentFolder;
import dev.mekiki.training.evaluation.Evaluation;
import dev.mekiki.training.evaluation.ThresholdCalibration;
import dev.mekiki.training.export.ModelExport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes a model of a run's checkpoint that a service can load: ONNX file, card, thresholds. */
public final class Publication {
    private static final double FALSE_ACCEPT_RATE = 1e-2;
    private static final int DRAWN = 100;

    private Publication() {}

    /**
     * Exports the averaged network of a run, finished or not, and calibrates it.
     *
     * @param run the run's folder
     * @param unseen documents that were left out of the training
     * @param target folder of the two files
     * @param name model id and file name
     * @param version of this name, from 1
     * @param codeVersion of the code that trained it
     * @param dataLicence of the training images, kept in the card
     * @return the card that was written
     */
    public static ModelCard publish(
            Path run,
            DocumentFolder unseen,
            Path target,
            String name,
            int version,
            String codeVersion,
            String dataLicence,
            Evaluation.Settings settings)
            throws IOException {
        TrainingRun.Snapshot snapshot = TrainingRun.snapshot(run);
        Map<String, String> details = new LinkedHashMap<>();
        details.put("imagesSeen", Long.toString(snapshot.imagesSeen()));
        details.put(
                "imagesPlanned",
                Long.toString(
                        snapshot.recipe().steps() * snapshot.recipe().schedule().batch()));
        details.put("dataLicence", dataLicence);
        details.put("recipe", snapshot.recipe().toJson().replaceAll("\\s+", " "));
        ModelCard.Provenance provenance = new ModelCard.Provenance(
                snapshot.corpusDigest(),
                snapshot.recipe().seed(),
                codeVersion,
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                details);
        // A card is needed to run the model that its thresholds are measured with; nobody else shall see that one.
        Path workshop = Files.createTempDirectory(run, "calibration");
        try {
            ModelCard.Calibration unmeasured = new ModelCard.Calibration(FALSE_ACCEPT_RATE, 1, 2, 0, "not measured");
            ModelExport.write(snapshot.network(), workshop, name, version, unmeasured, provenance);
            ModelCard.Calibration measured = ThresholdCalibration.measure(
                    workshop.resolve(name + ".onnx"), unseen, DRAWN, FALSE_ACCEPT_RATE, settings);
            return ModelExport.write(snapshot.network(), target, name, version, measured, provenance);
        } finally {
            Files.deleteIfExists(workshop.resolve(name + ".onnx"));
            Files.deleteIfExists(workshop.resolve(name + ".json"));
            Files.delete(workshop);
        }
    }
}
