package dev.mekiki.gallery.milvus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.core.failure.Unavailable;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HealthTest {

    private final BlockingQueue<Boolean> told = new LinkedBlockingQueue<>();

    private volatile boolean answers = true;

    private void ping() {
        if (!answers) {
            throw new IllegalStateException("silence");
        }
    }

    @Test
    void tellsOnceThatMilvusIsAwayAndOnceThatItIsBack() throws InterruptedException {
        AtomicInteger askedInVain = new AtomicInteger();
        CountDownLatch vain = new CountDownLatch(3);
        Runnable ping = () -> {
            if (!answers) {
                vain.countDown();
            }
            ping();
        };
        try (Health health = new Health(told::add, ping)) {
            health.start(() -> askedInVain.incrementAndGet() == 2);
            answers = false;
            health.nudge();
            assertThat(told.take()).isFalse();
            assertThat(health.available()).isFalse();
            assertThatThrownBy(health::requireAvailable)
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("silence");
            vain.await();
            answers = true;
            health.nudge();

            assertThat(told.take()).isTrue();
            assertThat(askedInVain).hasValue(2);
            assertThat(health.available()).isTrue();
            assertThatCode(health::requireAvailable).doesNotThrowAnyException();
            assertThat(told).isEmpty();
        }
    }

    @Test
    void failsAtOnceWhenACallerMeetsWithABrokenConnection() throws InterruptedException {
        answers = false;
        try (Health health = new Health(told::add, this::ping)) {
            health.lost(new IllegalStateException("connection reset"));

            assertThatThrownBy(health::requireAvailable)
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("connection reset");
            health.start(() -> true);
            assertThat(told.take()).isFalse();
        }
    }

    @Test
    void outlivesAListenerThatThrows() throws InterruptedException {
        try (Health health = new Health(
                available -> {
                    told.add(available);
                    throw new IllegalStateException("a listener's own trouble");
                },
                this::ping)) {
            health.start(() -> true);
            answers = false;
            health.nudge();
            assertThat(told.take()).isFalse();
            answers = true;
            health.nudge();

            assertThat(told.take()).isTrue();
        }
    }

    @Test
    void tellsNobodyThatMilvusIsAwayBecauseItIsClosedItself() throws InterruptedException {
        BlockingQueue<Thread> asking = new LinkedBlockingQueue<>();
        CountDownLatch closed = new CountDownLatch(1);
        Health health = new Health(told::add, () -> {
            asking.add(Thread.currentThread());
            try {
                closed.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted while waiting for Milvus", e);
            }
            throw new IllegalStateException("the channel was shut down");
        });
        health.start(() -> true);
        Thread watcher = asking.take();

        health.close();
        closed.countDown();
        watcher.join();

        assertThat(told).isEmpty();
        assertThat(health.available()).isTrue();
    }

    @Test
    void canBeClosedByWhomItTells() throws InterruptedException {
        BlockingQueue<List<Boolean>> closed = new LinkedBlockingQueue<>();
        Health[] health = new Health[1];
        health[0] = new Health(
                available -> {
                    health[0].close();
                    closed.add(List.of(available));
                },
                this::ping);
        answers = false;
        health[0].start(() -> true);
        health[0].nudge();

        assertThat(closed.take()).containsExactly(false);
    }
}
