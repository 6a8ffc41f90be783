package dev.mekiki.service.access;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.core.failure.QuotaExceeded;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TenantUsageTest {

    private static final Tenant SMALL = new Tenant(
            "small",
            List.of(new GalleryPattern("small-*")),
            Optional.empty(),
            OptionalLong.empty(),
            OptionalLong.of(3));

    private long nanos;
    private CompletableFuture<Long> count = new CompletableFuture<>();
    private final TenantUsage usage = new TenantUsage(_ -> count, () -> nanos);

    @Test
    void addsWhatIsRegisteredToTheLastCount() {
        count.complete(1L);
        usage.requireRoom(SMALL);
        usage.added(SMALL, 1);
        usage.requireRoom(SMALL);
        usage.added(SMALL, 1);

        assertThatThrownBy(() -> usage.requireRoom(SMALL))
                .isInstanceOf(QuotaExceeded.class)
                .hasMessage("tenant \"small\": 3 (expected: at most 3 registrations)");
    }

    @Test
    void letsInAgainWhenACountSaysThatThereIsRoom() {
        count.complete(3L);
        assertThatThrownBy(() -> usage.requireRoom(SMALL)).isInstanceOf(QuotaExceeded.class);

        count = CompletableFuture.completedFuture(2L);
        assertThatThrownBy(() -> usage.requireRoom(SMALL))
                .as("within the ten seconds for which a count is good")
                .isInstanceOf(QuotaExceeded.class);
        nanos += Duration.ofSeconds(10).toNanos();
        usage.requireRoom(SMALL);
    }

    @Test
    void waitsForNoCountAndForgetsNothingThatIsRegisteredMeanwhile() {
        usage.requireRoom(SMALL);
        usage.added(SMALL, 2);
        usage.requireRoom(SMALL);
        count.complete(1L);

        assertThatThrownBy(() -> usage.requireRoom(SMALL)).isInstanceOf(QuotaExceeded.class);
    }

    @Test
    void keepsTheLastCountWhereANewOneFails() {
        count.complete(3L);
        assertThatThrownBy(() -> usage.requireRoom(SMALL)).isInstanceOf(QuotaExceeded.class);

        count = CompletableFuture.failedFuture(new IllegalStateException("away"));
        nanos += Duration.ofSeconds(10).toNanos();
        assertThatThrownBy(() -> usage.requireRoom(SMALL)).isInstanceOf(QuotaExceeded.class);
    }

    @Test
    void boundsNobodyWhoHasNoBound() {
        Tenant free = new Tenant("free", List.of(), Optional.empty(), OptionalLong.empty(), OptionalLong.empty());

        usage.added(free, 1_000_000);
        usage.requireRoom(free);
    }
}
