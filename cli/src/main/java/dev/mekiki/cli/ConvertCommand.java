package dev.mekiki.cli;

import dev.mekiki.training.UnseenDocuments;
import dev.mekiki.training.evaluation.DocumentFolder;
import dev.mekiki.training.evaluation.Evaluation;
import dev.mekiki.training.export.ModelConversion;
import dev.mekiki.training.export.ModelConversion.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "convert",
        description = {
            "Makes of a model one in fewer bits, or one that suits a GPU better, compares what both say of the same"
                    + " photographs, and writes the new one with its card.",
            "The new model has an embedding space of its own: galleries change to it with \"reembed\". What it loses and"
                    + " gains: ./mekiki evaluate FOLDER --only-unseen --compare NEW.onnx --speed"
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class ConvertCommand implements Callable<Integer> {

    /** Images to calibrate with, and photographs of each under each condition: few, so that documents differ. */
    private static final int IMAGES = 100;

    private static final int PHOTOGRAPHS_OF_EACH = 2;

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "MODEL", description = "An ONNX file with its card beside it.")
    private Path model;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            required = true,
            description = "The new model's id and file name; another than the model's own.")
    private String name;

    @Option(names = "--to", paramLabel = "FOLDER", required = true, description = "For the two files; made if missing.")
    private Path folder;

    @ArgGroup
    private @Nullable FewerBits fewerBits;

    @Option(
            names = "--byte-input",
            description =
                    "Take 8-bit values and normalise them in the graph, so that a quarter of the bytes is copied.")
    private boolean byteInput;

    /** One of them. */
    static final class FewerBits {

        @Option(names = "--float16", description = "Compute in float16, for GPUs.")
        private boolean float16;

        @Option(names = "--float16-weights", description = "Keep weights in float16, compute in float32.")
        private boolean float16Weights;

        @Option(
                names = "--int8",
                paramLabel = "IMAGES",
                description = "Compute convolutions and linear layers in 8 bits, calibrated on photographs, by"
                        + " simulation, of the first " + IMAGES + " flat images in this folder. Those that the model of"
                        + " the project was not trained on are left out, so that it can be measured with them.")
        private @Nullable Path int8;
    }

    @Override
    public Integer call() throws IOException {
        Precision precision = precision();
        if (precision == Precision.FLOAT32 && !byteInput) {
            throw new ParameterException(
                    spec.commandLine(),
                    "nothing to change (expected: --float16, --float16-weights or --int8, --byte-input)");
        }
        List<byte[]> photographs =
                fewerBits == null || fewerBits.int8 == null ? List.of() : photographs(fewerBits.int8);
        ModelConversion.Outcome outcome = ModelConversion.write(
                model, new ModelConversion.Change(precision, byteInput, photographs), folder, name);
        spec.commandLine()
                .getOut()
                .printf(
                        "%s@%d, cosine with the original at least %.6f over %d photographs: %s%n",
                        outcome.card().name(),
                        outcome.card().version(),
                        outcome.leastCosine(),
                        outcome.photographs(),
                        folder.resolve(name + ".onnx"));
        return 0;
    }

    private Precision precision() {
        if (fewerBits == null) {
            return Precision.FLOAT32;
        } else if (fewerBits.int8 != null) {
            return Precision.INT8;
        }
        return fewerBits.float16 ? Precision.FLOAT16 : Precision.FLOAT16_WEIGHTS;
    }

    private static List<byte[]> photographs(Path from) throws IOException {
        Set<String> unseen = UnseenDocuments.names();
        Evaluation.Settings standard = Evaluation.Settings.standard();
        List<byte[]> photographs = new ArrayList<>();
        Evaluation.simulated(
                        DocumentFolder.read(from, file -> !unseen.contains(file))
                                .first(IMAGES),
                        new Evaluation.Settings(
                                PHOTOGRAPHS_OF_EACH,
                                standard.longestSide(),
                                standard.splits(),
                                standard.seed(),
                                standard.threads(),
                                0))
                .show((_, file) -> photographs.add(file));
        return photographs;
    }
}
