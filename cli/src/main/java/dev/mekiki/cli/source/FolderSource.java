package dev.mekiki.cli.source;

import dev.mekiki.client.bulk.RowCursor;
import dev.mekiki.client.bulk.SourceRow;
import dev.mekiki.v1.ImportRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The images of a folder, labelled by the folders that they are in, in the order of their paths. */
final class FolderSource implements ImportSource {

    /** An image and its label, or why it has none. */
    private sealed interface Entry {
        Path file();

        record Labelled(Path file, String label) implements Entry {}

        record Unlabelled(Path file, String reason) implements Entry {}
    }

    private final Path root;
    private final List<Entry> entries;
    private final String digest;

    private FolderSource(Path root, List<Entry> entries, String digest) {
        this.root = root;
        this.entries = entries;
        this.digest = digest;
    }

    static FolderSource read(Path root) throws IOException {
        LabelTree tree = LabelTree.read(root);
        List<Entry> entries = new ArrayList<>();
        tree.files()
                .forEach(f -> entries.add(new Entry.Labelled(f.file(), f.label().toString())));
        tree.rejected().forEach(r -> entries.add(new Entry.Unlabelled(r.file(), r.reason())));
        if (entries.isEmpty()) {
            throw new UnusableSourceException(
                    root + " holds no images (expected: main/image.jpg or main/sub/image.jpg)");
        }
        entries.sort(Comparator.comparing(Entry::file));
        FileDigest digest = new FileDigest();
        for (Entry entry : entries) {
            BasicFileAttributes file = Files.readAttributes(entry.file(), BasicFileAttributes.class);
            digest.add(root.relativize(entry.file()) + "\t" + file.size() + "\t"
                    + file.lastModifiedTime().toMillis());
        }
        return new FolderSource(root, entries, digest.hex());
    }

    @Override
    public long rows() {
        return entries.size();
    }

    @Override
    public String digest() {
        return digest;
    }

    @Override
    public String kind() {
        return "images";
    }

    @Override
    public RowCursor open(long offset) {
        return new RowCursor() {
            private int next = Math.toIntExact(offset);

            @Override
            public @Nullable SourceRow next() {
                if (next == entries.size()) {
                    return null;
                }
                Entry entry = entries.get(next++);
                String origin = root.relativize(entry.file()).toString();
                return switch (entry) {
                    case Entry.Labelled(var file, var label) ->
                        ImageFile.row(file, origin, ImportRow.newBuilder().setLabel(label));
                    case Entry.Unlabelled(var _, var reason) -> new SourceRow.Unusable(origin, reason);
                };
            }

            @Override
            public void close() {}
        };
    }
}
