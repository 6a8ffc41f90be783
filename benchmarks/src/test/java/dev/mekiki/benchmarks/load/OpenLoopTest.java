package dev.mekiki.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class OpenLoopTest {

    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

    private final VirtualTime time = new VirtualTime();

    @Test
    void sendsAsManyAsTheRateSaysHoweverSlowTheAnswersAre() {
        Caller slow = ended -> time.later(300 * MILLI, () -> ended.accept(new Outcome.Answered()));

        OpenLoop.Offered offered = new OpenLoop(slow, time, 1000).offer(500, Duration.ofSeconds(20), 1);
        time.runOut();
        OpenLoop.Spell spell = offered.await();

        // Ten thousand arrivals of a Poisson process: five deviations are five hundred.
        assertThat(spell.load().offered()).isCloseTo(10_000, within(500L));
        assertThat(spell.load().answered()).isEqualTo(spell.load().offered());
        assertThat(spell.load().elapsed()).isEqualTo(Duration.ofSeconds(20));
        assertThat(spell.load().percentile(50)).isCloseTo(300, within(1.0));
        assertThat(spell.unsent()).isZero();
    }

    @Test
    void countsAPauseForEveryRequestThatWasDueInIt() {
        // All is answered within a millisecond, but once everything stands still for a second.
        List<Integer> asked = new ArrayList<>();
        Caller pausing = ended -> {
            asked.add(1);
            time.standStill(asked.size() == 2000 ? 1000 * MILLI : MILLI / 10);
            ended.accept(new Outcome.Answered());
        };

        OpenLoop.Spell spell = new OpenLoop(pausing, time, 10).run(1000, Duration.ofSeconds(10), 7);

        // A tenth of the requests fell into the pause, so the 95th percentile is half of it. A closed loop, or
        // counting from when a request was sent, would show one slow request of ten thousand.
        assertThat(spell.load().percentile(95)).isCloseTo(500, within(100.0));
        assertThat(spell.load().percentile(99.9)).isGreaterThan(900);
        assertThat(spell.load().percentile(50)).isLessThan(2);
        assertThat(spell.lag().getMaxValue() / 1e6).isCloseTo(1000, within(20.0));
    }

    @Test
    void countsWhatItCouldNotSend() {
        List<Consumer<Outcome>> open = new ArrayList<>();

        OpenLoop.Offered offered = new OpenLoop(open::add, time, 3).offer(100, Duration.ofSeconds(1), 1);
        assertThat(open).hasSize(3);
        open.forEach(ended -> ended.accept(new Outcome.Refused(Duration.ZERO)));
        OpenLoop.Spell spell = offered.await();

        assertThat(spell.load().refused()).isEqualTo(3);
        assertThat(spell.unsent()).isEqualTo(spell.load().offered() - 3).isPositive();
    }

    @Test
    void endsWithTheReasonIfACallFails() {
        Caller broken = ended -> ended.accept(new Outcome.Failed("connection lost"));

        assertThatThrownBy(() -> new OpenLoop(broken, time, 3).run(100, Duration.ofHours(1), 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("connection lost");
        assertThat(time.nanoTime())
                .isLessThan(new VirtualTime().nanoTime() + Duration.ofHours(2).toNanos());
    }

    @Test
    void arrivesAtTheSameTimesForTheSameSeed() {
        Arrivals one = new Arrivals(10, 5);
        Arrivals same = new Arrivals(10, 5);
        Arrivals other = new Arrivals(10, 6);
        long before = 0;
        boolean differs = false;
        for (int i = 0; i < 100; i++) {
            long at = one.next();
            assertThat(at).isGreaterThanOrEqualTo(before).isEqualTo(same.next());
            differs |= at != other.next();
            before = at;
        }
        assertThat(differs).isTrue();
        assertThatThrownBy(() -> new Arrivals(0, 1)).hasMessageContaining("rate: 0.0");
    }
}
