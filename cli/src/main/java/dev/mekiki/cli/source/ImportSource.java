package dev.mekiki.cli.source;

import dev.mekiki.cli.table.ParquetTable;
import dev.mekiki.client.bulk.RowSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Rows to import, of a known number, in an order that stays. */
public interface ImportSource extends RowSource {

    /** How many rows there are, those that cannot be sent included. */
    long rows();

    /** Identifies rows and order; another digest, another source. */
    String digest();

    /** What its rows are, for people: images, vectors. */
    String kind();

    /**
     * Recognises a source.
     *
     * @param path a folder, or a CSV or Parquet file by its name
     * @param spaceDigest the embedding space of vectors, where the file does not say it
     * @throws UnusableSourceException if it is none, or lacks a column
     * @throws IOException if it cannot be read
     */
    static ImportSource open(Path path, Optional<String> spaceDigest) throws IOException {
        if (Files.isDirectory(path)) {
            return FolderSource.read(path);
        }
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        String name = path.toString();
        return switch (name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT)) {
            case "csv" -> CsvManifest.read(path, ',');
            case "tsv" -> CsvManifest.read(path, '\t');
            case "parquet" -> {
                ParquetTable table = ParquetTable.open(path);
                yield table.columns().contains(VectorTable.EMBEDDING)
                        ? VectorTable.of(table, spaceDigest)
                        : ParquetManifest.of(table);
            }
            default -> throw new UnusableSourceException(path + " (expected: a folder, a .csv or a .parquet file)");
        };
    }
}
