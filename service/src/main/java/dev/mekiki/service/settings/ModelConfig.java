package dev.mekiki.service.settings;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;

/** Which model is served. */
@ConfigMapping(prefix = "mekiki.model")
public interface ModelConfig {

    /** The ONNX file; its card, {@code NAME.json}, lies beside {@code NAME.onnx}. */
    @WithDefault("models/documents-lcnet050.onnx")
    Path path();
}
