package dev.mekiki.gallery.milvus;

import dev.mekiki.core.failure.Unavailable;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether Milvus is there. Thread-safe. Whoever meets with a broken connection says so, and everybody fails at once from
 * then on; one thread asks Milvus all the time, and finds out about silence and about its return.
 */
final class Health implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Health.class.getName());
    private static final Duration INTERVAL = Duration.ofMillis(500);

    private final MilvusAvailability listener;
    private final Runnable ping;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition nudged = lock.newCondition();

    /** Set under {@code lock}. */
    private volatile boolean stopped;

    /** Null until {@link #start}. */
    private volatile @Nullable Thread watcher;

    /** Why Milvus is away, or null if it is there. */
    private volatile @Nullable Throwable loss;

    /** @param ping throws if Milvus does not answer, and does not take long */
    Health(MilvusAvailability listener, Runnable ping) {
        this.listener = listener;
        this.ping = ping;
    }

    /**
     * Begins to ask. To be called once.
     *
     * @param recovered whether Milvus, which answers again, can be used again; asked until it can
     */
    void start(BooleanSupplier recovered) {
        watcher = Thread.ofPlatform().daemon().name("milvus-health").start(() -> watch(recovered));
    }

    boolean available() {
        return loss == null;
    }

    /** @throws Unavailable if Milvus is away */
    void requireAvailable() {
        @Nullable Throwable cause = loss;
        if (cause != null) {
            throw new Unavailable("Milvus is away: " + cause.getMessage(), INTERVAL.multipliedBy(2), cause);
        }
    }

    /** From now on Milvus counts as away, until it answers. */
    void lost(Throwable cause) {
        loss = cause;
        nudge();
    }

    /** Has the thread look at once. */
    void nudge() {
        lock.lock();
        try {
            nudged.signal();
        } finally {
            lock.unlock();
        }
    }

    private void watch(BooleanSupplier recovered) {
        boolean told = true;
        while (awaitNext()) {
            boolean wasLost = loss != null;
            try {
                ping.run();
                if (wasLost && recovered.getAsBoolean()) {
                    loss = null;
                }
            } catch (RuntimeException e) {
                if (stopped) {
                    return; // it was interrupted, which says nothing of Milvus
                }
                loss = e;
            }
            boolean available = loss == null;
            // a loss that was over before this thread looked was met by callers only
            if (available != told && !stopped) {
                told = available;
                tell(available);
            }
        }
    }

    private void tell(boolean available) {
        @Nullable Throwable cause = loss;
        LOG.log(
                available ? Level.INFO : Level.ERROR,
                () -> available ? "Milvus is back" : "Milvus is away: " + (cause == null ? "" : cause.getMessage()));
        try {
            listener.changed(available);
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "telling that Milvus is " + (available ? "back" : "away") + " failed", e);
        }
    }

    /** @return false when this was closed */
    private boolean awaitNext() {
        lock.lock();
        try {
            if (!stopped) {
                nudged.await(INTERVAL.toNanos(), TimeUnit.NANOSECONDS);
            }
            return !stopped;
        } catch (InterruptedException e) {
            return !stopped; // by close
        } finally {
            lock.unlock();
        }
    }

    /** When it returns, nobody is told anything any more; the listener itself may call it. */
    @Override
    public void close() {
        lock.lock();
        try {
            stopped = true;
        } finally {
            lock.unlock();
        }
        @Nullable Thread watching = watcher;
        if (watching != null && watching != Thread.currentThread()) {
            watching.interrupt(); // it may be waiting for an answer
            try {
                watching.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
