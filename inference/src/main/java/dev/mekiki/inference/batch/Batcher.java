package dev.mekiki.inference.batch;

import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.time.Deadline;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Gathers items into batches and runs them on devices, each of which is owned by one thread. A device that is idle
 * pulls; while all are busy, items gather. Thread-safe.
 *
 * <p>What holds:
 *
 * <ul>
 *   <li><b>Admission</b> is atomic: at most {@code capacity} items wait, whatever the number of callers; the next one
 *       fails at once with {@link dev.mekiki.core.failure.Overloaded}, whose hint is the time the full queue takes at
 *       the speed last measured.
 *   <li><b>When a batch starts</b>: as soon as a device is idle and the policy's {@link BatchRule} says so. A delay
 *       counts from the oldest item's submission, busy time included.
 *   <li><b>What never reaches a device</b>: items whose deadline has passed
 *       ({@link dev.mekiki.core.failure.DeadlineExpired}) and items that were cancelled.
 *   <li><b>Who owns an item</b>: the batcher, from submission until its future is completed; only then may the caller
 *       reuse what the item points to. Cancelling takes it back if it still waits; once a device has it, cancelling
 *       does nothing and the future completes when the device is done.
 *   <li><b>After a failure</b>: if a device fails on several items, the first half of them is run once more, and then
 *       the other, and so on, so that one bad item does not spoil its companions; an item that fails alone fails with
 *       the device's exception. A failed batch touches no other batch, and the device's thread goes on.
 *   <li><b>Short of memory</b>: after a {@link DeviceOutOfMemory} no device is given as many items as that, for ten
 *       seconds at first and up to ten minutes if it was in vain. An item that does not fit alone fails with
 *       {@link Unavailable}.
 *   <li><b>{@link #close}</b> refuses new items ({@link dev.mekiki.core.failure.Unavailable}), runs what was admitted,
 *       then closes the devices.
 * </ul>
 *
 * @param <I> item
 * @param <O> output
 */
public final class Batcher<I, O> implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Batcher.class.getName());

    /** Before the first batch is measured: a device of a hundred items a second. */
    private static final long FIRST_GUESS_NANOS = 10_000_000;

    /** Others may use the device's memory only for a moment. */
    private static final Duration RETRY_WITHOUT_MEMORY = Duration.ofSeconds(1);

    private final BatchPolicy policy;
    private final MemoryLimit memory;
    private final BatchQueue<I, O> queue;
    private final LongSupplier nanoClock;
    private final BatchListener listener;
    private final int devices;
    private final AtomicLong nanosPerItem = new AtomicLong(FIRST_GUESS_NANOS);
    private final List<Thread> owners;

    /**
     * Starts one thread per device.
     *
     * @param name prefix of the threads' names
     * @param devices at least one; closed by this batcher
     * @param nanoClock {@link System#nanoTime} or a test's clock; deadlines are measured on it
     */
    public Batcher(
            String name,
            BatchPolicy policy,
            List<? extends BatchDevice<I, O>> devices,
            LongSupplier nanoClock,
            BatchListener listener) {
        if (devices.isEmpty()) {
            throw new IllegalArgumentException("devices: none (expected: at least one)");
        }
        this.policy = policy;
        this.nanoClock = nanoClock;
        this.listener = listener;
        this.devices = devices.size();
        this.memory = new MemoryLimit(policy.sizes());
        this.queue = new BatchQueue<>(policy, nanoClock, () -> nanosPerItem.get() / this.devices, memory);
        this.owners = devices.stream()
                .map(device -> Thread.ofPlatform()
                        .name(name + "-" + devices.indexOf(device))
                        .daemon()
                        .unstarted(() -> own(device)))
                .toList();
        owners.forEach(Thread::start);
    }

    /**
     * Queues one item; never blocks.
     *
     * @return completes on a device's thread; see the class comment for failures and for cancelling
     */
    public CompletableFuture<Batched<O>> submit(I item, Deadline deadline) {
        return queue.submit(item, deadline);
    }

    /** Items that wait for a device now. */
    public int queueLength() {
        return queue.length();
    }

    private void own(BatchDevice<I, O> device) {
        try (device) {
            for (BatchQueue<I, O>.Batch batch = queue.take(); batch != null; batch = queue.take()) {
                run(device, batch);
            }
        } catch (InterruptedException e) {
            // Nobody but the virtual machine's end interrupts these threads.
            Thread.currentThread().interrupt();
        }
    }

    private void run(BatchDevice<I, O> device, BatchQueue<I, O>.Batch batch) {
        try {
            run(device, batch, 0, batch.size());
        } catch (Throwable e) {
            // Of a listener or the log; nobody must wait for ever because of it.
            for (int i = 0; i < batch.size(); i++) {
                batch.fail(i, e);
            }
        }
    }

    private void run(BatchDevice<I, O> device, BatchQueue<I, O>.Batch batch, int from, int to) {
        int items = to - from;
        long start = nanoClock.getAsLong();
        if (items > memory.largest(start)) {
            runHalves(device, batch, from, to);
            return;
        }
        List<O> outputs;
        try {
            outputs = runOn(device, batch.items().subList(from, to));
        } catch (Throwable e) {
            if (e instanceof DeviceOutOfMemory) {
                exceeded(items, e);
            } else {
                LOG.log(Level.WARNING, "device failed on " + items + (items == 1 ? " item" : " items"), e);
            }
            if (items == 1) {
                batch.fail(from, e instanceof DeviceOutOfMemory memory ? noMemory(memory) : e);
            } else {
                listener.batchSplit(items, e);
                runHalves(device, batch, from, to);
            }
            return;
        }
        Duration ran = measured(start, items);
        for (int i = 0; i < items; i++) {
            batch.complete(from + i, outputs.get(i), ran, items);
        }
    }

    private void runHalves(BatchDevice<I, O> device, BatchQueue<I, O>.Batch batch, int from, int to) {
        int middle = from + (to - from) / 2;
        run(device, batch, from, middle);
        run(device, batch, middle, to);
    }

    private void exceeded(int items, Throwable cause) {
        long now = nanoClock.getAsLong();
        int before = memory.largest(now);
        int after = memory.exceeded(policy.sizes().holding(items), now);
        // Once, and not for each item that does not fit alone: those who sent them are told.
        if (after < before) {
            LOG.log(
                    Level.WARNING,
                    "device has not the memory for " + items + " items, no more than " + after
                            + " are run at once for a while",
                    cause);
        }
    }

    private static Unavailable noMemory(DeviceOutOfMemory cause) {
        return new Unavailable("the device has not the memory for one item", RETRY_WITHOUT_MEMORY, cause);
    }

    private static <I, O> List<O> runOn(BatchDevice<I, O> device, List<I> items) throws Exception {
        List<O> outputs = device.run(items);
        if (outputs.size() != items.size()) {
            throw new IllegalStateException(
                    "device gave " + outputs.size() + " outputs (expected: " + items.size() + ")");
        }
        return outputs;
    }

    private Duration measured(long start, int items) {
        long nanos = nanoClock.getAsLong() - start;
        nanosPerItem.updateAndGet(average -> (7 * average + nanos / items) / 8);
        int size = policy.sizes().holding(items);
        memory.fitted(size);
        listener.batchRan(items, size, nanos);
        return Duration.ofNanos(nanos);
    }

    /** Refuses new items, runs what was admitted, closes the devices; returns when that is done. */
    @Override
    public void close() {
        queue.close();
        boolean interrupted = false;
        for (Thread owner : owners) {
            while (owner.isAlive()) {
                try {
                    owner.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
