package dev.mekiki.service.grpc;

import java.util.concurrent.atomic.AtomicLong;

/** Bounds the bytes of request messages that are held at once, over all calls. Thread-safe. */
public final class RequestBytes {

    private final long limit;
    private final AtomicLong held = new AtomicLong();

    /** @param limit most bytes, at least 1 */
    public RequestBytes(long limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: at least 1)");
        }
        this.limit = limit;
    }

    /** Holds so many bytes more, if there is room for them. */
    boolean hold(long bytes) {
        long before = held.getAndUpdate(now -> now + bytes <= limit ? now + bytes : now);
        return before + bytes <= limit;
    }

    void release(long bytes) {
        held.addAndGet(-bytes);
    }

    /** Bytes held now, 0..{@link #limit()}. */
    public long held() {
        return held.get();
    }

    public long limit() {
        return limit;
    }
}
