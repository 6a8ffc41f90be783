package dev.mekiki.training;

import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.training.evaluation.DocumentFolder;
import dev.mekiki.training.evaluation.Evaluation;
import dev.mekiki.training.evaluation.OpenSet;
import dev.mekiki.training.export.ModelExport;
import dev.mekiki.training.network.TrainedNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Measures a network on documents that were held out of its training: exported, and through the decoder, preprocessing
 * and session of serving, as {@link Evaluation} does, with fewer photographs.
 */
final class HeldOutDocuments implements OpenSetGauge {
    private static final double FALSE_POSITIVES = 1e-2;
    private static final String NAME = "held-out";

    private final DocumentFolder documents;
    private final Path workshop;
    private final Evaluation.Settings settings;

    /**
     * A gauge.
     *
     * @param workshop an existing folder; a folder is made in it for a measurement and deleted afterwards
     */
    HeldOutDocuments(DocumentFolder documents, Path workshop) {
        this.documents = documents;
        this.workshop = workshop;
        Evaluation.Settings standard = Evaluation.Settings.standard();
        this.settings = new Evaluation.Settings(
                4, standard.longestSide(), standard.splits(), standard.seed() + 1, standard.threads(), 0);
    }

    @Override
    public double measure(TrainedNetwork network) throws IOException {
        Path folder = Files.createTempDirectory(workshop, NAME);
        try {
            ModelExport.write(
                    network,
                    folder,
                    NAME,
                    1,
                    new ModelCard.Calibration(FALSE_POSITIVES, 1, 2, 0, "not measured"),
                    new ModelCard.Provenance("", 0, "", "", Map.of()));
            return Evaluation.run(folder.resolve(NAME + ".onnx"), documents, settings)
                    .part("all")
                    .openSet()
                    .points()
                    .stream()
                    .filter(p -> p.limit() == FALSE_POSITIVES)
                    .mapToDouble(OpenSet.Point::truePositiveRate)
                    .findFirst()
                    .orElseThrow();
        } finally {
            Files.deleteIfExists(folder.resolve(NAME + ".onnx"));
            Files.deleteIfExists(folder.resolve(NAME + ".json"));
            Files.delete(folder);
        }
    }
}
