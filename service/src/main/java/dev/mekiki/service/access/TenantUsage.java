package dev.mekiki.service.access;

import dev.mekiki.core.failure.QuotaExceeded;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many registrations tenants have, as far as they may not have more. Counting takes a while, so a count is good for
 * {@value #SECONDS} seconds, with what is registered meanwhile added; nobody waits for it. What is registered before the
 * first count, or at other replicas between two, can go beyond the limit. Thread-safe.
 */
public final class TenantUsage {

    private static final int SECONDS = 10;

    private final Function<Tenant, CompletableFuture<Long>> count;
    private final LongSupplier nanoTime;
    private final Map<String, Counted> byTenant = new ConcurrentHashMap<>();

    /**
     * @param count the registrations in all galleries of a tenant; may throw what it fails with
     * @param nanoTime as {@link System#nanoTime}
     */
    public TenantUsage(Function<Tenant, CompletableFuture<Long>> count, LongSupplier nanoTime) {
        this.count = count;
        this.nanoTime = nanoTime;
    }

    /** @throws QuotaExceeded if the tenant has as many as it may */
    public void requireRoom(Tenant tenant) {
        tenant.mostRegistrations().ifPresent(most -> {
            long now = counted(tenant).estimate(tenant);
            if (now >= most) {
                throw QuotaExceeded.ofAmount(tenant.name(), now, most + " registrations");
            }
        });
    }

    /** So many more were registered. */
    public void added(Tenant tenant, long registrations) {
        if (tenant.mostRegistrations().isPresent()) {
            counted(tenant).add(registrations);
        }
    }

    private Counted counted(Tenant tenant) {
        return byTenant.computeIfAbsent(tenant.name(), _ -> new Counted());
    }

    private final class Counted {

        // All under this object's lock.
        private long counted;
        private long addedSince;
        private long countedNanos =
                nanoTime.getAsLong() - Duration.ofSeconds(SECONDS).toNanos();
        private boolean counting;

        long estimate(Tenant tenant) {
            boolean due;
            synchronized (this) {
                due = !counting
                        && nanoTime.getAsLong() - countedNanos
                                >= Duration.ofSeconds(SECONDS).toNanos();
                counting |= due;
            }
            if (due) {
                recount(tenant);
            }
            synchronized (this) {
                return counted + addedSince;
            }
        }

        private void recount(Tenant tenant) {
            long before;
            synchronized (this) {
                before = addedSince;
            }
            CompletableFuture<Long> result;
            try {
                result = count.apply(tenant);
            } catch (Throwable e) {
                result = CompletableFuture.failedFuture(e);
            }
            var _ = result.whenComplete((found, _) -> counted(found, before));
        }

        /** What was added since counting began may be in the count or not, and is added until the next one. */
        private synchronized void counted(@Nullable Long found, long before) {
            if (found != null) {
                counted = found;
                addedSince -= before;
            }
            counting = false;
            countedNanos = nanoTime.getAsLong();
        }

        synchronized void add(long registrations) {
            addedSince += registrations;
        }
    }
}
