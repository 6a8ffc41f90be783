package dev.mekiki.milvus.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A Milvus server that answers. Thread-safe.
 *
 * <p>Where it comes from, whichever is possible first:
 *
 * <ol>
 *   <li>the server that the environment variable {@value #URI_VARIABLE} names: it is only used, and may hold other data;
 *   <li>a container, where Docker answers and has an image of Milvus or can pull one;
 *   <li>the binary in PyPI's wheel {@code milvus}, which is fetched once into the user's cache by {@code python3 -m pip}.
 * </ol>
 *
 * A server that was started here ends with this JVM, however that ends.
 */
public sealed interface MilvusServer extends AutoCloseable
        permits NamedMilvus, ContainerMilvus, ProcessMilvus, Unstoppable {

    String URI_VARIABLE = "MILVUS_URI";

    /**
     * Starts a server, or finds the one that runs; returns when it is ready.
     *
     * @param folder for its data and logs; made if it is not there. What an earlier server of the same kind left there
     *     is served again, except by a container, which keeps its data inside
     * @param settings of no effect on a server that runs already
     * @throws MilvusStartException if there is none that starts; tells the last lines of its log
     */
    static MilvusServer start(Path folder, MilvusSettings settings) {
        String uri = System.getenv(URI_VARIABLE);
        if (uri != null && !uri.isBlank()) {
            return new NamedMilvus(uri.strip());
        }
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be made", e);
        }
        Path absolute = folder.toAbsolutePath();
        return MilvusImage.find()
                .<MilvusServer>map(image -> ContainerMilvus.start(image, absolute, settings))
                .orElseGet(() -> ProcessMilvus.start(MilvusBinary.ofUser(), absolute, settings));
    }

    /**
     * One server for all of this JVM, with {@link MilvusSettings#forTests}, in a temporary folder; started at the first
     * call. Nobody but the end of the JVM stops it: {@link #close} does nothing, {@link #kill} is refused.
     *
     * @throws MilvusStartException as {@link #start} does, at every call once it did
     */
    static MilvusServer shared() {
        return SharedMilvus.INSTANCE.get();
    }

    /** Where it serves, such as {@code http://127.0.0.1:19530}; the same after a restart. */
    String uri();

    /** In words for people, such as for a report. */
    String description();

    /**
     * Its process, to measure it; empty if it is not on this machine, or not running.
     */
    Optional<ProcessHandle> process();

    /** Whether {@link #kill} and {@link #restart} are possible. */
    boolean isKillable();

    /**
     * Ends it by SIGKILL; returns when it is gone. Nothing happens if it is not running.
     *
     * @throws UnsupportedOperationException if it is not killable
     */
    void kill();

    /**
     * Kills it if it is running, and starts it on the same data at the same place; returns when it is ready.
     *
     * @throws UnsupportedOperationException if it is not killable
     * @throws MilvusStartException if it does not start
     */
    void restart();

    /**
     * As {@link #restart}, but it refuses all changes until it is restarted the next time, as it does by itself when its
     * disk quota is used up.
     *
     * @throws UnsupportedOperationException if it is not killable
     * @throws MilvusStartException if it does not start
     */
    void restartReadOnly();

    /** Ends it, if it was started here; its folder stays. */
    @Override
    void close();
}
