package dev.mekiki.service.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Which models are served. */
@ConfigMapping(prefix = "mekiki.model")
public interface ModelConfig {

    /**
     * The ONNX file of the main model, for whoever names none; its card, {@code NAME.json}, lies beside
     * {@code NAME.onnx}.
     */
    @WithDefault("models/documents-lcnet050.onnx")
    Path path();

    /**
     * ONNX files of further models, for galleries in their embedding spaces, separated by commas: while a gallery
     * changes from one model to another, for example. Each is run as {@code mekiki.inference} says, with sessions and
     * threads of its own.
     */
    Optional<List<Path>> more();

    /**
     * A folder of models, {@code NAME.onnx} and {@code NAME.json} each, which exists. Whoever reaches the service may
     * load them and unload them again while it runs, over the Open Inference Protocol; the ones named above stay. Left
     * out: nobody may.
     */
    Optional<Path> repository();
}
