package dev.mekiki.inference.batch;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.core.failure.DeadlineExpired;
import dev.mekiki.core.failure.Overloaded;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@SuppressWarnings("FutureReturnValueIgnored") // Many items are there only to be company.
class BatchQueueTest {

    private static final long MILLI = 1_000_000;

    /** Starts near the overflow, where a comparison without subtraction would go wrong. */
    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 3 * MILLI);

    private BatchQueue<String, String> queue(int maxDelayMillis, int capacity, Integer... sizes) {
        BatchPolicy policy =
                BatchPolicy.fixed(new BatchSizes(List.of(sizes)), Duration.ofMillis(maxDelayMillis), capacity);
        return new BatchQueue<>(policy, clock::get, () -> MILLI, new MemoryLimit(policy.sizes()));
    }

    private void pass(long millis) {
        clock.addAndGet(millis * MILLI);
    }

    private static CompletableFuture<Batched<String>> submit(BatchQueue<String, String> queue, String item) {
        return queue.submit(item, Deadline.NONE);
    }

    private static @Nullable List<String> polled(BatchQueue<String, String> queue) {
        BatchQueue<String, String>.Batch batch = queue.poll();
        return batch == null ? null : batch.items();
    }

    @Test
    void greedyQueueGivesWhatThereIsInOrder() {
        BatchQueue<String, String> queue = queue(0, 8, 1, 2, 3, 4);
        assertThat(polled(queue)).isNull();
        for (String item : List.of("a", "b", "c", "d", "e", "f")) {
            submit(queue, item);
        }
        assertThat(polled(queue)).containsExactly("a", "b", "c", "d");
        assertThat(polled(queue)).containsExactly("e", "f");
        assertThat(polled(queue)).isNull();
    }

    @Test
    void closesBatchWhenOldestReachesMaxDelay() {
        BatchQueue<String, String> queue = queue(5, 8, 1, 2, 4);
        submit(queue, "a");
        pass(4);
        submit(queue, "b");
        assertThat(polled(queue)).as("oldest has waited 4 of 5 ms").isNull();
        pass(1);
        assertThat(polled(queue)).as("oldest has waited 5 ms, youngest 1").containsExactly("a", "b");
    }

    @Test
    void delayCountsFromTheOldestEvenIfItWaitedForABusyDevice() {
        BatchQueue<String, String> queue = queue(5, 8, 1, 2);
        submit(queue, "a");
        submit(queue, "b");
        submit(queue, "c");
        pass(20);
        assertThat(polled(queue)).containsExactly("a", "b");
        assertThat(polled(queue)).as("c has waited 20 ms already").containsExactly("c");
    }

    @Test
    void closesBatchAtOnceWhenItIsFull() {
        BatchQueue<String, String> queue = queue(1000, 8, 1, 2);
        submit(queue, "a");
        assertThat(polled(queue)).isNull();
        submit(queue, "b");
        assertThat(polled(queue)).containsExactly("a", "b");
    }

    @Test
    void dropsExpiredItemsBeforeTheyReachADevice() {
        BatchQueue<String, String> queue = queue(0, 8, 1, 2, 3, 4);
        CompletableFuture<Batched<String>> late =
                queue.submit("late", Deadline.after(Duration.ofMillis(10), clock.get()));
        CompletableFuture<Batched<String>> patient =
                queue.submit("patient", Deadline.after(Duration.ofMillis(11), clock.get()));
        pass(10);
        assertThat(polled(queue)).containsExactly("patient");
        assertThatThrownBy(late::join).hasCauseInstanceOf(DeadlineExpired.class);
        assertThat(patient).isNotDone();
    }

    @Test
    void expiredItemsDoNotCountTowardsAFullBatch() {
        BatchQueue<String, String> queue = queue(50, 8, 1, 2);
        queue.submit("late", Deadline.after(Duration.ofMillis(1), clock.get()));
        submit(queue, "a");
        pass(2);
        assertThat(polled(queue)).as("one live item is not a full batch").isNull();
        assertThat(queue.length()).isEqualTo(1);
    }

    @Test
    void dropsCancelledItemsAndFreesTheirPlaces() {
        BatchQueue<String, String> queue = queue(0, 2, 1, 2);
        CompletableFuture<Batched<String>> a = submit(queue, "a");
        submit(queue, "b");
        assertThat(a.cancel(false)).isTrue();
        submit(queue, "c");
        assertThat(polled(queue)).containsExactly("b", "c");
        assertThat(a).isCancelled();
    }

    @Test
    void cancellingWhatADeviceHasDoesNothing() {
        BatchQueue<String, String> queue = queue(0, 2, 1, 2);
        CompletableFuture<Batched<String>> a = submit(queue, "a");
        BatchQueue<String, String>.Batch batch = requireNonNull(queue.poll());

        assertThat(a.cancel(true)).isFalse();
        assertThat(a).isNotDone();
        pass(3);
        batch.complete(0, "A", Duration.ofMillis(3), 1);

        assertThat(a.join().output()).isEqualTo("A");
    }

    @Test
    void measuresTheTimeInTheQueue() {
        BatchQueue<String, String> queue = queue(0, 2, 1, 2);
        CompletableFuture<Batched<String>> a = submit(queue, "a");
        pass(7);
        BatchQueue<String, String>.Batch batch = requireNonNull(queue.poll());
        pass(2);
        batch.complete(0, "A", Duration.ofMillis(2), 1);

        assertThat(a.join()).isEqualTo(new Batched<>("A", Duration.ofMillis(7), Duration.ofMillis(2), 1));
    }

    @Test
    void refusesWhatIsBeyondCapacityWithTheTimeItTakesToDrain() {
        BatchQueue<String, String> queue = queue(0, 3, 1, 2);
        submit(queue, "a");
        submit(queue, "b");
        submit(queue, "c");

        assertThatThrownBy(submit(queue, "d")::join)
                .cause()
                .isInstanceOfSatisfying(
                        Overloaded.class,
                        e -> assertThat(e.retryAfter())
                                .as("three items of a millisecond each")
                                .isEqualTo(Duration.ofMillis(3)));
        assertThat(polled(queue)).containsExactly("a", "b");
        assertThat(submit(queue, "e")).isNotDone();
    }

    @Test
    void expiredItemsMakeRoomForNewOnes() {
        BatchQueue<String, String> queue = queue(0, 2, 1, 2);
        CompletableFuture<Batched<String>> late =
                queue.submit("late", Deadline.after(Duration.ofMillis(1), clock.get()));
        submit(queue, "a");
        pass(1);

        assertThat(submit(queue, "b")).isNotDone();

        assertThat(late).isCompletedExceptionally();
        assertThat(polled(queue)).containsExactly("a", "b");
    }

    @Test
    void closedQueueRefusesNewItemsAndGivesOutTheRestAtOnce() throws InterruptedException {
        BatchQueue<String, String> queue = queue(1000, 8, 1, 2);
        CompletableFuture<Batched<String>> a = submit(queue, "a");
        queue.close();

        assertThatThrownBy(submit(queue, "b")::join).hasCauseInstanceOf(Unavailable.class);
        assertThat(a).isNotDone();
        BatchQueue<String, String>.Batch batch = requireNonNull(queue.take());
        assertThat(batch.items()).containsExactly("a");
        assertThat(queue.take()).isNull();
    }

    @Test
    void admitsExactlyItsCapacityHoweverManyKnockAtOnce() throws Exception {
        for (int round = 0; round < 20; round++) {
            BatchQueue<String, String> queue = queue(0, 37, 1, 4);
            int threads = 8;
            CountDownLatch start = new CountDownLatch(1);
            List<Future<List<CompletableFuture<Batched<String>>>>> submitted = new ArrayList<>();
            try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
                for (int t = 0; t < threads; t++) {
                    submitted.add(pool.submit(() -> {
                        start.await();
                        return IntStream.range(0, 25)
                                .mapToObj(i -> submit(queue, "x"))
                                .toList();
                    }));
                }
                start.countDown();
                long admitted = 0;
                for (Future<List<CompletableFuture<Batched<String>>>> futures : submitted) {
                    admitted += futures.get().stream()
                            .filter(f -> !f.isCompletedExceptionally())
                            .count();
                }
                assertThat(admitted).isEqualTo(37);
                assertThat(queue.length()).isEqualTo(37);
            }
        }
    }

    @Test
    void cancellingRacesWithTakingWithoutLosingOrDoublingAnItem() throws Exception {
        BatchQueue<String, String> queue = queue(0, 2000, 1, 2, 4);
        List<CompletableFuture<Batched<String>>> futures =
                IntStream.range(0, 2000).mapToObj(i -> submit(queue, "i" + i)).toList();
        try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
            Future<Integer> cancelled = pool.submit(
                    () -> (int) futures.stream().filter(f -> f.cancel(false)).count());
            Future<Integer> taken = pool.submit(() -> {
                int n = 0;
                for (BatchQueue<String, String>.Batch b = queue.poll(); b != null; b = queue.poll()) {
                    for (int i = 0; i < b.size(); i++) {
                        b.complete(i, b.items().get(i), Duration.ZERO, b.size());
                        n++;
                    }
                }
                return n;
            });
            assertThat(cancelled.get() + taken.get()).isEqualTo(2000);
        }
        assertThat(futures).allMatch(CompletableFuture::isDone);
    }
}
