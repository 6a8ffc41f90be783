package dev.mekiki.cli;

import dev.mekiki.cli.process.Installation;
import dev.mekiki.training.UnseenDocuments;
import dev.mekiki.training.evaluation.DocumentFolder;
import dev.mekiki.training.evaluation.Evaluation;
import dev.mekiki.training.evaluation.EvaluationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "evaluate",
        description = {
            "Measures a model on a folder of flat images, one label each, or main/image.jpg, main/sub/image.jpg.",
            "Registers each, photographs each by simulation, and prints verification and open-set tables."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class EvaluateCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FOLDER", description = "JPEG, PNG and WebP files.")
    private Path folder;

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description = "An ONNX file with its card beside it; left out: the model of the project.")
    private @Nullable Path model;

    @Option(
            names = "--only-unseen",
            description = "Only the files that the model of the project was not trained on, out of DocClassifier's"
                    + " UniquePool.")
    private boolean onlyUnseen;

    @Option(
            names = "--photographs",
            paramLabel = "N",
            defaultValue = "8",
            description = "Of each image, under mild and under hard conditions; default ${DEFAULT-VALUE}.")
    private int photographs;

    @Option(names = "--json", paramLabel = "FILE", description = "Also write the figures there.")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException {
        Path onnx = model != null ? model : Installation.current().model();
        Set<String> unseen = UnseenDocuments.names();
        Predicate<String> wanted = onlyUnseen ? unseen::contains : _ -> true;
        Evaluation.Settings standard = Evaluation.Settings.standard();
        EvaluationReport report = Evaluation.run(
                onnx,
                DocumentFolder.read(folder, wanted),
                new Evaluation.Settings(
                        photographs, standard.longestSide(), standard.splits(), standard.seed(), standard.threads()));
        System.out.print(report.table());
        if (json != null) {
            Files.writeString(json, report.toJson() + "\n");
        }
        return 0;
    }
}
