package dev.mekiki.benchmarks.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Connections to a service on this machine, used in turn. Their threads send, receive and call back, so that nothing is
 * handed from one thread to another. Thread-safe.
 */
public final class Connections implements AutoCloseable {

    /** One thread sends more than ten thousand images a second, which takes this many processors to recognise. */
    private static final int PROCESSORS_PER_THREAD = 8;

    private final EventLoopGroup threads;
    private final List<Connection> connections;
    private final AtomicInteger next = new AtomicInteger();

    /** @param count how many, 1..1024 */
    public Connections(int port, int count) {
        if (count < 1 || count > 1024) {
            throw new IllegalArgumentException("connections: " + count + " (expected: 1..1024)");
        }
        int threadCount = Math.max(1, Runtime.getRuntime().availableProcessors() / PROCESSORS_PER_THREAD);
        ThreadFactory factory = new DefaultThreadFactory("load", true);
        boolean epoll = Epoll.isAvailable();
        threads = epoll ? new EpollEventLoopGroup(threadCount, factory) : new NioEventLoopGroup(threadCount, factory);
        Bootstrap bootstrap = new Bootstrap()
                .group(threads)
                .channel(epoll ? EpollSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true);
        connections = IntStream.range(0, count)
                .mapToObj(_ -> {
                    Connection connection = new Connection();
                    bootstrap
                            .clone()
                            .handler(connection)
                            .connect("127.0.0.1", port)
                            .syncUninterruptibly();
                    return connection;
                })
                .toList();
    }

    Connection next() {
        return connections.get(Math.floorMod(next.getAndIncrement(), connections.size()));
    }

    /** Calls that are under way fail. */
    @Override
    public void close() {
        threads.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
