package dev.mekiki.benchmarks;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.HdrHistogram.ConcurrentHistogram;

/**
 * Keeps a fixed number of calls in flight: each answer sends the next question. No thread waits for anything, so that
 * the load costs little beside the server on the same machine.
 */
final class ClosedLoop<Q, A> {

    private static final long CALL_LIMIT_SECONDS = 60;
    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(CALL_LIMIT_SECONDS);

    private final Channel channel;
    private final MethodDescriptor<Q, A> method;
    private final List<Q> questions;
    private final AtomicInteger next = new AtomicInteger();

    ClosedLoop(Channel channel, MethodDescriptor<Q, A> method, List<Q> questions) {
        this.channel = channel;
        this.method = method;
        this.questions = List.copyOf(questions);
    }

    /**
     * Counts the answers that come within the time; returns when the last one is there.
     *
     * @param cpuTime of the server so far
     * @throws IllegalStateException if a call fails; a benchmark with failures measures something else
     */
    Load run(int inFlight, Duration time, Supplier<Duration> cpuTime) {
        Spell spell = new Spell(System.nanoTime() + time.toNanos(), inFlight);
        long start = System.nanoTime();
        Duration cpuBefore = cpuTime.get();
        for (int i = 0; i < inFlight; i++) {
            spell.ask();
        }
        try {
            spell.end.join();
        } catch (CompletionException e) {
            throw new IllegalStateException(method.getFullMethodName() + " failed: " + e.getCause(), e.getCause());
        }
        // The calls in flight at the end are part of the CPU time, so they are part of the count as well.
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        return new Load(spell.answered.get(), elapsed, cpuTime.get().minus(cpuBefore), spell.latencies);
    }

    private final class Spell {

        private final long endNanos;
        private final AtomicInteger lanes;
        private final AtomicLong answered = new AtomicLong();
        private final ConcurrentHistogram latencies = new ConcurrentHistogram(LONGEST_NANOS, 3);
        private final CompletableFuture<Void> end = new CompletableFuture<>();

        Spell(long endNanos, int lanes) {
            this.endNanos = endNanos;
            this.lanes = new AtomicInteger(lanes);
        }

        void ask() {
            Q question = questions.get(Math.floorMod(next.getAndIncrement(), questions.size()));
            long asked = System.nanoTime();
            ClientCalls.asyncUnaryCall(
                    channel.newCall(
                            method, CallOptions.DEFAULT.withDeadlineAfter(CALL_LIMIT_SECONDS, TimeUnit.SECONDS)),
                    question,
                    new StreamObserver<>() {
                        @Override
                        public void onNext(A answer) {
                            latencies.recordValue(Math.min(LONGEST_NANOS, System.nanoTime() - asked));
                        }

                        @Override
                        public void onError(Throwable failure) {
                            end.completeExceptionally(failure);
                        }

                        @Override
                        public void onCompleted() {
                            answered.incrementAndGet();
                            if (System.nanoTime() - endNanos < 0) {
                                ask();
                            } else if (lanes.decrementAndGet() == 0) {
                                end.complete(null);
                            }
                        }
                    });
        }
    }
}
