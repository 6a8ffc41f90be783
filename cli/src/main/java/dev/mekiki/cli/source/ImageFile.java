package dev.mekiki.cli.source;

import com.google.protobuf.UnsafeByteOperations;
import dev.mekiki.client.bulk.SourceRow;
import dev.mekiki.v1.ImportRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reading an image into a row; what is wrong with one file is that one's. */
final class ImageFile {

    /** No service takes more. */
    private static final long MOST_BYTES = 1L << 30;

    private ImageFile() {}

    /** @param row gets the image; label and the rest are there already */
    static SourceRow row(Path file, String origin, ImportRow.Builder row) {
        try {
            long size = Files.size(file);
            if (size > MOST_BYTES) {
                return new SourceRow.Unusable(
                        origin, "image: " + size + " bytes (expected: at most " + MOST_BYTES + ")");
            }
            return new SourceRow.Usable(
                    origin,
                    row.setImage(UnsafeByteOperations.unsafeWrap(Files.readAllBytes(file)))
                            .build());
        } catch (NoSuchFileException e) {
            return new SourceRow.Unusable(origin, "image: " + file + " does not exist");
        } catch (IOException e) {
            return new SourceRow.Unusable(origin, "image: " + file + " cannot be read: " + e.getMessage());
        }
    }
}
