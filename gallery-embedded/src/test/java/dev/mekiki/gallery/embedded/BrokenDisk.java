package dev.mekiki.gallery.embedded;

import java.io.IOException;
import java.util.Collection;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.jspecify.annotations.Nullable;

/** A disk that refuses one kind of operation while it is told to. Thread-safe. */
final class BrokenDisk extends FilterDirectory {

    enum Operation {
        CREATE,
        SYNC,
        RENAME,
        SYNC_DIRECTORY
    }

    private volatile @Nullable Operation refused;

    BrokenDisk(Directory in) {
        super(in);
    }

    void refuse(Operation operation) {
        refused = operation;
    }

    void repair() {
        refused = null;
    }

    private void requireNot(Operation operation) throws IOException {
        if (refused == operation) {
            throw new IOException("No space left on device");
        }
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) throws IOException {
        requireNot(Operation.CREATE);
        return super.createOutput(name, context);
    }

    @Override
    public void sync(Collection<String> names) throws IOException {
        requireNot(Operation.SYNC);
        super.sync(names);
    }

    @Override
    public void rename(String source, String dest) throws IOException {
        requireNot(Operation.RENAME);
        super.rename(source, dest);
    }

    @Override
    public void syncMetaData() throws IOException {
        requireNot(Operation.SYNC_DIRECTORY);
        super.syncMetaData();
    }
}
