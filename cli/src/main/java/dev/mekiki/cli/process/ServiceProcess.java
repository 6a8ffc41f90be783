package dev.mekiki.cli.process;

import dev.mekiki.client.Connection;
import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A service in a process of its own, with an embedded gallery in a temporary folder and on ports that nobody else has.
 * Closing it, or the end of this JVM by a signal, stops the process and deletes the folder.
 */
public final class ServiceProcess implements AutoCloseable {

    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    private static final int LINES_KEPT = 40;

    private final Process process;
    private final Path folder;
    private final Connection connection;
    private final int grpcPort;
    private final int httpPort;
    private final Deque<String> lastLines = new ArrayDeque<>();
    private final Thread outputReader;
    private final Thread stopHook = new Thread(this::stop, "stop-service");
    private boolean stopped;

    private ServiceProcess(Process process, Path folder, int grpcPort, int httpPort, Duration callTimeout) {
        this.process = process;
        this.folder = folder;
        this.grpcPort = grpcPort;
        this.httpPort = httpPort;
        this.connection = Connection.to("127.0.0.1:" + grpcPort, callTimeout);
        this.outputReader = Thread.ofVirtual().name("service-output").unstarted(this::readOutput);
    }

    /**
     * Starts the service; returns at once, see {@link #awaitServing}.
     *
     * @param settings configuration beyond where things are, as {@code key=value} of the service's reference
     * @param callTimeout the deadline of calls through {@link #connection()}
     * @throws IllegalStateException if the service has not been built
     */
    public static ServiceProcess start(Installation installation, Map<String, String> settings, Duration callTimeout) {
        return start(installation, List.of(), List.of(), settings, callTimeout);
    }

    /**
     * Starts the service with a JVM other than the default one; returns at once, see {@link #awaitServing}.
     *
     * @param launcher what the JVM's command is given to, such as {@code taskset -c 0}; empty: nothing
     * @param jvmOptions for example {@code -Xmx1g}
     * @param settings configuration beyond where things are, as {@code key=value} of the service's reference
     * @param callTimeout the deadline of calls through {@link #connection()}
     * @throws IllegalStateException if the service has not been built
     */
    public static ServiceProcess start(
            Installation installation,
            List<String> launcher,
            List<String> jvmOptions,
            Map<String, String> settings,
            Duration callTimeout) {
        Path jar = installation.serviceJar();
        try {
            Path folder = Files.createTempDirectory("mekiki-");
            int grpcPort;
            int httpPort;
            try (ServerSocket grpc = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                    ServerSocket http = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                grpcPort = grpc.getLocalPort();
                httpPort = http.getLocalPort();
            }
            List<String> command = new ArrayList<>(launcher);
            command.addAll(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "@" + installation.serviceJvmOptions(),
                    "-Dquarkus.grpc.server.host=127.0.0.1",
                    "-Dquarkus.grpc.server.port=" + grpcPort,
                    "-Dquarkus.http.host=127.0.0.1",
                    "-Dquarkus.log.console.json.enabled=false",
                    "-Dquarkus.http.port=" + httpPort,
                    "-Dmekiki.gallery.directory=" + folder.resolve("galleries")));
            command.addAll(jvmOptions);
            settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
            command.add("-jar");
            command.add(jar.toString());
            Process process = new ProcessBuilder(command)
                    .directory(installation.root().toFile())
                    .redirectErrorStream(true)
                    .start();
            ServiceProcess service = new ServiceProcess(process, folder, grpcPort, httpPort, callTimeout);
            Runtime.getRuntime().addShutdownHook(service.stopHook);
            service.outputReader.start();
            return service;
        } catch (IOException e) {
            throw new UncheckedIOException("the service cannot be started", e);
        }
    }

    /**
     * Waits until the service reports {@code SERVING}: models warm, gallery open.
     *
     * @throws ServiceStartException if the process ends before, or the limit passes; tells the last lines of its log
     */
    public void awaitServing(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        // A process that ends cancels the wait for it.
        Context.CancellableContext wait = Context.current().withCancellation();
        process.onExit().thenRun(() -> wait.cancel(null));
        try {
            while (!servingIn(wait, Duration.ofNanos(end - System.nanoTime()))) {
                if (!process.isAlive()) {
                    outputReader.join();
                    throw new ServiceStartException("the service ended with code " + process.exitValue() + log());
                }
                if (System.nanoTime() - end >= 0) {
                    throw new ServiceStartException(
                            "the service was not ready within " + limit.toSeconds() + " s" + log());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServiceStartException("interrupted while the service was starting");
        } finally {
            wait.cancel(null);
        }
    }

    /** False if the watch broke off before the service was ready. */
    private boolean servingIn(Context wait, Duration limit) {
        Context before = wait.attach();
        try {
            Iterator<HealthCheckResponse> states = HealthGrpc.newBlockingStub(connection.channel())
                    .withWaitForReady()
                    .withDeadlineAfter(limit)
                    .watch(HealthCheckRequest.getDefaultInstance());
            while (states.hasNext()) {
                if (states.next().getStatus() == ServingStatus.SERVING) {
                    return true;
                }
            }
            return false;
        } catch (StatusRuntimeException e) {
            return false;
        } finally {
            wait.detach(before);
        }
    }

    /** Shared by all who call this service; closed with it. */
    public Connection connection() {
        return connection;
    }

    /** Where gRPC is served, on the loopback interface. */
    public int grpcPort() {
        return grpcPort;
    }

    /** Where the service tells its metrics, in Prometheus' text format. */
    public URI metrics() {
        return URI.create("http://127.0.0.1:" + httpPort + "/q/metrics");
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** CPU time of all its threads since it began. */
    public Duration cpuTime() {
        return process.info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("this system does not tell the CPU time of a process"));
    }

    /** Stops the process as an operator would, so that it drains; kills it if that takes longer than 30 s. */
    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(stopHook);
        } catch (IllegalStateException e) {
            // The JVM is ending already; whoever comes first stops the service.
        }
        stop();
    }

    private synchronized void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        connection.close();
        process.destroy();
        try {
            if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        delete(folder);
    }

    private void readOutput() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (lastLines) {
                    if (lastLines.size() == LINES_KEPT) {
                        lastLines.removeFirst();
                    }
                    lastLines.addLast(line);
                }
                // It got further, so a new attempt to connect is worth more than the rest of the back-off.
                connection.channel().resetConnectBackoff();
            }
        } catch (IOException e) {
            // The stream breaks when the process is killed; there is nothing more to read.
        }
    }

    private String log() {
        synchronized (lastLines) {
            return lastLines.isEmpty() ? "" : "; it said:\n  " + String.join("\n  ", lastLines);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            System.err.println("mekiki: " + folder + " could not be deleted: " + e.getMessage());
        }
    }
}
