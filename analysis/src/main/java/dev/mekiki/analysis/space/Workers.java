package dev.mekiki.analysis.space;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A bounded number of threads that share out numbered tasks; what they do can be cancelled between tasks. One user at a
 * time.
 */
public final class Workers implements AutoCloseable {

    /** Does task {@code task}; what it needs for itself it keeps, as each thread has its own. */
    public interface Worker {
        void run(int task);
    }

    /** Hears how many tasks are done; called by the threads, one at a time in no certain order. */
    public interface Done {
        void tasks(int done);
    }

    private final ExecutorService threads;
    private final int count;
    private final BooleanSupplier cancelled;

    /**
     * @param count threads, at least 1; they are daemons and have the lowest priority
     * @param cancelled asked before each task
     */
    public Workers(int count, BooleanSupplier cancelled) {
        if (count < 1) {
            throw new IllegalArgumentException("threads: " + count + " (expected: at least 1)");
        }
        this.count = count;
        this.cancelled = cancelled;
        this.threads = Executors.newFixedThreadPool(
                count,
                Thread.ofPlatform()
                        .name("analysis-", 0)
                        .daemon()
                        .priority(Thread.MIN_PRIORITY)
                        .factory());
    }

    public int count() {
        return count;
    }

    /**
     * Whether it is to end.
     *
     * @throws CancellationException if so
     */
    public void endIfCancelled() {
        if (cancelled.getAsBoolean()) {
            throw new CancellationException("the analysis was cancelled");
        }
    }

    /** Does tasks 0 to before {@code tasks}, in about that order. As the other. */
    public void run(int tasks, Supplier<Worker> worker) {
        run(tasks, worker, _ -> {});
    }

    /**
     * Does tasks 0 to before {@code tasks}, in about that order, and waits for them.
     *
     * @param worker called once for each thread, by it
     * @throws CancellationException if it was cancelled
     */
    public void run(int tasks, Supplier<Worker> worker, Done done) {
        AtomicInteger next = new AtomicInteger();
        Object lock = new Object();
        int[] finished = new int[1];
        List<Future<?>> running = new ArrayList<>();
        for (int t = 0; t < Math.min(count, tasks); t++) {
            running.add(threads.submit(() -> {
                Worker own = worker.get();
                for (int task = next.getAndIncrement(); task < tasks; task = next.getAndIncrement()) {
                    endIfCancelled();
                    own.run(task);
                    synchronized (lock) {
                        done.tasks(++finished[0]);
                    }
                }
            }));
        }
        await(running, next, tasks);
    }

    private static void await(List<Future<?>> running, AtomicInteger next, int tasks) {
        RuntimeException failure = null;
        for (Future<?> thread : running) {
            try {
                thread.get();
            } catch (ExecutionException e) {
                // The others stop at their next task.
                next.set(tasks);
                failure = e.getCause() instanceof RuntimeException r ? r : new IllegalStateException(e.getCause());
            } catch (InterruptedException e) {
                next.set(tasks);
                Thread.currentThread().interrupt();
                failure = new CancellationException("the analysis was interrupted");
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
