package dev.mekiki.training;

import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.preprocess.Preprocessor;
import dev.mekiki.training.augment.AugmenterSurfaces;
import dev.mekiki.training.corpus.CorpusBuilder;
import dev.mekiki.training.corpus.TrainingCorpus;
import dev.mekiki.training.engine.LossParts;
import dev.mekiki.training.engine.LossSettings;
import dev.mekiki.training.engine.TrainingEngine;
import dev.mekiki.training.network.LcNet;
import dev.mekiki.training.network.TrainedNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * One training run in a folder of its own: starts, goes on from its checkpoint, and tells how it is doing.
 *
 * <p>The folder holds {@code checkpoint.bin} and {@code recipe.json}. A run that was stopped, or killed, goes on from the
 * last checkpoint and ends with the same bits as one that was not.
 */
public final class TrainingRun {
    private static final String CHECKPOINT = "checkpoint.bin";
    private static final int PROGRESS_STEPS = 50;

    /** How the trainer feeds its network, as the model card will say. */
    public static final ModelCard.Input INPUT = new ModelCard.Input(
            "image",
            LcNet.INPUT_SIZE,
            LcNet.INPUT_SIZE,
            ModelCard.ChannelOrder.RGB,
            List.of(0.0, 0.0, 0.0),
            List.of(1.0, 1.0, 1.0));

    private final Path folder;
    private final Recipe recipe;
    private final TrainingCorpus corpus;
    private final InstantSource clock;
    private final Consumer<String> progress;

    /**
     * A run; nothing happens before {@link #run}.
     *
     * @param folder made if missing
     * @param recipe may plan another number of images than the checkpoint's, nothing else
     * @param progress receives a line now and then
     */
    public TrainingRun(
            Path folder, Recipe recipe, TrainingCorpus corpus, InstantSource clock, Consumer<String> progress) {
        this.folder = folder;
        this.recipe = recipe;
        this.corpus = corpus;
        this.clock = clock;
        this.progress = progress;
    }

    /**
     * A run on the images of a folder, enriched as the recipe says. Reads and draws them at once, which takes a minute.
     *
     * @param documents folder of flat images, each a class
     * @param leftOut file names not to train on
     * @throws IOException if the folder cannot be read or holds no images
     */
    public static TrainingRun onDocuments(
            Path folder, Recipe recipe, Path documents, Set<String> leftOut, Consumer<String> progress)
            throws IOException {
        List<Mat> flat = CorpusBuilder.readDocuments(documents, leftOut);
        progress.accept(flat.size() + " documents read, " + recipe.drawnDocuments() + " to be drawn");
        List<Mat> drawn = CorpusBuilder.drawDocuments(recipe.drawnDocuments(), recipe.seed(), recipe.parts());
        TrainingCorpus corpus = CorpusBuilder.build(
                flat, drawn, recipe.mixture(), recipe.seed(), CorpusBuilder.digest(documents, leftOut));
        return new TrainingRun(folder, recipe, corpus, InstantSource.system(), progress);
    }

    /**
     * Trains until the recipe's images are through, from the folder's checkpoint if there is one.
     *
     * @return the averaged network
     * @throws IOException if the folder cannot be read or written, or its checkpoint is of another recipe or corpus
     * @throws dev.mekiki.training.engine.TrainingDivergedException if the loss is no longer a number
     */
    public TrainedNetwork run() throws IOException {
        return runUntil(recipe.steps());
    }

