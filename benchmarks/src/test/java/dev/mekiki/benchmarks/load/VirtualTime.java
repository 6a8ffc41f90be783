package dev.mekiki.benchmarks.load;

import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** A clock that runs only when somebody waits for it, or is told to. Not thread-safe. */
final class VirtualTime implements Timekeeper {

    private record Work(long at, Runnable work) {}

    private final PriorityQueue<Work> due = new PriorityQueue<>(Comparator.comparingLong(Work::at));
    private long now = 1_000_000_000_000L;

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public void awaitUntil(long nanos) {
        for (@Nullable Work next = due.peek(); next != null && next.at() <= nanos; next = due.peek()) {
            now = Math.max(now, next.at());
            due.remove().work().run();
        }
        now = Math.max(now, nanos);
    }

    @Override
    public void later(long nanos, Runnable work) {
        due.add(new Work(now + nanos, work));
    }

    /** Nothing runs meanwhile, as while a machine stands still. */
    void standStill(long nanos) {
        now += nanos;
    }

    /** Runs all that is due, in its order, until nothing is left. */
    void runOut() {
        while (!due.isEmpty()) {
            awaitUntil(due.element().at());
        }
    }
}
