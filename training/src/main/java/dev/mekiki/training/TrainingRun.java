package dev.mekiki.training;

import dev.mekiki.inference.preprocess.Preprocessor;
import dev.mekiki.training.augment.AugmenterSurfaces;
import dev.mekiki.training.corpus.TrainingCorpus;
import dev.mekiki.training.engine.LossParts;
import dev.mekiki.training.engine.TrainingEngine;
import dev.mekiki.training.export.ModelExport;
import dev.mekiki.training.export.ModelStart;
import dev.mekiki.training.network.StartingWeights;
import dev.mekiki.training.network.TrainedNetwork;
import dev.mekiki.training.tensorboard.EventFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One training run in a folder of its own: starts, goes on from its checkpoint, and tells how it is doing.
 *
 * <p>The folder holds {@code checkpoint.bin}, {@code recipe.json} and {@code events}, which TensorBoard shows. A run that
 * was stopped, or killed, goes on from the last checkpoint and ends with the same bits as one that was not.
 */
public final class TrainingRun {
    private static final String CHECKPOINT = "checkpoint.bin";
    private static final int PROGRESS_STEPS = 50;

    private final Path folder;
    private final Recipe recipe;
    private final TrainingCorpus corpus;
    private final @Nullable Path teacherFile;
    private final @Nullable Path startFile;
    private final @Nullable OpenSetGauge gauge;
    private final InstantSource clock;
    private final Consumer<String> progress;

    TrainingRun(
            Path folder,
            Recipe recipe,
            TrainingCorpus corpus,
            @Nullable Path teacher,
            @Nullable Path start,
            @Nullable OpenSetGauge gauge,
            InstantSource clock,
            Consumer<String> progress) {
        if ((recipe.distillation().weight() > 0) != (teacher != null)) {
            throw new IllegalArgumentException("teacher: " + teacher + " (expected: one if and only if"
                    + " distillation.weight is above 0, and it is "
                    + recipe.distillation().weight() + ")");
        }
        if (recipe.earlyStopping().used() != (gauge != null)) {
            throw new IllegalArgumentException(
                    "gauge: " + gauge + " (expected: one if and only if earlyStopping.labels is above 0)");
        }
        this.folder = folder;
        this.recipe = recipe;
        this.corpus = corpus;
        this.teacherFile = teacher;
        this.startFile = start;
        this.gauge = gauge;
        this.clock = clock;
        this.progress = progress;
    }

    /**
     * A run; nothing happens before {@link #run}.
     *
     * @param folder made if missing
     * @param recipe may plan another number of images than the checkpoint's, nothing else
     * @param data read by the same recipe
     * @param teacher ONNX file, its card beside it; empty without distillation
     * @param start ONNX file of this trainer whose weights it starts from; empty for random ones
     * @param progress receives a line now and then
     */
    public static TrainingRun of(
            Path folder,
            Recipe recipe,
            TrainingData data,
            Optional<Path> teacher,
            Optional<Path> start,
            Consumer<String> progress) {
        return new TrainingRun(
                folder,
                recipe,
                data.corpus(),
                teacher.orElse(null),
                start.orElse(null),
                data.heldOut().map(held -> new HeldOutDocuments(held, folder)).orElse(null),
                InstantSource.system(),
                progress);
    }

    /**
     * Trains until the recipe's images are through or early stopping ends it, from the folder's checkpoint if there is
     * one.
     *
     * @return the averaged network; with early stopping that of the best figure
     * @throws IOException if the folder cannot be read or written, or its checkpoint is of another recipe or corpus
     * @throws dev.mekiki.training.engine.TrainingDivergedException if the loss is no longer a number
     * @throws dev.mekiki.training.engine.TrainingMemoryException if there is too little memory
     */
    public TrainedNetwork run() throws IOException {
        return runUntil(recipe.steps());
    }

    /** Trains until {@code lastStep} steps are done, writes a checkpoint, and returns the network. */
    TrainedNetwork runUntil(long lastStep) throws IOException {
        Files.createDirectories(folder);
        try (TeacherNetwork teacher = teacherFile == null
                ? null
                : TeacherNetwork.load(teacherFile, recipe.schedule().parts())) {
            return runUntil(lastStep, teacher);
        }
    }

