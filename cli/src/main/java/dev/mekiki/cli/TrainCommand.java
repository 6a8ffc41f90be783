package dev.mekiki.cli;

import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.training.Publication;
import dev.mekiki.training.RunFile;
import dev.mekiki.training.TrainingData;
import dev.mekiki.training.TrainingRun;
import dev.mekiki.training.UnseenFiles;
import dev.mekiki.training.evaluation.DocumentFolder;
import dev.mekiki.training.evaluation.Evaluation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.bytedeco.opencv.global.opencv_core;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "train",
        description = {
            "Trains an embedder. FILE.yaml describes the run: data, classes, network, losses, schedule; what it leaves out"
                    + " is as --print-run shows. With a FOLDER of flat images instead, a network for them is trained from"
                    + " random weights. The run of the project's model is models/documents-lcnet050.yaml.",
            "Stopped, it goes on from its last checkpoint when it is run again. In the end it exports an ONNX file"
                    + " with its card, calibrated on documents that were kept out of the training."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class TrainCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FILE|FOLDER",
            arity = "0..1",
            description = "The run, or JPEG, PNG and WebP files to train on from random weights.")
    private @Nullable Path source;

    @Option(
            names = "--run",
            paramLabel = "FOLDER",
            description = "Where recipe and checkpoint go, some 200 MB; made if missing. Needed with a FOLDER; with a"
                    + " FILE in place of its run.")
    private @Nullable Path run;

    @Option(names = "--data", paramLabel = "FOLDER", description = "Of a FILE: images in place of its data.folder.")
    private @Nullable Path data;

    @Option(names = "--print-run", description = "Print a run from random weights, every key of it, and end.")
    private boolean printRun;

    @Option(
            names = "--export-only",
            description = "Export what the run's last checkpoint holds, without training any further.")
    private boolean exportOnly;

    @Override
    public Integer call() throws IOException {
        if (printRun) {
            System.out.print(RunFile.documents("documents", "run").toYaml());
            return 0;
        }
        if (source == null) {
            throw new ParameterException(spec.commandLine(), "FILE or FOLDER: none (expected: one, or --print-run)");
        }
        RunFile file;
        Path beside = Path.of("");
        if (Files.isDirectory(source)) {
            if (run == null) {
                throw new ParameterException(
                        spec.commandLine(), "--run: none (expected: a folder for the run on " + source + ")");
            }
            if (data != null) {
                throw new ParameterException(
                        spec.commandLine(), "--data: " + data + " (expected: none, as " + source + " is the folder)");
            }
            file = RunFile.documents(source.toString(), run.toString());
        } else {
            file = RunFile.read(source).at(absolute(data), absolute(run));
            beside = source.resolveSibling("");
        }
        ModelCard card = train(file, beside);
        System.out.printf(
                "%s@%d, threshold %.3f: %s%n",
                card.name(),
                card.version(),
                card.calibration().threshold(),
                beside.resolve(file.run()).resolve("model").resolve(card.name() + ".onnx"));
        return 0;
    }

    private ModelCard train(RunFile file, Path beside) throws IOException {
        Path folder = beside.resolve(file.data().folder());
        Path target = beside.resolve(file.run());
        Set<String> unseen = file.data().unseen().isBlank()
                ? UnseenFiles.of(folder)
                : UnseenFiles.named(folder, names(beside.resolve(file.data().unseen())));
        // Read first, so that nobody trains for hours to learn that there is nothing to calibrate with.
        DocumentFolder kept = DocumentFolder.read(folder, unseen::contains);
        if (!exportOnly) {
            // The trainer has threads of its own; more of them inside OpenCV would only get in each other's way.
            opencv_core.setNumThreads(1);
            Optional<Path> teacher = named(file.teacher()).map(beside::resolve);
            Optional<Path> start = named(file.start()).map(beside::resolve);
            TrainingData data = TrainingData.read(folder, unseen, file.recipe(), System.out::println);
            TrainingRun.of(target, file.recipe(), data, teacher, start, System.out::println)
                    .run();
        }
        return Publication.publish(
                target,
                kept,
                target.resolve("model"),
                file.model().name(),
                file.model().version(),
                Mekiki.VERSION,
                file.data().licence(),
                Evaluation.Settings.standard());
    }

    private static Optional<String> absolute(@Nullable Path given) {
        return Optional.ofNullable(given).map(path -> path.toAbsolutePath().toString());
    }

    private static Optional<String> named(String file) {
        return file.isBlank() ? Optional.empty() : Optional.of(file);
    }

    private static Set<String> names(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(String::strip)
                .filter(l -> !l.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }
}
