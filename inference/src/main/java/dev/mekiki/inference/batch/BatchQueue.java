package dev.mekiki.inference.batch;

import dev.mekiki.core.failure.DeadlineExpired;
import dev.mekiki.core.failure.Overloaded;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.core.time.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The items that wait for a device, and the decision when some of them become a batch.
 *
 * <p>Invariants, under {@code lock}:
 *
 * <ul>
 *   <li>The list from {@code oldest} to {@code youngest} holds {@code length} entries, at most {@code capacity}, in
 *       order of submission; none of them is completed.
 *   <li>An entry is in that list, or in exactly one batch, or completed. It leaves the list once: taken into a batch,
 *       cancelled, or expired. Whoever removes it completes it. Each costs the same, however many wait.
 *   <li>While items wait and a device sleeps, either a device has been woken and has not come yet, or a device sleeps
 *       with a time limit after which it asks again. A device is woken only for a batch that is due, or to keep that
 *       watch: not for each item.
 *   <li>After {@code closed} is set nothing enters; what waits is still handed out.
 * </ul>
 *
 * <p>Futures are completed outside the lock, since their continuations are strangers' code.
 */
final class BatchQueue<I, O> {

    private static final Duration RETRY_WHEN_CLOSED = Duration.ofSeconds(1);

    private final BatchPolicy policy;
    private final LongSupplier nanoClock;
    private final LongSupplier nanosPerItem;
    private final MemoryLimit memory;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Entry oldest;
    private @Nullable Entry youngest;
    private volatile int length;
    private boolean closed;

    /** Devices that wait, those of them that wait for a limited time, and those that were woken and have not come yet. */
    private int sleeping;

    private int watching;
    private int woken;

    /**
     * @param nanosPerItem recent measure of how fast items leave, for the hint to those who are refused
     * @param memory bounds batches
     */
    BatchQueue(BatchPolicy policy, LongSupplier nanoClock, LongSupplier nanosPerItem, MemoryLimit memory) {
        this.policy = policy;
        this.nanoClock = nanoClock;
        this.nanosPerItem = nanosPerItem;
        this.memory = memory;
    }

    CompletableFuture<Batched<O>> submit(I item, Deadline deadline) {
        long now = nanoClock.getAsLong();
        List<Entry> expired = List.of();
        Entry entry = new Entry(item, deadline, now);
        boolean full = false;
        lock.lock();
        try {
            if (closed) {
                return CompletableFuture.failedFuture(new Unavailable("the batcher is closed", RETRY_WHEN_CLOSED));
            }
            if (length >= policy.capacity()) {
                expired = removeExpired(now, Integer.MAX_VALUE);
            }
            full = length >= policy.capacity();
            if (!full) {
                append(entry);
                wakeIfNeeded(now);
            }
        } finally {
            lock.unlock();
        }
        fail(expired);
        return full ? CompletableFuture.failedFuture(overloaded()) : entry;
    }

    private Overloaded overloaded() {
        long drained = Math.multiplyExact(nanosPerItem.getAsLong(), policy.capacity());
        return new Overloaded("batch queue", policy.capacity(), Duration.ofNanos(Math.max(drained, 1_000_000)));
    }

    /** The next batch if one is due now, without waiting. */
    @Nullable
    Batch poll() {
        List<Entry> expired = List.of();
        lock.lock();
        try {
            long now = nanoClock.getAsLong();
            expired = removeExpired(now, policy.sizes().largest());
            return form(now);
        } finally {
            lock.unlock();
            fail(expired);
        }
    }

    /** Waits for the next batch; null once the queue is closed and empty. */
    @Nullable
    Batch take() throws InterruptedException {
        while (true) {
            List<Entry> expired = List.of();
            lock.lockInterruptibly();
            try {
                long now = nanoClock.getAsLong();
                expired = removeExpired(now, policy.sizes().largest());
                Batch batch = form(now);
                if (batch != null) {
                    return batch;
                }
                if (oldest == null && closed) {
                    return null;
                }
                if (expired.isEmpty()) {
                    sleep(now);
                }
            } finally {
                lock.unlock();
                fail(expired);
            }
        }
    }

