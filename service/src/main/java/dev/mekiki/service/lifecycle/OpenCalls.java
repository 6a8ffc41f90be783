package dev.mekiki.service.lifecycle;

import java.time.Duration;

/**
 * Counts the calls that were taken and whose last byte has not been handed to the network yet. Closed once, for good.
 * Thread-safe.
 */
final class OpenCalls {

    private int open;
    private boolean closed;

    /** Takes a call, unless no more are taken. */
    synchronized boolean enter() {
        if (closed) {
            return false;
        }
        open++;
        return true;
    }

    /** A call that was taken has ended. */
    synchronized void leave() {
        open--;
        notifyAll();
    }

    synchronized int count() {
        return open;
    }

    /** From now on no call is taken. */
    synchronized void close() {
        closed = true;
    }

    /**
     * Waits until those that were taken have ended.
     *
     * @return how many have not after {@code timeout}
     */
    synchronized int awaitEmpty(Duration timeout) {
        long end = System.nanoTime() + timeout.toNanos();
        try {
            for (long left = end - System.nanoTime(); open > 0 && left > 0; left = end - System.nanoTime()) {
                wait(left / 1_000_000 + 1);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return open;
    }
}
