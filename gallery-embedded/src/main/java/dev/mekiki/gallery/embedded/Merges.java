package dev.mekiki.gallery.embedded;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.MergePolicy.OneMerge;
import org.apache.lucene.util.ThreadInterruptedException;

/**
 * Merges in the background. Nobody waits for it: however far the merges are behind, changes go on, and what has no
 * graph yet is compared one by one. One that fails is tried again after the next change, and says so in the log.
 *
 * <p>Merges that build graphs take turns, the smallest first, on half of the cores; the others, which take
 * milliseconds, wait for none of them.
 */
final class Merges extends ConcurrentMergeScheduler {

    private static final System.Logger LOG = System.getLogger(Merges.class.getName());

    private final int graphFrom;
    private final Runnable merged;
    private final Object turn = new Object();

    /** Guarded by {@code turn}, as is the next. */
    private final PriorityQueue<OneMerge> queue = new PriorityQueue<>(Comparator.comparingInt(Merges::documents));

    private int free = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);

    /**
     * @param graphFrom vectors of the smallest segment that has a graph
     * @param merged is told, by any thread, when segments have been merged
     */
    Merges(int graphFrom, Runnable merged) {
        this.graphFrom = graphFrom;
        this.merged = merged;
        setMaxMergesAndThreads(Integer.MAX_VALUE, Integer.MAX_VALUE);
    }

    @Override
    protected void doMerge(MergeSource source, OneMerge merge) throws IOException {
        boolean graph = documents(merge) >= graphFrom;
        if (graph) {
            awaitTurn(merge);
        }
        try {
            super.doMerge(source, merge);
        } finally {
            if (graph) {
                synchronized (turn) {
                    free++;
                    turn.notifyAll();
                }
            }
        }
        merged.run();
    }

    private static int documents(OneMerge merge) {
        return merge.segments.stream()
                .mapToInt(segment -> segment.info.maxDoc())
                .sum();
    }

    private void awaitTurn(OneMerge merge) {
        synchronized (turn) {
            queue.add(merge);
            try {
                while (free == 0 || !merge.equals(queue.peek())) {
                    turn.wait();
                }
                free--;
            } catch (InterruptedException e) {
                throw new ThreadInterruptedException(e);
            } finally {
                queue.remove(merge);
                turn.notifyAll();
            }
        }
    }

    @Override
    protected void handleMergeException(Throwable e) {
        LOG.log(Level.ERROR, "merging failed", e);
    }
}
