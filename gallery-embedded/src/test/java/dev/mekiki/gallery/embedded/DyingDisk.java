package dev.mekiki.gallery.embedded;

import java.io.IOException;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;

/** A disk as a process sees it that dies after so many operations: none succeeds any more. Thread-safe. */
final class DyingDisk extends FilterDirectory {

    private final AtomicInteger operationsLeft;

    /** @param operationsLeft shared by the disks of one process */
    DyingDisk(Directory in, AtomicInteger operationsLeft) {
        super(in);
        this.operationsLeft = operationsLeft;
    }

    private void live() throws IOException {
        if (operationsLeft.getAndDecrement() <= 0) {
            throw new IOException("dead");
        }
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) throws IOException {
        live();
        return super.createOutput(name, context);
    }

    @Override
    public IndexOutput createTempOutput(String prefix, String suffix, IOContext context) throws IOException {
        live();
        return super.createTempOutput(prefix, suffix, context);
    }

    @Override
    public void sync(Collection<String> names) throws IOException {
        live();
        super.sync(names);
    }

    @Override
    public void syncMetaData() throws IOException {
        live();
        super.syncMetaData();
    }

    @Override
    public void rename(String source, String dest) throws IOException {
        live();
        super.rename(source, dest);
    }

    @Override
    public void deleteFile(String name) throws IOException {
        live();
        super.deleteFile(name);
    }
}
