package dev.mekiki.gallery.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.apache.lucene.util.IOUtils;

/** The steps by which a {@link GalleryDirectory} changes; tests put steps in their place that end half-way. */
interface FolderWrites {

    FolderWrites ON_FILE_SYSTEM = new FolderWrites() {

        @Override
        public void write(Path file, String text) throws IOException {
            Files.writeString(file, text);
        }

        @Override
        public void sync(Path fileOrFolder) throws IOException {
            IOUtils.fsync(fileOrFolder, Files.isDirectory(fileOrFolder));
        }

        @Override
        public void move(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }
    };

    /** Replaces the content of a file, which is not durable yet. */
    void write(Path file, String text) throws IOException;

    /** Makes durable the content of a file, or which names a folder has. */
    void sync(Path fileOrFolder) throws IOException;

    /** Renames at once; a file of that name is replaced. Not durable yet. */
    void move(Path from, Path to) throws IOException;
}
