package dev.mekiki.inference;

/** Counts the images that are inside, and their bytes, and lets no more in than there is room for. Thread-safe. */
final class Doorkeeper {

    enum Verdict {
        ADMITTED,
        FULL,
        CLOSED
    }

    private final int maxImages;
    private final long maxBytes;
    private int images;
    private long bytes;
    private boolean closed;

    Doorkeeper(int maxImages, long maxBytes) {
        this.maxImages = maxImages;
        this.maxBytes = maxBytes;
    }

    /** Everyone who is admitted {@linkplain #leave leaves} once, with the same number of bytes. */
    synchronized Verdict enter(int size) {
        if (closed) {
            return Verdict.CLOSED;
        }
        if (images >= maxImages || bytes + size > maxBytes) {
            return Verdict.FULL;
        }
        images++;
        bytes += size;
        return Verdict.ADMITTED;
    }

    synchronized void leave(int size) {
        images--;
        bytes -= size;
        if (images == 0) {
            notifyAll();
        }
    }

    synchronized int images() {
        return images;
    }

    /** Lets nobody in any more and returns when the last one has left. */
    synchronized void closeAndAwaitEmpty() {
        closed = true;
        boolean interrupted = false;
        while (images > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
