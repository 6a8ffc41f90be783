package dev.mekiki.training.export;

import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.training.TrainingRun;
import dev.mekiki.training.network.LcNet;
import dev.mekiki.training.network.TrainedNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

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
                sha256(model),
                TrainingRun.INPUT,
                new ModelCard.Output(OUTPUT, LcNet.DIMENSION),
                MAX_BATCH,
                calibration,
                provenance);
        write(model, folder, card);
        return card;
    }

    /** Writes a model's file and card; returns where the file is. */
    static Path write(byte[] model, Path folder, ModelCard card) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(card.name() + ".onnx");
        Path fresh = folder.resolve(card.name() + ".onnx.new");
        Files.write(fresh, model);
        Path freshCard = folder.resolve(card.name() + ".json.new");
        card.write(freshCard);
        Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
        Files.move(freshCard, folder.resolve(card.name() + ".json"), StandardCopyOption.REPLACE_EXISTING);
        return file;
    }

    static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
