package dev.mekiki.inference.decode;

import java.util.concurrent.ConcurrentLinkedDeque;
import org.bytedeco.javacpp.BytePointer;

/**
 * Native memory that is used again for the next image, so that its pages are there and the process does not grow and
 * shrink with each one.
 *
 * <p>There are never more blocks than were in use at once, and those that are kept are small: a block beyond
 * {@link #MOST_KEPT} is freed when it is given back. Thread-safe; a block is one user's from {@link #take} to
 * {@link #giveBack}.
 */
final class NativeBlocks {

    /** Bytes: a photograph at reduced scale, or a scan of five megapixels. */
    static final long MOST_KEPT = 16L << 20;

    private static final long LEAST = 64L << 10;

    /** The last one is the likeliest to be in a processor's cache. */
    private final ConcurrentLinkedDeque<BytePointer> free = new ConcurrentLinkedDeque<>();

    /** A block of at least so many bytes, whatever they hold. */
    BytePointer take(long bytes) {
        BytePointer block = free.pollLast();
        if (block != null && block.capacity() >= bytes) {
            return block;
        }
        if (block != null) {
            // Too small for what comes now: it makes room for one that will do for both.
            block.close();
        }
        return new BytePointer(bytes <= MOST_KEPT ? Math.max(LEAST, ceilingPowerOfTwo(bytes)) : bytes);
    }

    private static long ceilingPowerOfTwo(long bytes) {
        return Long.highestOneBit(Math.max(1, 2 * bytes - 1));
    }

    /** Once for every block that was taken. */
    void giveBack(BytePointer block) {
        if (block.capacity() > MOST_KEPT) {
            block.close();
        } else {
            free.addLast(block);
        }
    }
}
