package dev.mekiki.training;

import dev.mekiki.training.evaluation.DocumentFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * Which files of a folder are kept out of a training, to calibrate and measure with: paths relative to the folder, with
 * slashes.
 */
public final class UnseenFiles {

    /** One label in so many. */
    private static final int ONE_IN = 10;

    private static final int FEWEST = 2;
    private static final int MOST = 100;

    private UnseenFiles() {}

    /**
     * Where nobody names any: those that the published model never saw, if the folder has them; else all of a tenth of the
     * labels, at least 2 and at most 100, those whose names have the smallest digests.
     *
     * @throws IOException if the folder cannot be read, or holds too few labels
     */
    public static Set<String> of(Path folder) throws IOException {
        DocumentFolder all = DocumentFolder.read(folder, _ -> true);
        Set<String> published = new HashSet<>(UnseenDocuments.names());
        published.retainAll(all.names());
        if (published.size() >= FEWEST) {
            return published;
        }
        int labels = all.names().size();
        if (labels < 2 * FEWEST) {
            throw new IOException(folder + ": " + labels + " labels (expected: at least " + 2 * FEWEST + ", of which "
                    + FEWEST + " are kept out of the training to calibrate with)");
        }
        Set<Integer> chosen = TrainingData.smallest(all.names(), Math.clamp(labels / ONE_IN, FEWEST, MOST));
        Set<String> unseen = new HashSet<>();
        for (int i = 0; i < all.files().size(); i++) {
            if (chosen.contains(all.labels()[i])) {
                unseen.add(DocumentFolder.relative(folder, all.files().get(i)));
            }
        }
        return unseen;
    }

    /**
     * The files that somebody names.
     *
     * @param names of files, or of folders with all that is in them, relative to {@code folder}
     * @throws IOException if the folder cannot be read, or holds nothing of a name
     */
    public static Set<String> named(Path folder, Collection<String> names) throws IOException {
        DocumentFolder all = DocumentFolder.read(folder, _ -> true);
        Set<String> unseen = new HashSet<>();
        Set<String> met = new HashSet<>();
        for (Path file : all.files()) {
            Path relative = folder.relativize(file);
            for (int length = 1; length <= relative.getNameCount(); length++) {
                String name = DocumentFolder.relative(folder, folder.resolve(relative.subpath(0, length)));
                if (names.contains(name)) {
                    met.add(name);
                    unseen.add(DocumentFolder.relative(folder, file));
                }
            }
        }
        for (String name : names) {
            if (!met.contains(name)) {
                throw new IOException("unseen: \"" + name + "\" (expected: an image or a folder of images in " + folder
                        + ", by its path in there)");
            }
        }
        return unseen;
    }
}
