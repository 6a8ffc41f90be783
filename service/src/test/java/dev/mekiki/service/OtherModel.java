package dev.mekiki.service;

import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.model.ModelCard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** The same weights, fed with other colours: another space, whose vectors are of the same length and plausible. */
final class OtherModel {

    static final String ID = "other@7";

    private OtherModel() {}

    /** The model of the tests, which this one differs from. */
    static Path usual() {
        return Path.of(Objects.requireNonNull(System.getProperty("mekiki.test.model")));
    }

    /** Makes it in a folder. */
    static Path in(Path folder) throws IOException {
        Path onnx = Files.copy(usual(), folder.resolve("other.onnx"));
        ModelCard card = ModelCard.read(ImageEmbedder.cardOf(usual()));
        ModelCard.Input input = card.input();
        new ModelCard(
                        "other",
                        7,
                        card.sha256(),
                        new ModelCard.Input(
                                input.name(),
                                input.height(),
                                input.width(),
                                ModelCard.ChannelOrder.BGR,
                                input.mean(),
                                input.std()),
                        card.output(),
                        card.maxBatch(),
                        card.calibration(),
                        card.provenance())
                .write(ImageEmbedder.cardOf(onnx));
        return onnx;
    }
}
