package dev.mekiki.cli.source;

import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.label.LabelPath;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A folder of images as {@code main/image.jpg} and {@code main/sub/image.jpg}.
 *
 * @param files the images, in order of their paths
 * @param rejected images that are in no folder that could be a label
 * @param ignored how many files are no images, going by their names
 */
public record LabelTree(List<LabelledFile> files, List<Rejection> rejected, long ignored) {

    private static final Set<String> IMAGE_SUFFIXES = Set.of("jpg", "jpeg", "png", "webp");

    public LabelTree {
        files = List.copyOf(files);
        rejected = List.copyOf(rejected);
    }

    /**
     * Reads names only, not the images. Files and folders whose names begin with a dot are passed over.
     *
     * @throws IOException if the folder cannot be read
     */
    public static LabelTree read(Path root) throws IOException {
        List<LabelledFile> files = new ArrayList<>();
        List<Rejection> rejected = new ArrayList<>();
        long ignored = 0;
        List<Path> all;
        try (Stream<Path> walk = Files.walk(root, FileVisitOption.FOLLOW_LINKS)) {
            all = walk.filter(Files::isRegularFile)
                    .filter(f -> !isHidden(root.relativize(f)))
                    .sorted()
                    .toList();
        }
        for (Path file : all) {
            if (!isImage(file)) {
                ignored++;
                continue;
            }
            Path folders = root.relativize(file);
            try {
                files.add(new LabelledFile(file, labelOf(folders)));
            } catch (InvalidInput e) {
                rejected.add(new Rejection(file, e.field() + ": " + e.description()));
            }
        }
        return new LabelTree(files, rejected, ignored);
    }

    private static LabelPath labelOf(Path file) {
        return switch (file.getNameCount()) {
            case 2 -> LabelPath.of(file.getName(0).toString());
            case 3 -> LabelPath.of(file.getName(0).toString(), file.getName(1).toString());
            default ->
                throw new InvalidInput(
                        "folders", file.getNameCount() - 1 + " above the image", "1, main, or 2, main/sub");
        };
    }

    private static boolean isHidden(Path relative) {
        for (Path name : relative) {
            if (name.toString().startsWith(".")) {
                return true;
            }
        }
        return false;
    }

    private static boolean isImage(Path file) {
        String name = file.toString();
        return IMAGE_SUFFIXES.contains(name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
    }
}
