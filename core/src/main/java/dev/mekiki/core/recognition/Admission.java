package dev.mekiki.core.recognition;

import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.Overloaded;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Bounds how many requests are under way at once, from the moment they are taken until they are answered, so that
 * memory is bounded and what is beyond is refused before it costs anything. Thread-safe.
 *
 * <p>Places are shared by dynamic thresholds (Choudhury and Hahne, 1998): a tenant may hold at most eight times as many
 * as are free. So one alone gets eight ninths, two that want more than there is get eight seventeenths each, and the
 * last ones are left to whoever holds few, without any of them being told who else is there.
 */
public final class Admission {

    private static final int TIMES_FREE = 8;

    private final int limit;
    private final Duration retryAfter;
    private final Map<Tenant, Integer> held = new HashMap<>();
    private volatile int underWay;

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

    /** Runs {@code work} if there is room for it beside others' work on nobody's account. */
    public <T> CompletableFuture<T> admit(Supplier<CompletableFuture<T>> work) {
        return admit(Tenant.UNNAMED, work);
    }

    /** Runs {@code work} if there is room for this tenant; else the future fails with {@link Overloaded} and nothing is run. */
    public <T> CompletableFuture<T> admit(Tenant tenant, Supplier<CompletableFuture<T>> work) {
        return admit(tenant, 1, work);
    }

    /**
     * The same for a request that is as much as several: it takes all of its places or none.
     *
     * @param places 1..{@link #limit()}, else there is never room; if nothing else is under way, all of them may be taken
     */
    public <T> CompletableFuture<T> admit(Tenant tenant, int places, Supplier<CompletableFuture<T>> work) {
        if (!enter(tenant, places)) {
            return CompletableFuture.failedFuture(new Overloaded("request queue", limit, retryAfter));
        }
        CompletableFuture<T> answer;
        try {
            answer = work.get();
        } catch (Throwable e) {
            leave(tenant, places);
            throw e;
        }
        // Registered on the same future that is returned, so that a cancelled request gives its place back as well.
        answer.whenComplete((_, _) -> leave(tenant, places));
        return answer;
    }

    private synchronized boolean enter(Tenant tenant, int places) {
        int own = held.getOrDefault(tenant, 0);
        // As if they came one after the other.
        int last = places - 1;
        boolean alone = underWay == 0 && places <= limit;
        if (!alone && own + last >= TIMES_FREE * (long) (limit - underWay - last)) {
            return false;
        }
        held.put(tenant, own + places);
        underWay = underWay + places;
        return true;
    }

    private synchronized void leave(Tenant tenant, int places) {
        held.computeIfPresent(tenant, (_, own) -> own == places ? null : own - places);
        underWay = underWay - places;
    }

    /** Requests under way now, 0..{@link #limit()}. */
    public int underWay() {
        return underWay;
    }

    public int limit() {
        return limit;
    }
}
