package dev.mekiki.core.recognition;

import dev.mekiki.core.failure.Overloaded;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Bounds how many requests are under way at once, from the moment they are taken until they are answered, so that
 * memory is bounded and what is beyond is refused before it costs anything. Thread-safe.
 */
public final class Admission {

    private final int limit;
    private final Duration retryAfter;
    private final AtomicInteger underWay = new AtomicInteger();

    /**
     * @param limit most requests under way, at least 1
     * @param retryAfter what a refused caller is told to wait
     */
    public Admission(int limit, Duration retryAfter) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: at least 1)");
        }
        this.limit = limit;
        this.retryAfter = retryAfter;
    }

    /** Runs {@code work} if there is room; else the future fails with {@link Overloaded} and nothing is run. */
    public <T> CompletableFuture<T> admit(Supplier<CompletableFuture<T>> work) {
        return admit(1, work);
    }

    /**
     * The same for a request that is as much as several: it takes all of its places or none.
     *
     * @param places 1..{@link #limit()}, else there is never room
     */
    public <T> CompletableFuture<T> admit(int places, Supplier<CompletableFuture<T>> work) {
        if (underWay.getAndUpdate(n -> n + places <= limit ? n + places : n) + places > limit) {
            return CompletableFuture.failedFuture(new Overloaded("request queue", limit, retryAfter));
        }
        CompletableFuture<T> answer;
        try {
            answer = work.get();
        } catch (Throwable e) {
            underWay.addAndGet(-places);
            throw e;
        }
        // Registered on the same future that is returned, so that a cancelled request gives its place back as well.
        answer.whenComplete((_, _) -> underWay.addAndGet(-places));
        return answer;
    }

    /** Requests under way now, 0..{@link #limit()}. */
    public int underWay() {
        return underWay.get();
    }

    public int limit() {
        return limit;
    }
}
