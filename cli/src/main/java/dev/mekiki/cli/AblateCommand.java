package dev.mekiki.cli;

import dev.mekiki.cli.process.Installation;
import dev.mekiki.training.Recipe;
import dev.mekiki.training.UnseenDocuments;
import dev.mekiki.training.ablation.Ablation;
import dev.mekiki.training.ablation.Variation;
import dev.mekiki.training.evaluation.Evaluation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bytedeco.opencv.global.opencv_core;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "ablate",
        description = {
            "Trains a small model anew with one choice changed after another, the same budget each, several seeds,"
                    + " and measures each on the documents that are kept out of all of them.",
            "May be stopped or killed at any time and goes on when it is run again. The table is in RUNS/ablation.md"
                    + " and RUNS/ablation.json after each run."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class AblateCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "FOLDER",
            description = "The flat images of DocClassifier's UniquePool, among them those that are kept out.")
    private Path folder;

    @Option(
            names = "--runs",
            paramLabel = "RUNS",
            required = true,
            description = "Folder of the runs; made if missing.")
    private Path runs;

    @Option(
            names = "--images",
            paramLabel = "N",
            defaultValue = "120000",
            description = "Budget of each run; default ${DEFAULT-VALUE}.")
    private long images;

    @Option(
            names = "--with",
            paramLabel = "YAML",
            description = "Keys of a recipe in which all runs differ from the usual one, such as"
                    + " \"network: {backbone: LCNET_050}\".")
    private @Nullable String with;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Of each variation; default ${DEFAULT-VALUE}.")
    private int seeds;

    @Option(
            names = "--only",
            paramLabel = "NAME",
            split = ",",
            description = "These variations, by comma; left out: all, which --list names.")
    private @Nullable List<String> only;

    @Option(
            names = "--teacher",
            paramLabel = "FILE",
            description = "An ONNX file with its card beside it, to distil; left out: the model of the project.")
    private @Nullable Path teacher;

    @Option(names = "--list", description = "Name the variations, and end.")
    private boolean list;

    @Override
    public Integer call() throws IOException {
        if (seeds < 1 || seeds > 100) {
            throw new ParameterException(spec.commandLine(), "--seeds: " + seeds + " (expected: 1..100)");
        }
        List<Variation> variations = variations();
        if (list) {
            variations.forEach(v -> System.out.println(v.name()));
            return 0;
        }
        // The trainer has threads of its own; more of them inside OpenCV would only get in each other's way.
        opencv_core.setNumThreads(1);
        List<Long> numbers = new ArrayList<>();
        for (long seed = 1; seed <= seeds; seed++) {
            numbers.add(seed);
        }
        Path taught = teacher != null ? teacher : Installation.current().model();
        Evaluation.Settings standard = Evaluation.Settings.standard();
        // The spread over seeds is what the table has; intervals of each run would only take time.
        Evaluation.Settings measured = new Evaluation.Settings(
                standard.photographsPerImage(),
                standard.longestSide(),
                standard.splits(),
                standard.seed(),
                standard.threads(),
                0);
        Ablation ablation =
                new Ablation(runs, folder, UnseenDocuments.names(), Optional.of(taught), measured, System.out::println);
        System.out.print(ablation.run(variations, numbers));
        return 0;
    }

    private Recipe base() {
        try {
            Recipe base = Variation.base(images);
            return with == null ? base : base.with(with);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--with, --images: " + e.getMessage(), e);
        }
    }

    private List<Variation> variations() {
        List<Variation> all = Variation.all(base());
        List<String> wanted = only;
        if (wanted == null) {
            return all;
        }
        List<String> names = all.stream().map(Variation::name).toList();
        for (String name : wanted) {
            if (!names.contains(name)) {
                throw new ParameterException(
                        spec.commandLine(), "--only: \"" + name + "\" (expected: of " + String.join(", ", names) + ")");
            }
        }
        return all.stream().filter(v -> wanted.contains(v.name())).toList();
    }
}