    /** Trains until {@code lastStep} steps are done, writes a checkpoint, and returns the averaged network. */
    TrainedNetwork runUntil(long lastStep) throws IOException {
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("recipe.json"), recipe.toJson());
        Path checkpoint = folder.resolve(CHECKPOINT);
        try (TrainingEngine engine = engine()) {
            if (Files.exists(checkpoint)) {
                restore(engine, checkpoint);
                progress.accept("going on after step " + engine.stepsDone());
            }
            for (TrainingCorpus.Group group : corpus.groups()) {
                progress.accept(String.format(
                        Locale.ROOT,
                        "classes: %6d %-9s share of images %.2f",
                        group.classes().size(),
                        group.name(),
                        group.share()));
            }
            PhotographSource source = new PhotographSource(
                    recipe, corpus, new AugmenterSurfaces(corpus, Preprocessor.of(INPUT), recipe.seed() + 1));
            long begun = clock.millis();
            long first = engine.stepsDone();
            long marked = begun;
            while (engine.stepsDone() < lastStep) {
                long step = engine.stepsDone();
                LossSettings loss = new LossSettings(
                        recipe.scale(), recipe.marginAt(step), recipe.contrastWeight(), recipe.contrastTemperature());
                LossParts seen = engine.step(source, loss, recipe.learningRateAt(step));
                long done = step + 1;
                if (done % PROGRESS_STEPS == 0 || done == lastStep) {
                    long now = clock.millis();
                    progress.accept(line(done, seen, engine.gradientLength(), now - marked, now - begun, done - first));
                    marked = now;
                }
                if (done % recipe.checkpointSteps() == 0 || done == lastStep) {
                    new Checkpoint(recipe, corpus.digest(), engine.state()).write(checkpoint);
                }
            }
            return engine.averaged();
        }
    }

    /**
     * The averaged network of a run's checkpoint, and how many images it has seen.
     *
     * @throws IOException if there is no readable checkpoint
     */
    public static Snapshot snapshot(Path folder) throws IOException {
        Checkpoint checkpoint = Checkpoint.read(folder.resolve(CHECKPOINT));
        TrainedNetwork network = TrainedNetwork.of(
                LcNet.layers(), checkpoint.state().average(), checkpoint.state().averageStatistics());
        return new Snapshot(
                network,
                checkpoint.recipe(),
                checkpoint.corpusDigest(),
                checkpoint.state().step() * checkpoint.recipe().batch());
    }

    /**
     * What a checkpoint holds, for export.
     *
     * @param imagesSeen photographs drawn up to it
     */
    public record Snapshot(TrainedNetwork network, Recipe recipe, String corpusDigest, long imagesSeen) {}

    private TrainingEngine engine() {
        return new TrainingEngine(
                corpus.classCount(),
                recipe.parts(),
                recipe.partSize(),
                recipe.classWeightDeviation(),
                recipe.optimiser(),
                recipe.seed());
    }

    private void restore(TrainingEngine engine, Path file) throws IOException {
        Checkpoint checkpoint = Checkpoint.read(file);
        if (!checkpoint.corpusDigest().equals(corpus.digest())) {
            throw new IOException(file + ": trained on data " + checkpoint.corpusDigest() + " (expected: "
                    + corpus.digest() + ", the data given now)");
        }
        Recipe before = checkpoint.recipe().withImages(recipe.images());
        if (!before.equals(recipe)) {
            throw new IOException(file + ": recipe " + before.toJson() + " (expected: " + recipe.toJson()
                    + "; only the number of images may change)");
        }
        engine.restore(checkpoint.state());
    }

    private String line(
            long done, LossParts seen, double gradient, long sinceLine, long sinceStart, long stepsSinceStart) {
        long steps = Math.min(PROGRESS_STEPS, stepsSinceStart);
        double rate = steps * recipe.batch() / Math.max(1e-3, sinceLine / 1000.0);
        Duration left = Duration.ofMillis(
                stepsSinceStart == 0 ? 0 : (long) ((double) sinceStart / stepsSinceStart * (recipe.steps() - done)));
        return String.format(
                Locale.ROOT,
                "step %d/%d images %d loss %.3f pairs %.3f cosine %.3f right %.2f gradient %.2f rate %.2e margin %.2f"
                        + " strength %.2f | %.0f images/s, %d:%02d:%02d left",
                done,
                recipe.steps(),
                done * recipe.batch(),
                seen.classification(),
                seen.contrast(),
                seen.targetCosine(),
                seen.right(),
                gradient,
                recipe.learningRateAt(done - 1),
                recipe.marginAt(done - 1),
                recipe.strengthAt(done - 1),
                rate,
                left.toHours(),
                left.toMinutesPart(),
                left.toSecondsPart());
    }
}
