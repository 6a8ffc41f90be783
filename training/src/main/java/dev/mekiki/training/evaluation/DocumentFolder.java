package dev.mekiki.training.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Flat images with their labels, read from a folder. Images in sub-folders are labelled by them
 * ({@code main/sub/any.jpg} or {@code main/any.jpg}); an image directly in the folder is a label of its own.
 *
 * @param files in the order of their names
 * @param labels of each file, 0-based without gaps
 * @param names of the labels
 */
public record DocumentFolder(List<Path> files, int[] labels, List<String> names) {

    /**
     * Reads the names; images are not opened.
     *
     * @param wanted which files to take, by their paths relative to {@code folder}, with slashes
     * @throws IOException if the folder cannot be read or holds fewer than two labels
     */
    public static DocumentFolder read(Path folder, Predicate<String> wanted) throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(folder)) {
            files = tree.filter(Files::isRegularFile)
                    .filter(f -> f.getFileName().toString().matches("(?i).*\\.(jpe?g|png|webp)"))
                    .filter(f -> wanted.test(relative(folder, f)))
                    .sorted()
                    .toList();
        }
        Map<String, Integer> numbers = new LinkedHashMap<>();
        int[] labels = new int[files.size()];
        for (int i = 0; i < labels.length; i++) {
            @Nullable Path parent = folder.relativize(files.get(i)).getParent();
            String name = relative(folder, parent == null ? files.get(i) : folder.resolve(parent));
            Integer known = numbers.putIfAbsent(name, numbers.size());
            labels[i] = known == null ? numbers.size() - 1 : known;
        }
        if (numbers.size() < 2) {
            throw new IOException(folder + ": " + numbers.size() + " labels (expected: at least 2 images or folders)");
        }
        return new DocumentFolder(files, labels, new ArrayList<>(numbers.keySet()));
    }

    /** The path of a file in a folder, with slashes on any system. */
    public static String relative(Path folder, Path file) {
        return folder.relativize(file).toString().replace('\\', '/');
    }

    /** The first {@code most} files, or all if there are fewer, with their labels. */
    public DocumentFolder first(int most) {
        int count = Math.min(most, files.size());
        int[] kept = Arrays.copyOf(labels, count);
        // Labels are numbered by first appearance, so those of the first files are the first ones.
        int known = Arrays.stream(kept).max().orElse(-1) + 1;
        return new DocumentFolder(files.subList(0, count), kept, names.subList(0, known));
    }
}
