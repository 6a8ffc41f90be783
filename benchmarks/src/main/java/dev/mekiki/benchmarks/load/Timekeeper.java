package dev.mekiki.benchmarks.load;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The clock that load is sent by. Thread-safe. */
public interface Timekeeper {

    /** The system's. */
    Timekeeper SYSTEM = new Timekeeper() {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void awaitUntil(long nanos) {
            for (long left = nanos - nanoTime(); left > 0; left = nanos - nanoTime()) {
                LockSupport.parkNanos(left);
                if (Thread.currentThread().isInterrupted()) {
                    throw new IllegalStateException("interrupted");
                }
            }
        }

        @Override
        public void later(long nanos, Runnable work) {
            CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS).execute(work);
        }
    };

    /** As {@link System#nanoTime}. */
    long nanoTime();

    /** Returns when {@link #nanoTime} has come to {@code nanos}. */
    void awaitUntil(long nanos);

    /** Runs {@code work} in {@code nanos}, on another thread. */
    void later(long nanos, Runnable work);
}
