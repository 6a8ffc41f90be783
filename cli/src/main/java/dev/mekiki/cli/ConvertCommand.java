package dev.mekiki.cli;

import dev.mekiki.training.export.ModelConversion;
import dev.mekiki.training.export.ModelConversion.Change;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "convert",
        description = {
            "Makes of a model one that suits a GPU better, compares what both say of the same photographs, and writes"
                    + " the new one with its card.",
            "The new model has an embedding space of its own: galleries change to it with \"reembed\"."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class ConvertCommand implements Callable<Integer> {

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

    @Option(
            names = "--byte-input",
            description =
                    "Take 8-bit values and normalise them in the graph, so that a quarter of the bytes is copied.")
    private boolean byteInput;

    @Option(names = "--float16", description = "Compute in float16.")
    private boolean float16;

    @Override
    public Integer call() throws IOException {
        Set<Change> changes = EnumSet.noneOf(Change.class);
        if (byteInput) {
            changes.add(Change.BYTE_INPUT);
        }
        if (float16) {
            changes.add(Change.FLOAT16);
        }
        if (changes.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "nothing to change (expected: --byte-input, --float16)");
        }
        ModelConversion.Outcome outcome = ModelConversion.write(model, changes, folder, name);
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
}
