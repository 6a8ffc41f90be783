package dev.mekiki.cli;

import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.training.Publication;
import dev.mekiki.training.Recipe;
import dev.mekiki.training.TrainingRun;
import dev.mekiki.training.UnseenDocuments;
import dev.mekiki.training.corpus.CorpusBuilder;
import dev.mekiki.training.corpus.TrainingCorpus;
import dev.mekiki.training.evaluation.DocumentFolder;
import dev.mekiki.training.evaluation.Evaluation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.bytedeco.opencv.global.opencv_core;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "train",
        description = {
            "Trains an embedder on a folder of flat images, each a class of its own, and on drawn documents.",
            "Stopped, it goes on from its last checkpoint when it is run again. In the end it exports an ONNX file"
                    + " with its card, calibrated on documents that were kept out of the training."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class TrainCommand implements Callable<Integer> {

    @Parameters(paramLabel = "FOLDER", description = "JPEG, PNG and WebP files.")
    private Path folder;

    @Option(
            names = "--run",
            paramLabel = "FOLDER",
            required = true,
            description = "Holds recipe and checkpoint, some 200 MB; made if missing.")
    private Path run;

    @Option(
            names = "--recipe",
            paramLabel = "FILE",
            description = "Every number the training depends on, as a run writes it; left out: that of the project's"
                    + " model.")
    private @Nullable Path recipeFile;

    @Option(names = "--images", paramLabel = "N", description = "How many photographs to draw; left out: the recipe's.")
    private @Nullable Long images;

    @Option(
            names = "--unseen",
            paramLabel = "FILE",
            description = "Names of the files that are kept out of the training, one a line; left out: those that the"
                    + " project's model was not trained on, out of DocClassifier's UniquePool.")
    private @Nullable Path unseenFile;

    @Option(
            names = "--export-only",
            description = "Export what the run's last checkpoint holds, without training any further.")
    private boolean exportOnly;

    @Option(names = "--export", paramLabel = "FOLDER", description = "Where the model goes; left out: RUN/model.")
    private @Nullable Path export;

    @Option(
            names = "--name",
            defaultValue = "documents-lcnet050",
            description = "The model's id and file name; default ${DEFAULT-VALUE}.")
    private String name;

    @Option(names = "--version-number", paramLabel = "N", defaultValue = "1", description = "Of this name, from 1.")
    private int version;

    @Option(
            names = "--data-licence",
            paramLabel = "TEXT",
            defaultValue = "not stated",
            description = "Of the training images, for the card.")
    private String dataLicence;

    @Override
    public Integer call() throws IOException {
        Set<String> unseen = unseenFile == null
                ? UnseenDocuments.names()
                : Files.readAllLines(unseenFile).stream()
                        .map(String::strip)
                        .filter(l -> !l.isEmpty())
                        .collect(Collectors.toUnmodifiableSet());
        // Read first, so that nobody trains for hours to learn that there is nothing to calibrate with.
        DocumentFolder kept = DocumentFolder.read(folder, unseen::contains);
        if (!exportOnly) {
            train(unseen);
        }
        Path target = export != null ? export : run.resolve("model");
        ModelCard card = Publication.publish(
                run, kept, target, name, version, Mekiki.VERSION, dataLicence, Evaluation.Settings.standard());
        System.out.printf(
                "%s, threshold %.3f: %s%n",
                card.name() + "@" + card.version(), card.calibration().threshold(), target.resolve(name + ".onnx"));
        return 0;
    }

    private void train(Set<String> unseen) throws IOException {
        // The trainer has threads of its own; more of them inside OpenCV would only get in each other's way.
        opencv_core.setNumThreads(1);
        Recipe recipe = recipeFile == null ? Recipe.documents() : Recipe.read(recipeFile);
        if (images != null) {
            recipe = recipe.withImages(images);
        }
        int threads = Runtime.getRuntime().availableProcessors();
        System.out.printf("drawing %d documents%n", recipe.drawnDocuments());
        TrainingCorpus corpus = CorpusBuilder.build(
                CorpusBuilder.readDocuments(folder, unseen),
                CorpusBuilder.drawDocuments(recipe.drawnDocuments(), recipe.seed(), threads),
                recipe.mixture(),
                recipe.seed(),
                CorpusBuilder.digest(folder, unseen));
        new TrainingRun(run, recipe, corpus, InstantSource.system(), System.out::println).run();
    }
}
