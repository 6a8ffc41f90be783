package dev.mekiki.benchmarks.micro;

import dev.mekiki.core.time.Deadline;
import dev.mekiki.inference.batch.BatchDevice;
import dev.mekiki.inference.batch.BatchListener;
import dev.mekiki.inference.batch.BatchPolicy;
import dev.mekiki.inference.batch.BatchSizes;
import dev.mekiki.inference.batch.Batched;
import dev.mekiki.inference.batch.Batcher;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to pass an item to a device and its result back, where the device itself does nothing: 64 callers, one
 * device, batches of up to 32. A score of n operations a microsecond means 1/n µs of this machine for an item.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Threads(BatcherBenchmark.CALLERS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class BatcherBenchmark {

    static final int CALLERS = 64;

    private static final Integer ITEM = 1;

    @SuppressWarnings("NullAway.Init")
    private Batcher<Integer, Integer> batcher;

    /** Starts the batcher. */
    @Setup(Level.Trial)
    public void open() {
        batcher = new Batcher<>(
                "benchmark",
                BatchPolicy.fixed(
                        new BatchSizes(List.of(1, 2, 4, 8, 16, 32)), Duration.ZERO, CALLERS * Caller.MOST_UNDER_WAY),
                List.of(new Idle()),
                System::nanoTime,
                new Unheard());
    }

    /** Ends it. */
    @TearDown(Level.Trial)
    public void close() {
        batcher.close();
    }

    /** A caller's own items under way. */
    @State(Scope.Thread)
    public static class Caller {

        static final int MOST_UNDER_WAY = 8;

        private final Semaphore room = new Semaphore(MOST_UNDER_WAY);
    }

    /** The caller goes on at once and is told of the result, as the service's decoding threads are. */
    @Benchmark
    public void handOver(Caller caller) {
        caller.room.acquireUninterruptibly();
        var _ = batcher.submit(ITEM, Deadline.NONE).whenComplete((_, _) -> caller.room.release());
    }

    /** The caller's thread sleeps until the result is there, so that two switches of threads are in the cost. */
    @Benchmark
    public Batched<Integer> handOverAndWait() {
        return batcher.submit(ITEM, Deadline.NONE).join();
    }

    private record Idle() implements BatchDevice<Integer, Integer> {
        @Override
        public List<Integer> run(List<Integer> items) {
            return items;
        }

        @Override
        public void close() {}
    }

    private record Unheard() implements BatchListener {
        @Override
        public void batchRan(int items, int size, long nanos) {}

        @Override
        public void batchSplit(int items, Throwable cause) {}
    }
}
