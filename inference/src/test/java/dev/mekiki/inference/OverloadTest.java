package dev.mekiki.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.inference.Forecaster.Forecast;
import dev.mekiki.inference.batch.BatchCosts;
import dev.mekiki.inference.batch.BatchPolicy;
import dev.mekiki.inference.batch.BatchSizes;
import dev.mekiki.inference.batch.VirtualBatcher;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntToLongFunction;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What admission, fair queue and batches do together under load: the real ones, with decoding threads and devices that
 * only take their time, in virtual time. Every run is the same.
 */
class OverloadTest {

    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1000 * MILLI;
    private static final Duration BUDGET = Duration.ofMillis(100);
    private static final Tenant A = new Tenant("a", false);
    private static final Tenant B = new Tenant("b", false);
    private static final Predicate<Image> ALL = _ -> true;

    /** A machine: what is slow on it, and which batches are worth while. */
    private enum Machine {
        /** Decoding takes most of the time, small batches are best. */
        SLOW_DECODING(2, 2, List.of(1, 2, 3, 4), n -> 200_000 + 250_000L * n, 1.5),
        /** A compute-bound model on a CPU. */
        SLOW_MODEL(2, 2, List.of(1, 2, 3, 4), n -> 500_000 + 2_500_000L * n, 0.5),
        /** Many decoding threads feed a device that gains much from large batches. */
        GPU(4, 1, List.of(1, 2, 4, 8, 16, 32), n -> 10_000_000 + 100_000L * n, 1.0);

        final int threads;
        final int devices;
        final List<Integer> sizes;
        final IntToLongFunction runNanos;
        final double decodeMillis;

        Machine(int threads, int devices, List<Integer> sizes, IntToLongFunction runNanos, double decodeMillis) {
            this.threads = threads;
            this.devices = devices;
            this.sizes = sizes;
            this.runNanos = runNanos;
            this.decodeMillis = decodeMillis;
        }
    }

    private static final class Image {
        final Tenant tenant;
        final long arrived;
        final int bytes;
        final Forecast forecast;
        boolean refusedAtOnce;
        boolean refusedLater;
        long answered = -1;
        Runnable afterwards = () -> {};

        Image(Tenant tenant, long arrived, int bytes, Forecast forecast) {
            this.tenant = tenant;
            this.arrived = arrived;
            this.bytes = bytes;
            this.forecast = forecast;
        }

        long took() {
            return answered - arrived;
        }
    }

    private record Event(long at, long number, Runnable then) {}

    private static final class Simulation {
        final Machine machine;
        final Random random = new Random(7);
        final PriorityQueue<Event> events =
                new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
        final List<Image> images = new ArrayList<>();
        final FairQueue<Image> waiting = new FairQueue<>();
        final BatchCosts costs;
        final Forecaster forecaster;
        final VirtualBatcher<Image> batcher;
        final Deque<Long> submitted = new ArrayDeque<>();
        double slowness = 1;
        int idleThreads;
        int idleDevices;
        int slots;
        long now = 5 * SECOND;
        long eventsMade;

        Simulation(Machine machine, Duration budget) {
            this.machine = machine;
            BatchSizes sizes = new BatchSizes(machine.sizes);
            costs = new BatchCosts(sizes);
            machine.sizes.forEach(size -> costs.ran(size, machine.runNanos.applyAsLong(size)));
            idleThreads = machine.threads;
            idleDevices = machine.devices;
            slots = 3 * sizes.largest() * machine.devices + machine.threads;
            forecaster = new Forecaster(waiting, this::ready, machine.threads, machine.devices, costs, budget);
            batcher = new VirtualBatcher<>(
                    budget.isZero()
                            ? BatchPolicy.fixed(sizes, Duration.ZERO, slots)
                            : BatchPolicy.measured(costs, LatencyBudget.longestRun(budget), forecaster::spacing, slots),
                    () -> now);
        }

        private int ready() {
            return batcher.length();
        }

        void at(long time, Runnable then) {
            events.add(new Event(time, eventsMade++, then));
        }

