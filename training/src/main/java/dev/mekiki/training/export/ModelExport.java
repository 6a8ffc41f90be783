package dev.mekiki.training.export;

import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.training.network.NetworkSettings;
import dev.mekiki.training.network.TrainedNetwork;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Writes a trained network as {@code NAME.onnx} with its card {@code NAME.json}. */
public final class ModelExport {
    private static final String INPUT = "image";
    private static final String OUTPUT = "embedding";
    private static final int MAX_BATCH = 64;

    private ModelExport() {}

    /** How the trainer feeds a network, as the model card will say: RGB in [0, 1]. */
    public static ModelCard.Input input(NetworkSettings network) {
        return new ModelCard.Input(
                INPUT,
                ModelCard.ElementType.FLOAT32,
                network.inputSize(),
                network.inputSize(),
                // A localiser shrinks what it cuts out once more; the published one recognises as much at either.
                network.localises() ? 1 : ModelCard.Input.CLEAN_OVERSAMPLING,
                ModelCard.ChannelOrder.RGB,
                List.of(0.0, 0.0, 0.0),
                List.of(1.0, 1.0, 1.0));
    }

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
        byte[] model = OnnxGraph.of(network, name, INPUT, OUTPUT).toByteArray();
        ModelCard card = new ModelCard(
                name,
                version,
                ContentDigest.of(model).hex(),
                input(network.settings()),
                new ModelCard.Output(OUTPUT, network.settings().dimension()),
                MAX_BATCH,
                calibration,
                provenance);
        ModelFiles.write(model, card, folder, name);
        return card;
    }
}
