package dev.mekiki.training;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A whole run in one YAML file: its data, where it goes, and its recipe. Keys left out have the values of {@link
 * #documents}. File names are relative to the file.
 *
 * @param data what is trained on
 * @param run folder of the run; made if missing
 * @param model what is exported in the end
 * @param teacher ONNX file, its card beside it; empty without one
 * @param start ONNX file that this trainer exported, to learn on from; empty to start from random weights
 * @param recipe every number
 */
public record RunFile(Data data, String run, Model model, String teacher, String start, Recipe recipe) {

    /**
     * The images.
     *
     * @param folder of images
     * @param unseen file that names those kept out of the training, one path in {@code folder} a line, of an image or of
     *     a folder with all that is in it; empty for those of the published model, or a tenth of the labels where it has
     *     none of these
     * @param licence of the images, for the model card
     */
    public record Data(String folder, String unseen, String licence) {
        public Data {
            requireText("folder", folder);
        }
    }

    /**
     * The exported model.
     *
     * @param name model id and file name
     * @param version of this name, from 1
     */
    public record Model(String name, int version) {
        public Model {
            requireText("name", name);
            Recipe.require("version", version, 1, Integer.MAX_VALUE);
        }
    }

    public RunFile {
        requireText("run", run);
        boolean distils = recipe.distillation().weight() > 0;
        if (distils == teacher.isBlank()) {
            throw new IllegalArgumentException("teacher: \"" + teacher + "\" (expected: "
                    + (distils
                            ? "an ONNX file, since recipe.distillation.weight is above 0)"
                            : "nothing, or recipe.distillation.weight above 0)"));
        }
    }

    private static void requireText(String field, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException(field + ": blank (expected: a name)");
        }
    }

    /** A run of {@link Recipe#documents} on {@code folder}, from random weights. */
    public static RunFile documents(String folder, String run) {
        return new RunFile(
                new Data(folder, "", "not stated"),
                run,
                new Model("documents-lcnet050", 1),
                "",
                "",
                Recipe.documents());
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if a key is unknown, of another type or out of range, or two do not go together
     * @throws UncheckedIOException if the file cannot be read
     */
    public static RunFile read(Path file) {
        try {
            RunFile defaults = documents("documents", "run");
            return StrictYaml.read(file.toString(), Files.readString(file), defaults, RunFile.class);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read", e);
        }
    }

    /** This run with images and a folder of its own from elsewhere, where they are given. */
    public RunFile at(Optional<String> images, Optional<String> folder) {
        return new RunFile(
                new Data(images.orElse(data.folder()), data.unseen(), data.licence()),
                folder.orElse(run),
                model,
                teacher,
                start,
                recipe);
    }

    /** This as YAML, every key named. */
    public String toYaml() {
        try {
            return YAMLMapper.builder()
                    .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
                    .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                    .build()
                    .writeValueAsString(this);
        } catch (JacksonException e) {
            throw new IllegalStateException("a run is plain values", e);
        }
    }
}