        /** Poisson arrivals of one tenant. */
        void openLoop(Tenant tenant, double perSecond, long from, long until) {
            double time = from;
            while (true) {
                time += -Math.log(1 - random.nextDouble()) / perSecond * SECOND;
                if (time >= until) {
                    return;
                }
                at((long) time, () -> arrive(tenant));
            }
        }

        void arrive(Tenant tenant) {
            arrive(tenant, _ -> {});
        }

        /** @param afterwards runs when the image is answered or refused */
        void arrive(Tenant tenant, Consumer<Image> afterwards) {
            int bytes = (int) (20_000 * (1 + 2 * random.nextDouble()));
            Image image = new Image(tenant, now, bytes, forecaster.forecast(tenant, bytes));
            images.add(image);
            image.afterwards = () -> afterwards.accept(image);
            if (forecaster.refusal(image.forecast, Deadline.NONE, now) != null) {
                image.refusedAtOnce = true;
                image.afterwards.run();
            } else {
                waiting.add(tenant, image, image.forecast.decodeNanos());
                decode();
            }
        }

        private void decode() {
            while (idleThreads > 0 && slots > 0) {
                Image image = waiting.poll();
                if (image == null) {
                    return;
                }
                if (forecaster.refusalAfter(image.forecast, now - image.arrived) != null) {
                    image.refusedLater = true;
                    image.afterwards.run();
                    continue;
                }
                idleThreads--;
                slots--;
                // By size, with a tail as real files and real machines have it.
                double tail = Math.exp(0.4 * random.nextGaussian() - 0.08);
                long nanos = (long) (machine.decodeMillis * MILLI * image.bytes / 40_000 * tail * slowness);
                at(now + nanos, () -> {
                    forecaster.decoded(image.bytes, nanos);
                    idleThreads++;
                    submitted.add(now);
                    batcher.submit(image);
                    decode();
                    run();
                });
            }
        }

        private void run() {
            while (idleDevices > 0) {
                List<Image> batch = batcher.poll();
                if (batch.isEmpty()) {
                    if (batcher.length() > 0) {
                        long patience = batcher.patience(now - submitted.getFirst());
                        at(now + Math.max(patience, 1000), this::run);
                    }
                    return;
                }
                batch.forEach(_ -> submitted.remove());
                idleDevices--;
                int size = costs.sizes().holding(batch.size());
                long nanos =
                        (long) (machine.runNanos.applyAsLong(size) * (0.95 + 0.1 * random.nextDouble()) * slowness);
                at(now + nanos, () -> {
                    costs.ran(size, nanos);
                    idleDevices++;
                    for (Image image : batch) {
                        slots++;
                        image.answered = now;
                        forecaster.answered(image.forecast, image.took());
                        image.afterwards.run();
                    }
                    decode();
                    run();
                });
            }
        }

        void runUntil(long end) {
            while (!events.isEmpty() && events.peek().at() <= end) {
                Event event = events.remove();
                now = event.at();
                event.then().run();
            }
            now = end;
        }

        List<Image> arrivedIn(long from, long until, Predicate<Image> which) {
            return images.stream()
                    .filter(image -> image.arrived >= from && image.arrived < until)
                    .filter(which)
                    .toList();
        }

        double answeredPerSecond(long from, long until, Predicate<Image> which) {
            long answered = images.stream()
                    .filter(image -> image.answered >= from && image.answered < until)
                    .filter(which)
                    .count();
            return (double) answered * SECOND / (until - from);
        }
    }

    private static double percentileMillis(List<Image> images, double percentile) {
        long[] took = images.stream()
                .filter(image -> image.answered >= 0)
                .mapToLong(Image::took)
                .sorted()
                .toArray();
        assertThat(took).isNotEmpty();
        return (double) took[(int) Math.ceil(percentile * took.length) - 1] / MILLI;
    }

    private static long refused(List<Image> images) {
        return images.stream()
                .filter(image -> image.refusedAtOnce || image.refusedLater)
                .count();
    }

