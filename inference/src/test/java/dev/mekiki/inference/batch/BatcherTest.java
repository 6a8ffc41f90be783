package dev.mekiki.inference.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.time.Deadline;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
@SuppressWarnings("FutureReturnValueIgnored") // Many items are there only to be company.
class BatcherTest {

    private static final BatchListener SILENT = new BatchListener() {
        @Override
        public void batchRan(int items, int size, long nanos) {}

        @Override
        public void batchSplit(int items, Throwable cause) {}
    };

    /** A device that does nothing until the test says so. */
    private static final class Puppet implements BatchDevice<Integer, String> {
        final BlockingQueue<List<Integer>> taken = new LinkedBlockingQueue<>();
        final BlockingQueue<Boolean> strings = new LinkedBlockingQueue<>();
        volatile boolean closed;

        @Override
        public List<String> run(List<Integer> items) throws InterruptedException {
            taken.add(items);
            strings.take();
            return items.stream().map(i -> "made of " + i).toList();
        }

        List<Integer> awaitBatch() throws InterruptedException {
            List<Integer> batch = taken.poll(30, TimeUnit.SECONDS);
            assertThat(batch).as("a batch within 30 s").isNotNull();
            return batch;
        }

        void finish() {
            strings.add(true);
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    /** Answers at once; fails on any batch that holds a negative number. */
    private static class Swift implements BatchDevice<Integer, String> {
        final List<List<Integer>> ran = Collections.synchronizedList(new ArrayList<>());

        @Override
        public List<String> run(List<Integer> items) throws Exception {
            ran.add(items);
            if (items.stream().anyMatch(i -> i < 0)) {
                throw new IllegalStateException("poisoned: " + items);
            }
            return items.stream().map(i -> "made of " + i).toList();
        }

        @Override
        public void close() {}
    }

    private static Batcher<Integer, String> batcher(
            List<? extends BatchDevice<Integer, String>> devices,
            int capacity,
            BatchListener listener,
            Integer... sizes) {
        return new Batcher<>(
                "test",
                BatchPolicy.fixed(new BatchSizes(List.of(sizes)), Duration.ZERO, capacity),
                devices,
                System::nanoTime,
                listener);
    }

    @Test
    void gathersWhileTheDeviceIsBusyAndPullsWhenItIsIdle() throws Exception {
        Puppet device = new Puppet();
        try (Batcher<Integer, String> batcher = batcher(List.of(device), 16, SILENT, 1, 2, 3, 4)) {
            CompletableFuture<Batched<String>> first = batcher.submit(0, Deadline.NONE);
            assertThat(device.awaitBatch()).containsExactly(0);
            List<CompletableFuture<Batched<String>>> rest = new ArrayList<>();
            for (int i = 1; i <= 6; i++) {
                rest.add(batcher.submit(i, Deadline.NONE));
            }
            assertThat(batcher.queueLength()).isEqualTo(6);
            assertThat(first).isNotDone();
            device.finish();
            assertThat(first.get().output()).isEqualTo("made of 0");
            assertThat(device.awaitBatch()).containsExactly(1, 2, 3, 4);
            device.finish();
            assertThat(device.awaitBatch()).containsExactly(5, 6);
            device.finish();
            for (int i = 1; i <= 6; i++) {
                assertThat(rest.get(i - 1).get().output()).isEqualTo("made of " + i);
            }
        }
    }

    @Test
    void severalDevicesPullFromOneQueue() throws Exception {
        Puppet left = new Puppet();
        Puppet right = new Puppet();
        try (Batcher<Integer, String> batcher = batcher(List.of(left, right), 16, SILENT, 1)) {
            CompletableFuture<Batched<String>> a = batcher.submit(1, Deadline.NONE);
            CompletableFuture<Batched<String>> b = batcher.submit(2, Deadline.NONE);
            List<Integer> both = new ArrayList<>(left.awaitBatch());
            both.addAll(right.awaitBatch());
            assertThat(both).containsExactlyInAnyOrder(1, 2);
            left.finish();
            right.finish();
            assertThat(a.get().output()).isEqualTo("made of 1");
            assertThat(b.get().output()).isEqualTo("made of 2");
        }
    }

    @Test
    void anIdleDeviceKeepsWatchOverItemsThatWaitForCompanions() throws Exception {
        Swift left = new Swift();
        Swift right = new Swift();
        BatchPolicy policy = BatchPolicy.fixed(new BatchSizes(List.of(1, 2, 4)), Duration.ofMillis(5), 16);
        try (Batcher<Integer, String> batcher =
                new Batcher<>("test", policy, List.of(left, right), System::nanoTime, SILENT)) {
            // Nothing but the end of the delay can start these: nobody else submits.
            for (int round = 0; round < 20; round++) {
                assertThat(batcher.submit(round, Deadline.NONE).get().output()).isEqualTo("made of " + round);
            }
        }
    }

    @Test
    void everyCallerGetsTheResultOfItsOwnItem() throws Exception {
        int callers = 16;
        int each = 500;
        Swift left = new Swift();
        Swift right = new Swift();
        try (Batcher<Integer, String> batcher = batcher(List.of(left, right), callers, SILENT, 1, 2, 4, 8);
                ExecutorService pool = Executors.newFixedThreadPool(callers)) {
            List<Future<Integer>> answers = new ArrayList<>();
            for (int c = 0; c < callers; c++) {
                int caller = c;
                answers.add(pool.submit(() -> {
                    int own = 0;
                    for (int i = 0; i < each; i++) {
                        int item = caller * each + i;
                        String output =
                                batcher.submit(item, Deadline.NONE).get().output();
                        own += output.equals("made of " + item) ? 1 : 0;
                    }
                    return own;
                }));
            }
            for (Future<Integer> own : answers) {
                assertThat(own.get()).isEqualTo(each);
            }
        }
        assertThat(left.ran.stream().mapToInt(List::size).sum()
                        + right.ran.stream().mapToInt(List::size).sum())
                .isEqualTo(callers * each);
    }

    @Test
    void aPoisonedItemFailsAlone() throws Exception {
        Puppet gate = new Puppet();
        CountDownLatch split = new CountDownLatch(1);
        Swift swift = new Swift();
        BatchDevice<Integer, String> device = new BatchDevice<>() {
            @Override
            public List<String> run(List<Integer> items) throws Exception {
                return items.contains(0) ? gate.run(items) : swift.run(items);
            }

            @Override
            public void close() {}
        };
        BatchListener listener = new BatchListener() {
            @Override
            public void batchRan(int items, int size, long nanos) {}

            @Override
            public void batchSplit(int items, Throwable cause) {
                split.countDown();
            }
        };
        try (Batcher<Integer, String> batcher = batcher(List.of(device), 16, listener, 1, 2, 3, 4)) {
            batcher.submit(0, Deadline.NONE);
            gate.awaitBatch();
            CompletableFuture<Batched<String>> before = batcher.submit(1, Deadline.NONE);
            CompletableFuture<Batched<String>> poisoned = batcher.submit(-2, Deadline.NONE);
            CompletableFuture<Batched<String>> after = batcher.submit(3, Deadline.NONE);
            gate.finish();

            assertThat(before.get().output()).isEqualTo("made of 1");
            assertThat(after.get().output()).isEqualTo("made of 3");
            assertThatThrownBy(poisoned::join).hasRootCauseMessage("poisoned: [-2]");
            assertThat(split.getCount()).isZero();
            assertThat(batcher.submit(4, Deadline.NONE).get().output())
                    .as("the device's thread goes on")
                    .isEqualTo("made of 4");
        }
        assertThat(swift.ran).startsWith(List.of(1, -2, 3), List.of(1), List.of(-2, 3), List.of(-2), List.of(3));
    }

    /** Has memory for so many items; answers at once. */
    private static final class Cramped implements BatchDevice<Integer, String> {
        final List<Integer> tried = Collections.synchronizedList(new ArrayList<>());
        final Puppet gate = new Puppet();
        volatile int room;

        Cramped(int room) {
            this.room = room;
        }

        @Override
        public List<String> run(List<Integer> items) throws Exception {
            if (items.contains(0)) {
                return gate.run(items);
            }
            tried.add(items.size());
            if (items.size() > room) {
                throw new DeviceOutOfMemory(new IllegalStateException("no memory for " + items.size()));
            }
            return items.stream().map(i -> "made of " + i).toList();
        }

        @Override
        public void close() {}
    }

    /** Eight items that wait together, as long as the device is busy with another. */
    private static List<CompletableFuture<Batched<String>>> eightAtOnce(
            Batcher<Integer, String> batcher, Cramped device) throws InterruptedException {
        batcher.submit(0, Deadline.NONE);
        device.gate.awaitBatch();
        List<CompletableFuture<Batched<String>>> eight = new ArrayList<>();
        for (int i = 1; i <= 8; i++) {
            eight.add(batcher.submit(i, Deadline.NONE));
        }
        device.gate.finish();
        return eight;
    }

    @Test
    void runsSmallerBatchesForAWhileWhenTheDeviceHasNotTheMemory() throws Exception {
        AtomicLong now = new AtomicLong();
        Cramped device = new Cramped(2);
        BatchPolicy policy = BatchPolicy.fixed(new BatchSizes(List.of(1, 2, 4, 8)), Duration.ZERO, 16);
        try (Batcher<Integer, String> batcher = new Batcher<>("test", policy, List.of(device), now::get, SILENT)) {
            for (CompletableFuture<Batched<String>> item : eightAtOnce(batcher, device)) {
                assertThat(item.get().output()).startsWith("made of");
            }
            assertThat(device.tried).containsExactly(8, 4, 2, 2, 2, 2);

            device.tried.clear();
            for (CompletableFuture<Batched<String>> item : eightAtOnce(batcher, device)) {
                assertThat(item.get().items()).isEqualTo(2);
            }
            assertThat(device.tried)
                    .as("what does not fit is not tried at once")
                    .containsExactly(2, 2, 2, 2);

            device.tried.clear();
            device.room = 8;
            now.addAndGet(MemoryLimit.FIRST_PAUSE.toNanos());
            for (CompletableFuture<Batched<String>> item : eightAtOnce(batcher, device)) {
                assertThat(item.get().items()).isEqualTo(8);
            }
            assertThat(device.tried).as("nor is it given up for ever").containsExactly(8);
        }
    }

    @Test
    void saysThatAnItemDoesNotFitAloneAndGoesOn() throws Exception {
        Cramped device = new Cramped(0);
        try (Batcher<Integer, String> batcher = batcher(List.of(device), 16, SILENT, 1, 2, 4, 8)) {
            for (CompletableFuture<Batched<String>> item : eightAtOnce(batcher, device)) {
                assertThatThrownBy(item::join)
                        .cause()
                        .isInstanceOf(Unavailable.class)
                        .hasMessageContaining("memory")
                        .hasRootCauseMessage("no memory for 1");
            }

            device.room = 1;
            assertThat(batcher.submit(9, Deadline.NONE).get().output()).isEqualTo("made of 9");
        }
    }

    @Test
    void answersEverybodyEvenIfTheListenerFails() throws Exception {
        Puppet device = new Puppet();
        BatchListener broken = new BatchListener() {
            @Override
            public void batchRan(int items, int size, long nanos) {
                throw new NoClassDefFoundError("a/Metric");
            }

            @Override
            public void batchSplit(int items, Throwable cause) {}
        };
        try (Batcher<Integer, String> batcher = batcher(List.of(device), 16, broken, 1, 2)) {
            for (int round = 0; round < 2; round++) {
                CompletableFuture<Batched<String>> item = batcher.submit(round, Deadline.NONE);
                device.awaitBatch();
                device.finish();
                assertThatThrownBy(item::join).hasRootCauseInstanceOf(NoClassDefFoundError.class);
            }
        }
    }

    @Test
    void aDeviceThatGivesTooFewOutputsHarmsNobodySilently() {
        Swift device = new Swift() {
            @Override
            public List<String> run(List<Integer> items) {
                return List.of();
            }
        };
        try (Batcher<Integer, String> batcher = batcher(List.of(device), 4, SILENT, 1)) {
            assertThatThrownBy(batcher.submit(1, Deadline.NONE)::join)
                    .hasRootCauseMessage("device gave 0 outputs (expected: 1)");
        }
    }

    @Test
    void closingRunsWhatWasAdmittedAndRefusesTheRest() throws Exception {
        Puppet device = new Puppet();
        Batcher<Integer, String> batcher = batcher(List.of(device), 16, SILENT, 1, 2);
        CompletableFuture<Batched<String>> running = batcher.submit(1, Deadline.NONE);
        device.awaitBatch();
        CompletableFuture<Batched<String>> waiting = batcher.submit(2, Deadline.NONE);
        Thread closing = Thread.ofPlatform().start(batcher::close);
        // Closing waits for the device, which waits for this test: it cannot end before the strings are pulled.
        for (int i = 0; i < 20; i++) {
            device.finish();
        }
        closing.join();
        assertThat(running.get().output()).isEqualTo("made of 1");
        assertThat(waiting.get().output()).isEqualTo("made of 2");
        assertThat(device.closed).isTrue();
        assertThatThrownBy(batcher.submit(4, Deadline.NONE)::join).hasCauseInstanceOf(Unavailable.class);
    }

    @Test
    void tellsItsListenerHowFullBatchesWere() throws Exception {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        Puppet device = new Puppet();
        BatchListener listener = new BatchListener() {
            @Override
            public void batchRan(int items, int size, long nanos) {
                heard.add(items + " of " + size);
            }

            @Override
            public void batchSplit(int items, Throwable cause) {}
        };
        try (Batcher<Integer, String> batcher = batcher(List.of(device), 16, listener, 1, 4)) {
            batcher.submit(0, Deadline.NONE);
            device.awaitBatch();
            for (int i = 1; i <= 3; i++) {
                batcher.submit(i, Deadline.NONE);
            }
            device.finish();
            device.finish();
        }
        assertThat(heard).containsExactly("1 of 1", "3 of 4");
    }
}
