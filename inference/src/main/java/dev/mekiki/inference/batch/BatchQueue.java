package dev.mekiki.inference.batch;

import dev.mekiki.core.failure.DeadlineExpired;
import dev.mekiki.core.failure.Overloaded;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.core.time.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
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
 *   <li>{@code waiting} holds at most {@code capacity} entries, in order of submission; none of them is completed.
 *   <li>An entry is in {@code waiting}, or in exactly one batch, or completed. It leaves {@code waiting} once: taken
 *       into a batch, cancelled, or expired. Whoever removes it completes it.
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
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final LinkedHashSet<Entry> waiting = new LinkedHashSet<>();
    private boolean closed;

    /** @param nanosPerItem recent measure of how fast items leave, for the hint to those who are refused */
    BatchQueue(BatchPolicy policy, LongSupplier nanoClock, LongSupplier nanosPerItem) {
        this.policy = policy;
        this.nanoClock = nanoClock;
        this.nanosPerItem = nanosPerItem;
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
            if (waiting.size() >= policy.capacity()) {
                expired = removeExpired(now);
            }
            full = waiting.size() >= policy.capacity();
            if (!full) {
                waiting.add(entry);
                changed.signal();
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
        List<Entry> expired = new ArrayList<>();
        lock.lock();
        try {
            return form(nanoClock.getAsLong(), expired);
        } finally {
            lock.unlock();
            fail(expired);
        }
    }

    /** Waits for the next batch; null once the queue is closed and empty. */
    @Nullable
    Batch take() throws InterruptedException {
        while (true) {
            List<Entry> expired = new ArrayList<>();
            lock.lockInterruptibly();
            try {
                long now = nanoClock.getAsLong();
                Batch batch = form(now, expired);
                if (batch != null) {
                    return batch;
                }
                if (waiting.isEmpty() && closed) {
                    return null;
                }
                if (expired.isEmpty()) {
                    if (waiting.isEmpty()) {
                        changed.await();
                    } else {
                        long waited = now - waiting.getFirst().submittedNanos;
                        long _ = changed.awaitNanos(policy.maxDelay().toNanos() - waited);
                    }
                }
            } finally {
                lock.unlock();
                fail(expired);
            }
        }
    }

    private @Nullable Batch form(long now, List<Entry> expired) {
        List<Entry> live = new ArrayList<>(Math.min(waiting.size(), policy.largestSize()));
        Iterator<Entry> oldestFirst = waiting.iterator();
        while (oldestFirst.hasNext() && live.size() < policy.largestSize()) {
            Entry entry = oldestFirst.next();
            if (entry.deadline.expiredAt(now)) {
                oldestFirst.remove();
                expired.add(entry);
            } else {
                live.add(entry);
            }
        }
        if (live.isEmpty()) {
            return null;
        }
        boolean due = live.size() == policy.largestSize()
                || closed
                || now - live.getFirst().submittedNanos >= policy.maxDelay().toNanos();
        if (!due) {
            return null;
        }
        List<Entry> taken = live.subList(0, policy.take(live.size()));
        taken.forEach(waiting::remove);
        return new Batch(List.copyOf(taken), now);
    }

    private List<Entry> removeExpired(long now) {
        List<Entry> expired = new ArrayList<>();
        waiting.removeIf(entry -> entry.deadline.expiredAt(now) && expired.add(entry));
        return expired;
    }

    private void fail(List<Entry> expired) {
        for (Entry entry : expired) {
            entry.completeExceptionally(new DeadlineExpired(Stage.INFERENCE));
        }
    }

    int length() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
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
        private final long takenNanos;

        private Batch(List<Entry> entries, long takenNanos) {
            this.entries = entries;
            this.takenNanos = takenNanos;
        }

        int size() {
            return entries.size();
        }

        List<I> items() {
            return entries.stream().map(entry -> entry.item).toList();
        }

        I item(int i) {
            return entries.get(i).item;
        }

        void complete(int i, O output, long ranNanos, int items) {
            Entry entry = entries.get(i);
            entry.complete(new Batched<>(
                    output, Duration.ofNanos(takenNanos - entry.submittedNanos), Duration.ofNanos(ranNanos), items));
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
                removed = waiting.remove(this);
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