    /** What the machine does at most: callers who always have enough waiting, nobody refused. */
    private static double maximum(Machine machine) {
        Simulation simulation = new Simulation(machine, Duration.ZERO);
        long start = simulation.now;
        simulation.openLoop(A, 6000, start, start + 5 * SECOND);
        simulation.runUntil(start + 5 * SECOND);
        return simulation.answeredPerSecond(start + SECOND, start + 5 * SECOND, ALL);
    }

    @ParameterizedTest
    @EnumSource
    void atTwiceTheSustainableRateGoodputStaysAtItsMaximumAndAnswersStayWithinTheBudget(Machine machine) {
        double maximum = maximum(machine);
        Simulation simulation = new Simulation(machine, BUDGET);
        long begin = simulation.now;
        long start = begin + SECOND;
        long end = start + 20 * SECOND;
        simulation.openLoop(A, maximum / 2, begin, start);
        simulation.openLoop(A, 2 * maximum, start, end);
        simulation.openLoop(A, maximum / 2, end, end + 10 * SECOND);
        simulation.runUntil(end + 11 * SECOND);

        assertThat(simulation.answeredPerSecond(start + SECOND, end, ALL))
                .as("images per second of %.0f", maximum)
                .isGreaterThan(0.95 * maximum);
        List<Image> overload = simulation.arrivedIn(start, end, ALL);
        assertThat(percentileMillis(overload, 0.99)).isLessThanOrEqualTo(BUDGET.toMillis());
        long later = overload.stream().filter(image -> image.refusedLater).count();
        assertThat((double) later / overload.size())
                .as("refused only after they had waited")
                .isLessThan(0.01);
        List<Image> afterwards = simulation.arrivedIn(end + SECOND, end + 10 * SECOND, ALL);
        assertThat(refused(afterwards)).isZero();
        assertThat(percentileMillis(afterwards, 0.5)).isLessThan(BUDGET.toMillis() / 4.0);
    }

    @ParameterizedTest
    @EnumSource
    void refusesNobodyWhoCallsInAClosedLoopThatTheBudgetHasRoomFor(Machine machine) {
        double maximum = maximum(machine);
        int inFlight = (int) (0.5 * maximum * BUDGET.toMillis() / 1000);
        Simulation simulation = new Simulation(machine, BUDGET);
        long start = simulation.now;
        closedLoop(simulation, A, inFlight, start + 20 * SECOND);
        simulation.runUntil(start + 20 * SECOND);

        assertThat(refused(simulation.images)).isZero();
        assertThat(simulation.answeredPerSecond(start + SECOND, start + 20 * SECOND, ALL))
                .isGreaterThan(0.95 * maximum);
    }

    /** Each caller asks again a little after it was answered, or half a budget after it was refused. */
    private static void closedLoop(Simulation simulation, Tenant tenant, int callers, long until) {
        for (int i = 0; i < callers; i++) {
            simulation.at(simulation.now + i, () -> ask(simulation, tenant, until));
        }
    }