    private TrainedNetwork runUntil(long lastStep, @Nullable TeacherNetwork teacher) throws IOException {
        StartingWeights start = startFile == null ? null : ModelStart.read(startFile, recipe.network());
        String digest = corpus.digest()
                + (teacher == null ? "" : "+" + teacher.digest())
                + (start == null ? "" : "+" + start.digest());
        Path file = folder.resolve(CHECKPOINT);
        int teacherDimension = teacher == null ? 0 : teacher.dimension();
        try (TrainingEngine engine = new TrainingEngine(recipe.engine(corpus.classCount(), teacherDimension))) {
            OpenSetProgress best = OpenSetProgress.NONE;
            if (start != null) {
                engine.startFrom(start);
            }
            if (Files.exists(file)) {
                Checkpoint checkpoint = readFitting(file, digest);
                engine.restore(checkpoint.state());
                best = checkpoint.progress();
                progress.accept("going on after step " + engine.stepsDone());
            }
            Files.writeString(folder.resolve("recipe.json"), recipe.toJson());
            tellClasses();
            Preprocessor preprocessor = Preprocessor.of(ModelExport.input(recipe.network()));
            PhotographSource source = new PhotographSource(
                    recipe, corpus, new AugmenterSurfaces(corpus, recipe.seed() + 1), preprocessor, teacher);
            try (EventFile events = EventFile.open(folder.resolve("events"), engine.stepsDone(), clock)) {
                best = train(engine, source, lastStep, best, events, digest);
            }
            return best.isMeasured()
                    ? TrainedNetwork.of(recipe.network(), best.parameters(), best.statistics())
                    : engine.averaged();
        }
    }

    private void tellClasses() {
        for (TrainingCorpus.Group group : corpus.groups()) {
            progress.accept(String.format(
                    Locale.ROOT,
                    "classes: %6d %-9s share of images %.2f",
                    group.classes().size(),
                    group.name(),
                    group.share()));
        }
    }

    private OpenSetProgress train(
            TrainingEngine engine,
            PhotographSource source,
            long lastStep,
            OpenSetProgress before,
            EventFile events,
            String digest)
            throws IOException {
        OpenSetProgress best = before;
        EarlyStopping stopping = recipe.earlyStopping();
        long begun = clock.millis();
        long first = engine.stepsDone();
        long marked = begun;
        while (engine.stepsDone() < lastStep && best.misses() < stopping.patience()) {
            long step = engine.stepsDone();
            if (startFile != null && step == recipe.localiserSteps()) {
                engine.startClasses(source::flat);
            }
            LossParts seen = engine.step(source, recipe.lossAt(step), recipe.learningRateAt(step));
            long done = step + 1;
            if (done % PROGRESS_STEPS == 0 || done == lastStep) {
                long now = clock.millis();
                double rate = Math.min(PROGRESS_STEPS, done - first)
                        * recipe.schedule().batch()
                        / Math.max(1e-3, (now - marked) / 1000.0);
                Duration left =
                        Duration.ofMillis((long) ((double) (now - begun) / (done - first) * (recipe.steps() - done)));
                progress.accept(line(done, seen, engine.gradientLength(), rate, left));
                events.scalars(done, scalars(done, seen, engine.gradientLength(), rate));
                marked = now;
            }
            boolean measures = gauge != null
                    && !recipe.locatesAt(step)
                    && (stopping.due(done, recipe.schedule().batch()) || done == recipe.steps());
            if (gauge != null && measures) {
                best = measured(engine, gauge, best, events);
                marked = clock.millis();
            }
            if (measures || done % recipe.schedule().checkpointSteps() == 0 || done == lastStep) {
                new Checkpoint(recipe, digest, engine.state(), best).write(folder.resolve(CHECKPOINT));
            }
        }
        return best;
    }

    private OpenSetProgress measured(TrainingEngine engine, OpenSetGauge by, OpenSetProgress best, EventFile events)
            throws IOException {
        TrainedNetwork network = engine.averaged();
        double figure = by.measure(network);
        long done = engine.stepsDone();
        OpenSetProgress after = best.after(figure, recipe.earlyStopping().leastGain(), done, network);
        events.scalars(done, Map.of("held-out/TPIR at FPIR 1 %", figure));
        progress.accept(String.format(
                Locale.ROOT,
                "step %d held-out TPIR@FPIR=1%% %.4f, best %.4f of step %d%s",
                done,
                figure,
                after.best(),
                after.bestStep(),
                after.misses() < recipe.earlyStopping().patience()
                        ? ""
                        : ", no gain in " + after.misses() + " measurements: stopping"));
        return after;
    }

