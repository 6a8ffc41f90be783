package dev.mekiki.milvus.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Deleting what is temporary. */
final class Folders {

    private Folders() {}

    /** Deletes the folder and all in it, as far as possible; what stays is said on the standard error stream. */
    static void delete(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> walk = Files.walk(folder)) {
            List<Path> all = walk.sorted(Comparator.reverseOrder()).toList();
            for (Path path : all) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | java.io.UncheckedIOException e) {
            System.err.println("mekiki: " + folder + " could not be deleted: " + e.getMessage());
        }
    }
}
