package dev.mekiki.training;

import dev.mekiki.training.corpus.ClassSettings;
import dev.mekiki.training.corpus.CorpusBuilder;
import dev.mekiki.training.corpus.TrainingCorpus;
import dev.mekiki.training.evaluation.DocumentFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * What a run is trained on, and what early stopping is measured with.
 *
 * @param corpus the classes
 * @param heldOut labels kept out of the classes for early stopping; empty without it
 */
public record TrainingData(TrainingCorpus corpus, Optional<DocumentFolder> heldOut) {

    /**
     * Reads a folder and makes classes as the recipe says; thousands of drawn documents take a minute.
     *
     * @param unseen files not to train on, and not to hold out either, by their paths relative to {@code folder}
     * @param progress receives a line now and then
     * @throws IOException if the folder cannot be read, or holds too few images
     */
    public static TrainingData read(Path folder, Set<String> unseen, Recipe recipe, Consumer<String> progress)
            throws IOException {
        DocumentFolder all = DocumentFolder.read(folder, name -> !unseen.contains(name));
        int held = recipe.earlyStopping().labels();
        if (all.names().size() < held + 2) {
            throw new IOException(folder + ": " + all.names().size() + " labels besides the unseen (expected: at least "
                    + (held + 2) + ", since earlyStopping.labels is " + held + ")");
        }
        Set<Integer> heldLabels = smallest(all.names(), held);
        DocumentFolder heldOut = part(all, heldLabels, true);
        TrainingCorpus corpus = switch (recipe.classes().kind()) {
            case FOLDERS -> labelled(folder, part(all, heldLabels, false), progress);
            case MIXTURE, IMAGES, VARIANTS -> {
                Set<String> leftOut = new HashSet<>(unseen);
                heldOut.files().forEach(f -> leftOut.add(f.getFileName().toString()));
                yield ofImages(folder, leftOut, recipe, progress);
            }
        };
        return new TrainingData(corpus, held == 0 ? Optional.empty() : Optional.of(heldOut));
    }

    /** The numbers of the labels whose names have the smallest digests: no choice of ours, and none of the order. */
    static Set<Integer> smallest(List<String> names, int count) {
        return new HashSet<>(IntStream.range(0, names.size())
                .boxed()
                .sorted(Comparator.comparing(i -> digest("held out: " + names.get(i))))
                .limit(count)
                .toList());
    }

    private static String digest(String name) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    private static DocumentFolder part(DocumentFolder all, Set<Integer> labels, boolean inside) {
        List<Path> files = new ArrayList<>();
        List<String> names = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        int[] renamed = new int[all.names().size()];
        java.util.Arrays.fill(renamed, -1);
        for (int i = 0; i < all.files().size(); i++) {
            int label = all.labels()[i];
            if (labels.contains(label) == inside) {
                if (renamed[label] < 0) {
                    renamed[label] = names.size();
                    names.add(all.names().get(label));
                }
                files.add(all.files().get(i));
                numbers.add(renamed[label]);
            }
        }
        return new DocumentFolder(
                files, numbers.stream().mapToInt(Integer::intValue).toArray(), names);
    }

    private static TrainingCorpus labelled(Path folder, DocumentFolder images, Consumer<String> progress)
            throws IOException {
        List<List<Mat>> groups = new ArrayList<>();
        images.names().forEach(n -> groups.add(new ArrayList<>()));
        for (int i = 0; i < images.files().size(); i++) {
            groups.get(images.labels()[i]).add(CorpusBuilder.read(images.files().get(i)));
        }
        progress.accept(images.files().size() + " images of " + groups.size() + " labels read");
        return CorpusBuilder.labelled(groups, CorpusBuilder.digest(folder, images.files()));
    }

    private static TrainingCorpus ofImages(Path folder, Set<String> leftOut, Recipe recipe, Consumer<String> progress)
            throws IOException {
        ClassSettings classes = recipe.classes();
        List<Mat> flat = CorpusBuilder.readDocuments(folder, leftOut);
        String digest = CorpusBuilder.digest(folder, leftOut);
        progress.accept(flat.size() + " images read");
        return switch (classes.kind()) {
            case IMAGES -> CorpusBuilder.eachImage(flat, digest);
            case VARIANTS -> CorpusBuilder.variants(flat, digest);
            case MIXTURE, FOLDERS -> {
                progress.accept("drawing " + classes.drawnDocuments() + " documents");
                List<Mat> drawn = CorpusBuilder.drawDocuments(
                        classes.drawnDocuments(),
                        recipe.seed(),
                        Runtime.getRuntime().availableProcessors());
                yield CorpusBuilder.build(flat, drawn, classes.mixture(), recipe.seed(), digest);
            }
        };
    }
}
