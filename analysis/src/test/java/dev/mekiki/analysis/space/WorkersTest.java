package dev.mekiki.analysis.space;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WorkersTest {

    @Test
    void doesEveryTaskOnceWithNoMoreThreadsThanAllowed() {
        AtomicInteger sum = new AtomicInteger();
        AtomicInteger workersMade = new AtomicInteger();
        Set<Integer> progress = ConcurrentHashMap.newKeySet();
        try (Workers workers = new Workers(3, () -> false)) {
            workers.run(
                    100,
                    () -> {
                        workersMade.incrementAndGet();
                        return sum::addAndGet;
                    },
                    progress::add);
        }
        assertThat(sum).hasValue(4_950);
        assertThat(workersMade.get()).isBetween(1, 3);
        assertThat(progress).hasSize(100);
    }

    @Test
    void stopsBeforeTheNextTaskOnceCancelled() {
        AtomicInteger done = new AtomicInteger();
        try (Workers workers = new Workers(1, () -> done.get() == 5)) {
            assertThatThrownBy(() -> workers.run(100, () -> _ -> done.incrementAndGet()))
                    .isInstanceOf(CancellationException.class);
        }
        assertThat(done).hasValue(5);
    }

    @Test
    void handsOnWhatATaskThrows() {
        try (Workers workers = new Workers(2, () -> false)) {
            assertThatThrownBy(() -> workers.run(10, () -> task -> {
                        if (task == 3) {
                            throw new IllegalStateException("no");
                        }
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no");
        }
    }
}
