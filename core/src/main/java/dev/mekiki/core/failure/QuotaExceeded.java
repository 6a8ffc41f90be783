package dev.mekiki.core.failure;

import java.time.Duration;
import java.util.Optional;

/** A tenant wants more than it was given. */
public final class QuotaExceeded extends Failure {

    private static final long serialVersionUID = 1L;

    private final String tenant;
    private final Optional<Duration> retryAfter;

    private QuotaExceeded(String tenant, String what, Optional<Duration> retryAfter) {
        super("tenant \"" + tenant + "\": " + what);
        this.tenant = tenant;
        this.retryAfter = retryAfter;
    }

    /**
     * Too much at a time.
     *
     * @param limit what may be had, for people
     * @param retryAfter when there is some again
     */
    public static QuotaExceeded ofRate(String tenant, String limit, Duration retryAfter) {
        return new QuotaExceeded(tenant, "more than " + limit, Optional.of(retryAfter));
    }

    /**
     * Too much altogether; waiting does not help.
     *
     * @param found how much there is
     * @param limit how much there may be, for people
     */
    public static QuotaExceeded ofAmount(String tenant, long found, String limit) {
        return new QuotaExceeded(tenant, found + " (expected: at most " + limit + ")", Optional.empty());
    }

    /** The tenant's name. */
    public String tenant() {
        return tenant;
    }

    /** When it is worth trying again; empty if waiting does not help. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }
}
