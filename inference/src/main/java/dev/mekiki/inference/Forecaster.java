package dev.mekiki.inference;

import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.Overloaded;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.inference.batch.BatchCosts;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Says how long images will take, and refuses those that would take too long. Everything is measured: what decoding
 * files of a size takes, what batches take, and how far forecasts are off. Thread-safe.
 */
final class Forecaster {

    private static final long LEAST_RETRY_NANOS = 1_000_000;

    /** An image counts an eighth. */
    private static final int WEIGHT = 8;

    private final FairQueue<?> waiting;
    private final IntSupplier ready;
    private final int decodeThreads;
    private final int devices;
    private final BatchCosts batchCosts;
    private final Duration limit;
    private final LatencyBudget budget;
    private final DecodeCosts decodeCosts = new DecodeCosts();
    private final AtomicLong recentDecodeNanos = new AtomicLong();

    /**
     * @param waiting images that wait for a decoding thread, at the costs of {@link Forecast#decodeNanos()}
     * @param ready images that wait for a device
     * @param batchCosts kept up to date by whoever hears of batches
     * @param budget zero for none
     */
    Forecaster(
            FairQueue<?> waiting,
            IntSupplier ready,
            int decodeThreads,
            int devices,
            BatchCosts batchCosts,
            Duration budget) {
        this.waiting = waiting;
        this.ready = ready;
        this.decodeThreads = decodeThreads;
        this.devices = devices;
        this.batchCosts = batchCosts;
        this.limit = budget;
        this.budget = new LatencyBudget(budget);
    }

    /**
     * What is expected of an image.
     *
     * @param tenant whose it is
     * @param waitNanos until a thread and a device have time for it; zero if both have now
     * @param decodeNanos decoding and preprocessing, on average
     * @param runNanos a run of the model, on average
     */
    record Forecast(Tenant tenant, double waitNanos, long decodeNanos, long runNanos) {

        double nanos() {
            return waitNanos + neededNanos();
        }

        /** What is left when a thread has time for it: twice the average, because one in many takes so long. */
        long neededNanos() {
            return 2 * (decodeNanos + runNanos);
        }

        /** An image that finds nobody waiting is taken however slow it is itself; and in the background nobody waits. */
        private boolean isBoundByBudget() {
            return waitNanos > 0 && !tenant.background();
        }
    }

    /** Expects the future of an image of this tenant, a file of so many bytes, if it came now and nobody after it. */
    Forecast forecast(Tenant tenant, int bytes) {
        return forecast(tenant, decodeCosts.nanos(bytes));
    }

    /** The same of an image that nothing is known about; it is taken to be like the last ones. */
    Forecast forecast(Tenant tenant) {
        return forecast(tenant, recentDecodeNanos.get());
    }

    private Forecast forecast(Tenant tenant, long decode) {
        FairQueue.Ahead ahead = waiting.ahead(tenant, decode);
        // Decoding and the device work side by side; whichever is slower sets the pace.
        double wait =
                Math.max(ahead.cost() / decodeThreads, (ahead.items() + ready.getAsInt()) * deviceNanosPerImage());
        return new Forecast(tenant, wait, decode, batchCosts.nanos(batchCosts.best(budget.longestRun())));
    }

    /** Expects the future of a tensor that needs no decoding. */
    Forecast forecastPrepared(Tenant tenant) {
        double wait = ready.getAsInt() * deviceNanosPerImage();
        return new Forecast(tenant, wait, 0, batchCosts.nanos(batchCosts.best(budget.longestRun())));
    }

    private double deviceNanosPerImage() {
        int size = batchCosts.best(budget.longestRun());
        return (double) batchCosts.nanos(size) / size / devices;
    }

    /** Why an image must not be taken now, or null if it may. */
    @Nullable
    Overloaded refusal(Forecast image, Deadline deadline, long now) {
        if (image.isBoundByBudget() && budget.willBeMissed(image.nanos())) {
            return overBudget(image, budget.withMargin(image.nanos()));
        }
        if (image.waitNanos() > 0 && deadline.expiredAt(now + (long) image.nanos())) {
            return new Overloaded(duration(image.nanos()), "what is left until the deadline", retryAfter(image));
        }
        return null;
    }

    /**
     * Why an image that was taken must not be decoded any more, or null if it may: the forecast was wrong, or the
     * machine has become slower.
     */
    @Nullable
    Overloaded refusalAfter(Forecast image, long waitedNanos) {
        long total = waitedNanos + image.neededNanos();
        if (!image.isBoundByBudget() || !budget.isMissed(total)) {
            return null;
        }
        budget.took(image.nanos(), total);
        return overBudget(image, budget.withMargin(total));
    }

    private Overloaded overBudget(Forecast image, double nanos) {
        return new Overloaded(duration(nanos), limit.toMillis() + " ms, the latency budget", retryAfter(image));
    }

    /** When half of what waited is done: if all who are refused came back later, the machine would be idle by then. */
    private static Duration retryAfter(Forecast image) {
        return duration(Math.max(image.waitNanos() / 2, LEAST_RETRY_NANOS));
    }

    private static Duration duration(double nanos) {
        return Duration.ofNanos((long) nanos);
    }

    /** Decoding and preprocessing a file of so many bytes took so long. */
    void decoded(int bytes, long nanos) {
        decodeCosts.took(bytes, nanos);
        recentDecodeNanos.updateAndGet(average -> ((WEIGHT - 1) * average + nanos) / WEIGHT);
    }

    /** An image was answered so long after its forecast. */
    void answered(Forecast image, long nanos) {
        if (image.isBoundByBudget()) {
            budget.took(image.nanos(), nanos);
        }
    }

    /**
     * Nanoseconds between the images that are sure to be ready for the device soon: while some wait for a decoding
     * thread, all threads are busy. {@link Long#MAX_VALUE} if none waits.
     */
    long spacing() {
        return waiting.size() == 0 ? Long.MAX_VALUE : recentDecodeNanos.get() / decodeThreads;
    }
}
