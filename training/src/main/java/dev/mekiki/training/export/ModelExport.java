package dev.mekiki.training.export;

import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.training.TrainingRun;
import dev.mekiki.training.network.LcNet;
import dev.mekiki.training.network.TrainedNetwork;
import java.io.IOException;
import java.nio.file.Path;

/** Writes a trained network as {@code NAME.onnx} with its card {@code NAME.json}. */
public final class ModelExport {
    private static final String OUTPUT = "embedding";
    private static final int MAX_BATCH = 64;

    private ModelExport() {}

    /**
     * Writes both files; each appears whole or not at all, the model first.
     *
     * @param folder made if missing
     * @param name model id and file name
     * @param version of this name, from 1
     * @return the card that was written
     */
    public static ModelCard write(
            TrainedNetwork network,
            Path folder,
            String name,
            int version,
            ModelCard.Calibration calibration,
            ModelCard.Provenance provenance)
            throws IOException {
        byte[] model =
                OnnxGraph.of(network, name, TrainingRun.INPUT.name(), OUTPUT).toByteArray();
        ModelCard card = new ModelCard(
                name,
                version,
                ContentDigest.of(model).hex(),
                TrainingRun.INPUT,
                new ModelCard.Output(OUTPUT, LcNet.DIMENSION),
                MAX_BATCH,
                calibration,
                provenance);
        ModelFiles.write(model, card, folder, name);
        return card;
    }
}
