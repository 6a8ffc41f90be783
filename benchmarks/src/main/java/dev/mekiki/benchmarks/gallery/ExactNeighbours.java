package dev.mekiki.benchmarks.gallery;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The truth: each query compared with every registration. */
final class ExactNeighbours {

    /** Queries at once: their values for one block stay in the fastest cache. */
    private static final int BLOCK = 64;

    /** Registrations that a thread takes at once; all blocks go over them while they are near. */
    private static final int CHUNK = 512;

    private ExactNeighbours() {}

    /**
     * The highest cosines of each query, best first.
     *
     * @param registrations how many of the population to compare with
     * @param most how many of each query, at most {@code registrations}
     * @return {@code [queries][most]}
     */
    static float[][] scores(Population population, long registrations, List<float[]> queries, int most) {
        int threads = Runtime.getRuntime().availableProcessors();
        List<float[]> blocks = transposed(queries);
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<float[][]>> parts = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                long from = registrations * thread / threads;
                long to = registrations * (thread + 1) / threads;
                Callable<float[][]> part = () -> scores(population, from, to, blocks, queries.size(), most);
                parts.add(executor.submit(part));
            }
            float[][] best = empty(queries.size(), most);
            for (Future<float[][]> part : parts) {
                float[][] found = part.get();
                for (int query = 0; query < best.length; query++) {
                    for (float score : found[query]) {
                        insert(best[query], score);
                    }
                }
            }
            return best;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the exact search failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static float[][] scores(
            Population population, long from, long to, List<float[]> blocks, int queries, int most) {
        float[][] best = empty(queries, most);
        float[][] chunk = new float[CHUNK][];
        float[] sums = new float[BLOCK];
        for (long start = from; start < to; start += CHUNK) {
            int size = (int) Math.min(CHUNK, to - start);
            for (int i = 0; i < size; i++) {
                chunk[i] = population.registration(start + i);
            }
            for (int block = 0; block < blocks.size(); block++) {
                float[] values = blocks.get(block);
                int first = block * BLOCK;
                int width = Math.min(BLOCK, queries - first);
                for (int i = 0; i < size; i++) {
                    multiply(chunk[i], values, sums);
                    for (int query = 0; query < width; query++) {
                        if (sums[query] > best[first + query][most - 1]) {
                            insert(best[first + query], sums[query]);
                        }
                    }
                }
            }
        }
        return best;
    }

    /** {@code sums[query] = vector · query}; the inner loop is one that the compiler vectorises. */
    private static void multiply(float[] vector, float[] values, float[] sums) {
        Arrays.fill(sums, 0);
        for (int i = 0; i < Population.DIMENSION; i += 4) {
            float first = vector[i];
            float second = vector[i + 1];
            float third = vector[i + 2];
            float fourth = vector[i + 3];
            int row = i * BLOCK;
            for (int query = 0; query < BLOCK; query++) {
                sums[query] += first * values[row + query]
                        + second * values[row + BLOCK + query]
                        + third * values[row + 2 * BLOCK + query]
                        + fourth * values[row + 3 * BLOCK + query];
            }
        }
    }

    /** Blocks of queries, {@code [dimension × BLOCK]}, zeros where the last one is not full. */
    private static List<float[]> transposed(List<float[]> queries) {
        List<float[]> blocks = new ArrayList<>();
        for (int first = 0; first < queries.size(); first += BLOCK) {
            float[] block = new float[Population.DIMENSION * BLOCK];
            for (int query = 0; query < Math.min(BLOCK, queries.size() - first); query++) {
                float[] vector = queries.get(first + query);
                for (int i = 0; i < vector.length; i++) {
                    block[i * BLOCK + query] = vector[i];
                }
            }
            blocks.add(block);
        }
        return blocks;
    }

    private static float[][] empty(int queries, int most) {
        float[][] best = new float[queries][most];
        for (float[] scores : best) {
            Arrays.fill(scores, Float.NEGATIVE_INFINITY);
        }
        return best;
    }

    /** Keeps descending order; the lowest falls out. */
    private static void insert(float[] best, float score) {
        int place = best.length - 1;
        if (score <= best[place]) {
            return;
        }
        while (place > 0 && best[place - 1] < score) {
            best[place] = best[place - 1];
            place--;
        }
        best[place] = score;
    }
}
