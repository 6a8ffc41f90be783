package dev.mekiki.gallery.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.jspecify.annotations.Nullable;

/**
 * A disk that keeps, when the power goes, only what it was told to: the bytes of a file as of its last {@code sync},
 * and the names, renamings and deletions as of the last {@code syncMetaData}. A name that is kept without its bytes is
 * an empty file. Thread-safe.
 */
final class ForgetfulDirectory extends FilterDirectory {

    private static final class Bytes {
        byte @Nullable [] synced;
    }

    private final Map<String, Bytes> now = new HashMap<>();
    private Map<String, Bytes> kept;

    /** Takes what is there as kept. */
    ForgetfulDirectory(Directory in) throws IOException {
        super(in);
        for (String name : in.listAll()) {
            Bytes bytes = new Bytes();
            bytes.synced = read(name);
            now.put(name, bytes);
        }
        kept = Map.copyOf(now);
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) throws IOException {
        IndexOutput output = super.createOutput(name, context);
        created(name);
        return output;
    }

    @Override
    public IndexOutput createTempOutput(String prefix, String suffix, IOContext context) throws IOException {
        IndexOutput output = super.createTempOutput(prefix, suffix, context);
        created(output.getName());
        return output;
    }

    private synchronized void created(String name) {
        now.put(name, new Bytes());
    }

    @Override
    public synchronized void sync(Collection<String> names) throws IOException {
        super.sync(names);
        for (String name : names) {
            now.computeIfAbsent(name, _ -> new Bytes()).synced = read(name);
        }
    }

    @Override
    public synchronized void syncMetaData() throws IOException {
        super.syncMetaData();
        kept = Map.copyOf(now);
    }

    @Override
    public synchronized void rename(String source, String dest) throws IOException {
        super.rename(source, dest);
        @Nullable Bytes bytes = now.remove(source);
        now.put(dest, bytes == null ? new Bytes() : bytes);
    }

    @Override
    public synchronized void deleteFile(String name) throws IOException {
        super.deleteFile(name);
        now.remove(name);
    }

    /** Writes what would be there after a power loss at this moment. */
    synchronized void losePower(Path remains) throws IOException {
        Files.createDirectories(remains);
        for (Map.Entry<String, Bytes> file : kept.entrySet()) {
            byte @Nullable [] bytes = file.getValue().synced;
            Files.write(remains.resolve(file.getKey()), bytes == null ? new byte[0] : bytes);
        }
    }

    private byte[] read(String name) throws IOException {
        try (IndexInput input = in.openInput(name, IOContext.READONCE)) {
            byte[] bytes = new byte[Math.toIntExact(input.length())];
            input.readBytes(bytes, 0, bytes.length);
            return bytes;
        }
    }
}
