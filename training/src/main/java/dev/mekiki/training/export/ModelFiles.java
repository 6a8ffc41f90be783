package dev.mekiki.training.export;

import dev.mekiki.inference.model.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes a model with its card. */
final class ModelFiles {

    private ModelFiles() {}

    /**
     * Writes both files; each appears whole or not at all, the model first.
     *
     * @param folder made if missing
     * @param file name of both without their endings
     */
    static void write(byte[] model, ModelCard card, Path folder, String file) throws IOException {
        Files.createDirectories(folder);
        Path fresh = folder.resolve(file + ".onnx.new");
        Files.write(fresh, model);
        Path freshCard = folder.resolve(file + ".json.new");
        card.write(freshCard);
        Files.move(fresh, folder.resolve(file + ".onnx"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(freshCard, folder.resolve(file + ".json"), StandardCopyOption.REPLACE_EXISTING);
    }
}
