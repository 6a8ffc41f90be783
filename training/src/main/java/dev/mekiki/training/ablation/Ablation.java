package dev.mekiki.training.ablation;

import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.training.Recipe;
import dev.mekiki.training.TrainingData;
import dev.mekiki.training.TrainingRun;
import dev.mekiki.training.corpus.ClassSettings;
import dev.mekiki.training.evaluation.DocumentFolder;
import dev.mekiki.training.evaluation.Evaluation;
import dev.mekiki.training.export.ModelExport;
import dev.mekiki.training.network.TrainedNetwork;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Runs every variation with every seed, one after the other, and keeps a table. May be killed at any time: started again
 * it passes over what is done and goes on in the middle of the run it was in, with the same figures in the end.
 *
 * <p>The folder holds {@code VARIATION/seed-N/result.json} of each finished run with its model, the checkpoint of the
 * one that is running, and {@code ablation.md} and {@code ablation.json}, written anew after each run. All variations
 * get the first seed before any gets the second, so that there is something to compare early.
 */
public final class Ablation {
    private static final String MODEL = "model";
    private static final int CHECKPOINT_STEPS = 100;

    private final Path folder;
    private final Path documents;
    private final Set<String> unseen;
    private final Optional<Path> teacher;
    private final Evaluation.Settings evaluation;
    private final Consumer<String> progress;
    private final Map<String, TrainingData> read = new HashMap<>();

    /**
     * An ablation; nothing happens before {@link #run}.
     *
     * @param folder of the runs; made if missing
     * @param documents folder of flat images
     * @param unseen file names to measure with, and not to train on
     * @param teacher ONNX file, its card beside it; without one, variations with a teacher cannot be run
     * @param progress receives a line now and then
     */
    public Ablation(
            Path folder,
            Path documents,
            Set<String> unseen,
            Optional<Path> teacher,
            Evaluation.Settings evaluation,
            Consumer<String> progress) {
        this.folder = folder;
        this.documents = documents;
        this.unseen = unseen;
        this.teacher = teacher;
        this.evaluation = evaluation;
        this.progress = progress;
    }

    /**
     * Runs what is not done yet.
     *
     * @param variations all of one budget
     * @param seeds each variation's
     * @return the table as Markdown
     * @throws IOException if a folder cannot be read or written, or holds results of another recipe
     * @throws IllegalStateException if another process is at work in the folder
     */
    public String run(List<Variation> variations, List<Long> seeds) throws IOException {
        for (Variation v : variations) {
            if (v.taught() && teacher.isEmpty()) {
                throw new IllegalArgumentException(
                        "teacher: none (expected: an ONNX file, which variation " + v.name() + " needs)");
            }
        }
        DocumentFolder kept = DocumentFolder.read(documents, unseen::contains);
        Files.createDirectories(folder);
        try (FileChannel channel =
                FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock(channel);
            int number = 0;
            for (long seed : seeds) {
                for (Variation variation : variations) {
                    number++;
                    Path run = folder.resolve(variation.name()).resolve("seed-" + seed);
                    String name =
                            number + "/" + variations.size() * seeds.size() + " " + variation.name() + " seed " + seed;
                    if (Files.exists(run.resolve("result.json"))) {
                        progress.accept(name + ": done already");
                    } else {
                        progress.accept(name);
                        runOne(variation, seed, run, kept);
                    }
                    tabulate(variations, seeds);
                }
                // Another seed draws other documents.
                read.clear();
            }
            return tabulate(variations, seeds);
        }
    }

    private void lock(FileChannel channel) throws IOException {
        boolean free;
        try {
            free = channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            free = false;
        }
        if (!free) {
            throw new IllegalStateException(folder + ": another process is at work there (expected: none)");
        }
    }

    private Recipe recipe(Variation variation, long seed) {
        return variation.recipe().with("{seed: " + seed + ", schedule: {checkpointSteps: " + CHECKPOINT_STEPS + "}}");
    }

    /** Identifies everything that a result follows from. */
    private String digest(Variation variation, long seed) throws IOException {
        String taught = variation.taught()
                ? ContentDigest.of(Files.readAllBytes(teacher.orElseThrow())).hex()
                : "no teacher";
        // Not the number of threads, which changes no figure.
        String measured = evaluation.photographsPerImage() + " " + evaluation.longestSide() + " " + evaluation.splits()
                + " " + evaluation.seed();
        return ContentDigest.of((recipe(variation, seed).toJson() + taught + measured).getBytes(StandardCharsets.UTF_8))
                .hex();
    }

    private void runOne(Variation variation, long seed, Path run, DocumentFolder kept) throws IOException {
        Recipe recipe = recipe(variation, seed);
        TrainedNetwork network = TrainingRun.of(
                        run,
                        recipe,
                        data(recipe),
                        variation.taught() ? teacher : Optional.empty(),
                        Optional.empty(),
                        progress)
                .run();
        ModelExport.write(
                network,
                run,
                MODEL,
                1,
                new ModelCard.Calibration(0.01, 1, 2, 0, "not measured"),
                new ModelCard.Provenance(
                        "ablation",
                        seed,
                        "",
                        "",
                        Map.of("recipe", recipe.toJson().replaceAll("\\s+", " "))));
        AblationResult.Figures figures =
                AblationResult.Figures.of(Evaluation.run(run.resolve(MODEL + ".onnx"), kept, evaluation));
        new AblationResult(variation.name(), seed, recipe.schedule().images(), digest(variation, seed), figures)
                .write(run.resolve("result.json"));
        // Two hundred megabytes that nobody needs any more.
        Files.deleteIfExists(run.resolve("checkpoint.bin"));
    }

    /** Drawing thousands of documents takes a minute; most variations share them. */
    private TrainingData data(Recipe recipe) throws IOException {
        ClassSettings classes = recipe.classes();
        String key = recipe.seed() + " " + classes;
        TrainingData data = read.get(key);
        if (data == null) {
            read.clear();
            data = TrainingData.read(documents, unseen, recipe, progress);
            read.put(key, data);
        }
        return data;
    }

    private String tabulate(List<Variation> variations, List<Long> seeds) throws IOException {
        List<AblationResult> results = new ArrayList<>();
        long images = 0;
        for (Variation variation : variations) {
            images = variation.recipe().schedule().images();
            for (long seed : seeds) {
                Path file =
                        folder.resolve(variation.name()).resolve("seed-" + seed).resolve("result.json");
                if (Files.exists(file)) {
                    AblationResult result = AblationResult.read(file);
                    if (!result.recipe().equals(digest(variation, seed))) {
                        throw new IOException(
                                file + ": of another recipe, budget or teacher (expected: that of now; take"
                                        + " another folder, or delete it)");
                    }
                    results.add(result);
                }
            }
        }
        AblationTable table = AblationTable.of(images, results);
        String markdown = table.toMarkdown();
        Files.writeString(folder.resolve("ablation.json"), table.toJson());
        Files.writeString(folder.resolve("ablation.md"), markdown);
        return markdown;
    }
}
