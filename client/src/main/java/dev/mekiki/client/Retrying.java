package dev.mekiki.client;

import io.grpc.StatusRuntimeException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Repeats calls that failed for a passing reason. Every call of this API may be repeated without harm.
 *
 * @param backoff its patience is how long one call is tried
 * @param pause {@code Thread::sleep}, or a test's
 * @param nanoTime {@code System::nanoTime}, or a test's clock
 */
public record Retrying(Backoff backoff, Pause pause, LongSupplier nanoTime) {

    /**
     * Returns what the call returns in the end.
     *
     * @param call has to set its deadline anew each time
     * @throws StatusRuntimeException with the last failure, once patience ends or if it is not a passing one
     */
    public <T> T call(Supplier<T> call) throws InterruptedException {
        long end = nanoTime.getAsLong() + backoff.patience().toNanos();
        for (int failures = 1; ; failures++) {
            try {
                return call.get();
            } catch (StatusRuntimeException e) {
                Refusal refusal = Refusal.of(e);
                if (!refusal.isPassing() || nanoTime.getAsLong() - end >= 0) {
                    throw e;
                }
                pause.last(backoff.before(failures, refusal.retryAfter()));
            }
        }
    }
}
