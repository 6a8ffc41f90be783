package dev.mekiki.milvus.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Starts the server of the whole JVM at the first call, and once only, also if that fails. */
final class SharedMilvus {

    static final SharedMilvus INSTANCE = new SharedMilvus();

    private @Nullable MilvusServer server;
    private @Nullable MilvusStartException failure;

    private SharedMilvus() {}

    synchronized MilvusServer get() {
        if (failure != null) {
            throw new MilvusStartException("the shared server did not start: " + failure.getMessage(), failure);
        }
        if (server == null) {
            server = start();
        }
        return server;
    }

    private MilvusServer start() {
        try {
            Path folder = Files.createTempDirectory("mekiki-milvus-");
            MilvusServer started = MilvusServer.start(folder, MilvusSettings.forTests());
            // Ends after the server's own hook or before it: closing is harmless in both cases.
            Runtime.getRuntime()
                    .addShutdownHook(new Thread(
                            () -> {
                                started.close();
                                Folders.delete(folder);
                            },
                            "stop-shared-milvus"));
            return new Unstoppable(started);
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder", e);
        } catch (MilvusStartException e) {
            failure = e;
            throw e;
        }
    }
}