    private static void ask(Simulation simulation, Tenant tenant, long until) {
        if (simulation.now < until) {
            simulation.arrive(tenant, image -> {
                long pause = image.answered >= 0 ? MILLI / 10 : BUDGET.toNanos() / 2;
                simulation.at(simulation.now + pause, () -> ask(simulation, tenant, until));
            });
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTenantWithTwoInFlightIsNotPushedOutByOneWithFiveHundred(Machine machine) {
        double maximum = maximum(machine);
        Simulation simulation = new Simulation(machine, BUDGET);
        long start = simulation.now;
        long end = start + 20 * SECOND;
        closedLoop(simulation, A, 500, end);
        closedLoop(simulation, B, 2, end);
        simulation.runUntil(end);

        List<Image> light = simulation.arrivedIn(start + 2 * SECOND, end, image -> image.tenant.equals(B));
        assertThat(refused(light)).isZero();
        assertThat(percentileMillis(light, 0.99)).isLessThan(0.6 * BUDGET.toMillis());
        assertThat(simulation.answeredPerSecond(start + SECOND, end, ALL)).isGreaterThan(0.95 * maximum);
    }

    @Test
    void twoTenantsThatWantMoreThanThereIsGetHalfEach() {
        double maximum = maximum(Machine.SLOW_DECODING);
        Simulation simulation = new Simulation(Machine.SLOW_DECODING, BUDGET);
        long start = simulation.now;
        long end = start + 20 * SECOND;
        simulation.openLoop(A, 4 * maximum, start, end);
        simulation.openLoop(B, maximum, start, end);
        simulation.runUntil(end);

        double a = simulation.answeredPerSecond(start + SECOND, end, image -> image.tenant.equals(A));
        double b = simulation.answeredPerSecond(start + SECOND, end, image -> image.tenant.equals(B));
        assertThat(b / (a + b)).isBetween(0.43, 0.57);
    }

    @Test
    void theBackgroundNeitherStarvesNorPushesOutWhoWaitsForAnswers() {
        double maximum = maximum(Machine.SLOW_DECODING);
        Simulation simulation = new Simulation(Machine.SLOW_DECODING, BUDGET);
        long start = simulation.now;
        long end = start + 20 * SECOND;
        simulation.openLoop(A, 2 * maximum, start, end);
        closedLoop(simulation, B.inBackground(), 16, end);
        simulation.runUntil(end);

        double background = simulation.answeredPerSecond(start + SECOND, end, image -> image.tenant.background());
        double foreground = simulation.answeredPerSecond(start + SECOND, end, image -> !image.tenant.background());
        assertThat(simulation.images)
                .noneMatch(image -> image.tenant.background() && (image.refusedAtOnce || image.refusedLater));
        assertThat(background / (background + foreground)).isBetween(0.17, 0.23);
        assertThat(percentileMillis(simulation.arrivedIn(start, end, image -> !image.tenant.background()), 0.99))
                .isLessThanOrEqualTo(BUDGET.toMillis());
    }

    @Test
    void aMachineThatBecomesSlowerIsNotAskedForMoreThanItCanDoInTime() {
        Machine machine = Machine.SLOW_DECODING;
        double maximum = maximum(machine);
        Simulation simulation = new Simulation(machine, BUDGET);
        long start = simulation.now;
        long end = start + 30 * SECOND;
        simulation.openLoop(A, 2 * maximum, start, end);
        simulation.at(start + 10 * SECOND, () -> simulation.slowness = 3);
        simulation.runUntil(end);

        assertThat(percentileMillis(simulation.arrivedIn(start, end, ALL), 0.99))
                .isLessThanOrEqualTo(1.02 * BUDGET.toMillis());
        assertThat(simulation.answeredPerSecond(start + 12 * SECOND, end, ALL)).isGreaterThan(0.95 * maximum / 3);
    }

    @Test
    void aSingleRequestWaitsForNobody() {
        Simulation simulation = new Simulation(Machine.GPU, BUDGET);
        long start = simulation.now;
        for (int i = 0; i < 100; i++) {
            simulation.at(start + i * 50 * MILLI, () -> simulation.arrive(A));
        }
        simulation.runUntil(start + 6 * SECOND);

        assertThat(percentileMillis(simulation.images, 0.5)).isLessThan(12);
    }

    @Test
    void refusesWhatCannotBeAnsweredBeforeItsDeadline() {
        Simulation simulation = new Simulation(Machine.SLOW_DECODING, Duration.ZERO);
        long start = simulation.now;
        for (int i = 0; i < 100; i++) {
            simulation.at(start + i, () -> simulation.arrive(A));
        }
        simulation.runUntil(start + 100);
        Forecast forecast = simulation.forecaster.forecast(A, 40_000);

        assertThat(simulation.forecaster.refusal(
                        forecast, Deadline.after(Duration.ofMillis(1), simulation.now), simulation.now))
                .isNotNull();
        assertThat(simulation.forecaster.refusal(
                        forecast, Deadline.after(Duration.ofMillis(500), simulation.now), simulation.now))
                .isNull();
        assertThat(simulation.forecaster.refusal(
                        simulation.forecaster.forecast(B, 40_000),
                        Deadline.after(Duration.ofMillis(20), simulation.now),
                        simulation.now))
                .as("another tenant's turn comes sooner")
                .isNull();
    }
}
