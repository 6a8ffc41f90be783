package dev.mekiki.service.models;

import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.model.ModelCard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A folder of models, {@code NAME.onnx} with its card {@code NAME.json}, read anew each time. Thread-safe. */
final class ModelRepository {

    private static final String SUFFIX = ".onnx";

    private final Path folder;

    ModelRepository(Path folder) {
        this.folder = folder;
    }

    /** What lies there. */
    sealed interface Entry {

        /**
         * A model with a card; whether it can be loaded is another question.
         *
         * @param onnx its file
         */
        record Described(ModelId id, Path onnx, ModelCard card) implements Entry {}

        /**
         * A model whose card is missing or not valid.
         *
         * @param name of the file, without its ending
         * @param onnx its file
         * @param reason for people, without folders
         */
        record Unreadable(String name, Path onnx, String reason) implements Entry {}
    }

    /**
     * All models, by the names of their files.
     *
     * @throws UncheckedIOException if the folder cannot be read
     */
    List<Entry> entries() {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.getFileName().toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("model repository " + folder + " cannot be read", e);
        }
        List<Entry> entries = new ArrayList<>();
        for (Path onnx : files) {
            entries.add(entry(onnx));
        }
        return entries;
    }

    private static Entry entry(Path onnx) {
        Path file = ImageEmbedder.cardOf(onnx);
        String reason;
        try {
            ModelCard card = ModelCard.parse(Files.readAllBytes(file));
            return new Entry.Described(ModelId.of(card), onnx, card);
        } catch (NoSuchFileException e) {
            reason = "missing";
        } catch (IOException e) {
            reason = "cannot be read";
        } catch (IllegalArgumentException e) {
            reason = e.getMessage();
        }
        String model = onnx.getFileName().toString();
        return new Entry.Unreadable(
                model.substring(0, model.length() - SUFFIX.length()),
                onnx,
                "model card " + file.getFileName() + ": " + reason);
    }
}
