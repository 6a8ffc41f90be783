package dev.mekiki.service.access;

import dev.mekiki.core.failure.QuotaExceeded;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many images each tenant may send now, by token buckets. Thread-safe. */
public final class TenantRates {

    private record Limited(Tenant.Rate rate, Bucket bucket) {}

    private final Map<String, Limited> byTenant = new ConcurrentHashMap<>();
    private final TimeMeter clock;

    public TenantRates() {
        this(TimeMeter.SYSTEM_NANOTIME);
    }

    TenantRates(TimeMeter clock) {
        this.clock = clock;
    }

    /**
     * Takes one image, if there is one.
     *
     * @throws QuotaExceeded if there is none; it says when there will be
     */
    public void take(Tenant tenant) {
        tenant.rate().ifPresent(rate -> {
            ConsumptionProbe probe = bucket(tenant, rate).tryConsumeAndReturnRemaining(1);
            if (!probe.isConsumed()) {
                throw QuotaExceeded.ofRate(
                        tenant.name(), rate.toString(), Duration.ofNanos(probe.getNanosToWaitForRefill()));
            }
        });
    }

    /** Takes images that are there already; if there are not so many, whoever comes next waits longer. */
    public void owe(Tenant tenant, long images) {
        tenant.rate().ifPresent(rate -> bucket(tenant, rate).consumeIgnoringRateLimits(images));
    }

    /** How long until there is one image; zero if there is. */
    public Duration untilPaid(Tenant tenant) {
        return tenant.rate()
                .map(rate -> Duration.ofNanos(
                        bucket(tenant, rate).estimateAbilityToConsume(1).getNanosToWaitForRefill()))
                .orElse(Duration.ZERO);
    }

    private Bucket bucket(Tenant tenant, Tenant.Rate rate) {
        Limited known = byTenant.get(tenant.name());
        if (known == null || !known.rate.equals(rate)) {
            known = byTenant.compute(
                    tenant.name(), (_, before) -> before != null && before.rate.equals(rate) ? before : limited(rate));
        }
        return known.bucket;
    }

    private Limited limited(Tenant.Rate rate) {
        return new Limited(
                rate,
                Bucket.builder()
                        .addLimit(limit -> limit.capacity(rate.burst())
                                .refillGreedy(rate.imagesPerSecond(), Duration.ofSeconds(1)))
                        .withCustomTimePrecision(clock)
                        .build());
    }
}
