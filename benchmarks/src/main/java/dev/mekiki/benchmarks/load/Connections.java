package dev.mekiki.benchmarks.load;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Connections to a service on this machine, used in turn. Their threads send, receive and call back, so that nothing is
 * handed from one thread to another. Thread-safe.
 */
public final class Connections implements AutoCloseable {

    private static final int FLOW_CONTROL_WINDOW = 1 << 20;

    /** One thread sends more than ten thousand images a second, which takes this many processors to recognise. */
    private static final int PROCESSORS_PER_THREAD = 8;

    private final EventLoopGroup threads;
    private final List<ManagedChannel> channels;
    private final AtomicInteger next = new AtomicInteger();

    /** @param count how many, 1..1024; each is made with its first call */
    public Connections(int port, int count) {
        if (count < 1 || count > 1024) {
            throw new IllegalArgumentException("connections: " + count + " (expected: 1..1024)");
        }
        threads = new NioEventLoopGroup(
                Math.max(1, Runtime.getRuntime().availableProcessors() / PROCESSORS_PER_THREAD),
                new DefaultThreadFactory("load", true));
        channels = IntStream.range(0, count)
                .mapToObj(_ -> (ManagedChannel) NettyChannelBuilder.forAddress("127.0.0.1", port)
                        .usePlaintext()
                        .eventLoopGroup(threads)
                        .channelType(NioSocketChannel.class)
                        .directExecutor()
                        .flowControlWindow(FLOW_CONTROL_WINDOW)
                        .disableRetry()
                        .build())
                .toList();
    }

    Channel next() {
        return channels.get(Math.floorMod(next.getAndIncrement(), channels.size()));
    }

    /** Abandons calls that are under way. */
    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
        try {
            for (ManagedChannel channel : channels) {
                channel.awaitTermination(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        threads.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
