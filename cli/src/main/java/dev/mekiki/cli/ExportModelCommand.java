package dev.mekiki.cli;

import dev.mekiki.cli.process.Installation;
import dev.mekiki.training.UnseenDocuments;
import dev.mekiki.training.evaluation.DocumentFolder;
import dev.mekiki.training.evaluation.Evaluation;
import dev.mekiki.training.export.SmallerModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "export-model",
        description = {
            "Writes a model in fewer bits, with its card: NAME-fp16.onnx, weights of 16 bits; and, given photographs to"
                    + " calibrate with, NAME-int8.onnx, layers that compute in 8 bits.",
            "What they lose and gain: ./mekiki evaluate UNSEEN --compare NAME-fp16.onnx --compare NAME-int8.onnx --speed"
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class ExportModelCommand implements Callable<Integer> {

    /** Few, so that each comes from another document. */
    private static final int PHOTOGRAPHS_OF_EACH = 2;

    @Parameters(paramLabel = "TARGET", description = "Folder that the files go to; made if missing.")
    private Path target;

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description = "An ONNX file with its card beside it; left out: the model of the project.")
    private @Nullable Path model;

    @Option(
            names = "--calibrate",
            paramLabel = "FOLDER",
            description = "Flat images, photographed by simulation. Those that the model of the project was not trained"
                    + " on are left out, so that it can be measured with them.")
    private @Nullable Path folder;

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "100",
            description = "How many of them to calibrate with, at most; default ${DEFAULT-VALUE}.")
    private int images;

    @Override
    public Integer call() throws IOException {
        Path onnx = model != null ? model : Installation.current().model();
        System.out.println(SmallerModel.float16(onnx, target));
        if (folder != null) {
            System.out.println(SmallerModel.int8(onnx, target, photographs(folder)));
        }
        return 0;
    }

    private List<byte[]> photographs(Path from) throws IOException {
        if (images < 2) {
            throw new IllegalArgumentException("--images: " + images + " (expected: at least 2)");
        }
        Set<String> unseen = UnseenDocuments.names();
        Evaluation.Settings standard = Evaluation.Settings.standard();
        List<byte[]> photographs = new ArrayList<>();
        Evaluation.simulated(
                        DocumentFolder.read(from, name -> !unseen.contains(name))
                                .first(images),
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
