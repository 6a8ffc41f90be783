package dev.mekiki.service.lifecycle;

import dev.mekiki.core.failure.Overloaded;
import dev.mekiki.core.failure.Unavailable;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The threads that may block in a gallery: some for requests that somebody waits for, others for work in bulk. */
public final class GalleryThreads {

    private GalleryThreads() {}

    /**
     * A pool of bounded size with a bounded queue; what does not fit is refused with {@link Overloaded}.
     *
     * @param threads at least 1
     * @param queue how much may wait, at least 1
     * @param retryAfter what a refused caller is told to wait
     */
    public static ExecutorService pool(int threads, int queue, Duration retryAfter) {
        return new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(queue),
                Thread.ofPlatform().name("mekiki-gallery-", 0).daemon().factory(),
                (_, _) -> {
                    throw new Overloaded("gallery queue", queue, retryAfter);
                });
    }

    /**
     * A pool of bounded size for work in bulk, so that it never takes a thread from a single request. Its queue has no
     * bound of its own: every stream bounds what it has under way.
     *
     * @param threads at least 1
     * @param retryAfter what a caller is told to wait once the pool is closed
     */
    public static ExecutorService bulk(int threads, Duration retryAfter) {
        return new ThreadPoolExecutor(
                threads,
                threads,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name("mekiki-bulk-", 0).daemon().factory(),
                (_, _) -> {
                    throw new Unavailable("the service is stopping", retryAfter);
                });
    }
}