    private void sleep(long now) throws InterruptedException {
        boolean watch = oldest != null;
        sleeping++;
        watching += watch ? 1 : 0;
        try {
            if (watch) {
                long _ = changed.awaitNanos(policy.rule().patience(length, waited(now), memory.largest(now)));
            } else {
                changed.await();
            }
        } finally {
            sleeping--;
            watching -= watch ? 1 : 0;
            woken = Math.max(0, woken - 1);
        }
    }

    /** Wakes one device if there is a batch for it, or nobody to look after those who wait for companions. */
    private void wakeIfNeeded(long now) {
        if (oldest != null && sleeping > woken && (watching == 0 || due(now) > 0)) {
            woken++;
            changed.signal();
        }
    }

    private int due(long now) {
        int largest = memory.largest(now);
        int take = policy.rule().take(length, waited(now), largest);
        return take == 0 && closed ? Math.min(length, largest) : take;
    }

    private long waited(long now) {
        return oldest == null ? 0 : now - oldest.submittedNanos;
    }

    private @Nullable Batch form(long now) {
        int take = oldest == null ? 0 : due(now);
        if (take == 0) {
            return null;
        }
        List<Entry> taken = new ArrayList<>(take);
        for (Entry entry = oldest; entry != null && taken.size() < take; entry = oldest) {
            unlink(entry);
            taken.add(entry);
        }
        wakeIfNeeded(now);
        return new Batch(taken, now);
    }

    /** Of the first {@code most} entries. */
    private List<Entry> removeExpired(long now, int most) {
        List<Entry> expired = List.of();
        int live = 0;
        for (Entry entry = oldest; entry != null && live < most; ) {
            Entry next = entry.next;
            if (entry.deadline.expiredAt(now)) {
                unlink(entry);
                if (expired.isEmpty()) {
                    expired = new ArrayList<>();
                }
                expired.add(entry);
            } else {
                live++;
            }
            entry = next;
        }
        return expired;
    }

    private void append(Entry entry) {
        entry.waiting = true;
        entry.previous = youngest;
        if (youngest == null) {
            oldest = entry;
        } else {
            youngest.next = entry;
        }
        youngest = entry;
        length++;
    }

    private void unlink(Entry entry) {
        if (entry.previous == null) {
            oldest = entry.next;
        } else {
            entry.previous.next = entry.next;
        }
        if (entry.next == null) {
            youngest = entry.previous;
        } else {
            entry.next.previous = entry.previous;
        }
        entry.previous = null;
        entry.next = null;
        entry.waiting = false;
        length--;
    }

    private void fail(List<Entry> expired) {
        for (Entry entry : expired) {
            entry.completeExceptionally(new DeadlineExpired(Stage.INFERENCE));
        }
    }

    int length() {
        return length;
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Items on their way through a device; whoever holds it completes every one of its entries. */
    final class Batch {
        private final List<Entry> entries;
        private final List<I> items;
        private final long takenNanos;

        private Batch(List<Entry> entries, long takenNanos) {
            this.entries = entries;
            this.takenNanos = takenNanos;
            items = new ArrayList<>(entries.size());
            for (Entry entry : entries) {
                items.add(entry.item);
            }
        }

        int size() {
            return entries.size();
        }

        List<I> items() {
            return items;
        }

        void complete(int i, O output, Duration ran, int items) {
            Entry entry = entries.get(i);
            entry.complete(new Batched<>(output, Duration.ofNanos(takenNanos - entry.submittedNanos), ran, items));
        }

        void fail(int i, Throwable cause) {
            entries.get(i).completeExceptionally(cause);
        }
    }

    /** A waiting item and its caller's future. Identity is what counts. */
    final class Entry extends CompletableFuture<Batched<O>> {
        private final I item;
        private final Deadline deadline;
        private final long submittedNanos;

        // All of the following under the queue's lock.
        private @Nullable Entry previous;
        private @Nullable Entry next;
        private boolean waiting;

        private Entry(I item, Deadline deadline, long submittedNanos) {
            this.item = item;
            this.deadline = deadline;
            this.submittedNanos = submittedNanos;
        }

        /** Takes the item back if no device has it yet; otherwise does nothing and answers false. */
        @Override
        public boolean cancel(boolean mayInterruptIfRunning) {
            boolean removed;
            lock.lock();
            try {
                removed = waiting;
                if (removed) {
                    unlink(this);
                }
            } finally {
                lock.unlock();
            }
            return removed && super.cancel(mayInterruptIfRunning);
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }
}