    /**
     * The network that a run's checkpoint holds, as {@link #run} would return it.
     *
     * @throws IOException if there is no readable checkpoint
     */
    public static Snapshot snapshot(Path folder) throws IOException {
        Checkpoint checkpoint = Checkpoint.read(folder.resolve(CHECKPOINT));
        OpenSetProgress best = checkpoint.progress();
        TrainedNetwork network = TrainedNetwork.of(
                checkpoint.recipe().network(),
                best.isMeasured() ? best.parameters() : checkpoint.state().average(),
                best.isMeasured() ? best.statistics() : checkpoint.state().averageStatistics());
        long steps = best.isMeasured() ? best.bestStep() : checkpoint.state().step();
        return new Snapshot(
                network,
                checkpoint.recipe(),
                checkpoint.corpusDigest(),
                steps * checkpoint.recipe().schedule().batch());
    }

    /**
     * What a checkpoint holds, for export.
     *
     * @param corpusDigest of the data, and of the teacher and the model to start from if there were any
     * @param imagesSeen photographs drawn up to it
     */
    public record Snapshot(TrainedNetwork network, Recipe recipe, String corpusDigest, long imagesSeen) {}

    private Checkpoint readFitting(Path file, String digest) throws IOException {
        Checkpoint checkpoint = Checkpoint.read(file);
        if (!checkpoint.corpusDigest().equals(digest)) {
            throw new IOException(file + ": trained on data " + checkpoint.corpusDigest() + " (expected: " + digest
                    + ", the data given now)");
        }
        Recipe before = checkpoint
                .recipe()
                .with("schedule: {images: " + recipe.schedule().images() + "}");
        if (!before.equals(recipe)) {
            throw new IOException(file + ": recipe " + before.toJson() + " (expected: " + recipe.toJson()
                    + "; only the number of images may change)");
        }
        return checkpoint;
    }

    private Map<String, Double> scalars(long done, LossParts seen, double gradient, double rate) {
        Map<String, Double> values = new LinkedHashMap<>();
        if (recipe.locatesAt(done - 1)) {
            values.put("loss/corners", seen.corners());
        } else {
            values.put("loss/classification", seen.classification());
            if (recipe.contrast().weight() > 0) {
                values.put("loss/contrast", seen.contrast());
            }
            if (recipe.clusters().clusteringWeight() > 0) {
                values.put("loss/clustering", seen.clustering());
            }
            if (recipe.clusters().aligningWeight() > 0) {
                values.put("loss/aligning", seen.aligning());
            }
            if (recipe.distillation().weight() > 0) {
                values.put("loss/distillation", seen.distillation());
            }
            values.put("batch/cosine to the right class", seen.targetCosine());
            values.put("batch/share right", seen.right());
            values.put("run/margin", recipe.marginAt(done - 1));
            values.put("run/scale", recipe.scaleAt(done - 1));
        }
        values.put("run/gradient length", gradient);
        values.put("run/learning rate", recipe.learningRateAt(done - 1));
        values.put("run/strength", recipe.strengthAt(done - 1));
        values.put("run/images per second", rate);
        return values;
    }

    private String line(long done, LossParts seen, double gradient, double rate, Duration left) {
        StringBuilder line = new StringBuilder(String.format(
                Locale.ROOT,
                "step %d/%d images %d",
                done,
                recipe.steps(),
                done * recipe.schedule().batch()));
        if (recipe.locatesAt(done - 1)) {
            term(line, "corners", 1, seen.corners());
        } else {
            term(line, "loss", 1, seen.classification());
            term(line, "pairs", recipe.contrast().weight(), seen.contrast());
            term(line, "clusters", recipe.clusters().clusteringWeight(), seen.clustering());
            term(line, "aligning", recipe.clusters().aligningWeight(), seen.aligning());
            term(line, "teacher", recipe.distillation().weight(), seen.distillation());
            line.append(String.format(
                    Locale.ROOT,
                    " cosine %.3f right %.2f margin %.2f",
                    seen.targetCosine(),
                    seen.right(),
                    recipe.marginAt(done - 1)));
        }
        return line.append(String.format(
                        Locale.ROOT,
                        " gradient %.2f rate %.2e strength %.2f | %.0f images/s, %d:%02d:%02d left",
                        gradient,
                        recipe.learningRateAt(done - 1),
                        recipe.strengthAt(done - 1),
                        rate,
                        left.toHours(),
                        left.toMinutesPart(),
                        left.toSecondsPart()))
                .toString();
    }

    private static void term(StringBuilder onto, String name, double weight, double value) {
        if (weight > 0) {
            onto.append(String.format(Locale.ROOT, " %s %.3f", name, value));
        }
    }
}
