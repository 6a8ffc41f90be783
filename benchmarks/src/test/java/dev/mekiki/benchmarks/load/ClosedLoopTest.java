package dev.mekiki.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final VirtualTime time = new VirtualTime();

    @Test
    void keepsTheGivenNumberOfCallsInFlight() {
        Deque<Consumer<Outcome>> open = new ArrayDeque<>();
        int[] most = {0};
        Caller caller = ended -> {
            open.add(ended);
            most[0] = Math.max(most[0], open.size());
        };
        ClosedLoop.Running running = new ClosedLoop(caller, time).start(3, Duration.ofMillis(90));
        while (!open.isEmpty()) {
            time.standStill(10 * MILLI);
            open.remove().accept(new Outcome.Answered());
        }
        Load load = running.await();

        assertThat(most[0]).isEqualTo(3);
        // One ends each ten milliseconds; the two that are left at the end count as well.
        assertThat(load.answered()).isEqualTo(11);
        assertThat(load.elapsed()).isEqualTo(Duration.ofMillis(110));
        assertThat(load.rate()).isCloseTo(100, within(0.01));
        assertThat(load.percentile(100)).isCloseTo(30, within(0.1));
    }

    @Test
    void aLaneThatIsRefusedAsksAgainWhenItWasToldTo() {
        Deque<Long> asked = new ArrayDeque<>();
        Caller refusing = ended -> {
            asked.add(time.nanoTime());
            ended.accept(new Outcome.Refused(Duration.ofMillis(40)));
        };
        Load load = run(new ClosedLoop(refusing, time), Duration.ofMillis(100));

        assertThat(asked).hasSize(3);
        long first = asked.remove();
        assertThat(asked.remove() - first).isEqualTo(40 * MILLI);
        assertThat(load.refused()).isEqualTo(3);
        assertThat(load.refusals().getTotalCount()).isEqualTo(3);
        assertThat(load.answered()).isZero();
    }

    @Test
    void endsWithTheReasonIfACallFails() {
        Caller broken = ended -> ended.accept(new Outcome.Failed("INTERNAL"));

        assertThatThrownBy(() -> new ClosedLoop(broken, time).run(2, Duration.ofHours(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("INTERNAL");
    }

    @Test
    void correctsForRequestsThatWereNotSentDuringAPause() {
        int[] count = {0};
        Caller pausing = ended -> {
            count[0]++;
            time.later(count[0] == 500 ? 1000 * MILLI : MILLI, () -> ended.accept(new Outcome.Answered()));
        };
        Load load = run(new ClosedLoop(pausing, time), Duration.ofSeconds(2));

        assertThat(load.percentile(99)).isLessThan(2);
        // Half of the time was a pause, so half of those who would have come waited for its end, half of it on average.
        assertThat(load.corrected().getValueAtPercentile(75) / 1e6).isCloseTo(500, within(50.0));
    }

    @Test
    void addsUpWhatTwoSpellsSaw() {
        Load fast = run(answeringAfter(10), Duration.ofMillis(100));
        Load slow = run(answeringAfter(50), Duration.ofMillis(100));

        Load both = fast.plus(slow);

        assertThat(both.answered()).isEqualTo(12);
        assertThat(both.offered()).isEqualTo(12);
        assertThat(both.elapsed()).isEqualTo(Duration.ofMillis(200));
        assertThat(both.latencies().getTotalCount()).isEqualTo(12);
        assertThat(both.percentile(50)).isCloseTo(10, within(0.1));
        assertThat(both.percentile(99)).isCloseTo(50, within(0.1));
        assertThat(fast.answered()).as("not changed by the addition").isEqualTo(10);
    }

    private ClosedLoop answeringAfter(long millis) {
        return new ClosedLoop(ended -> time.later(millis * MILLI, () -> ended.accept(new Outcome.Answered())), time);
    }

    private Load run(ClosedLoop loop, Duration duration) {
        ClosedLoop.Running running = loop.start(1, duration);
        time.runOut();
        return running.await();
    }
}
