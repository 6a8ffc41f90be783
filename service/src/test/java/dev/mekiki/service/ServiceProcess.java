package dev.mekiki.service;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged service in a process of its own, on free ports of this machine; killed when closed. */
final class ServiceProcess implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 180;
    private static final String PORT = "-Dquarkus.grpc.server.port=";

    final Process process;
    final int grpcPort;
    private final int httpPort;
    private final Path log;
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final HttpClient http = HttpClient.newHttpClient();

    private ServiceProcess(Process process, int grpcPort, int httpPort, Path log) {
        this.process = process;
        this.grpcPort = grpcPort;
        this.httpPort = httpPort;
        this.log = log;
    }

    /**
     * Starts it; it is not ready yet.
     *
     * @param folder for its galleries and its log
     * @param arguments of the JVM, settings among them; they win over the usual ones
     */
    static ServiceProcess start(Path folder, String... arguments) throws IOException {
        return start(folder, Map.of(), arguments);
    }

    /** The same with more variables in its environment. */
    static ServiceProcess start(Path folder, Map<String, String> environment, String... arguments) throws IOException {
        try (ServerSocket grpc = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket web = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.addAll(Arrays.asList(required("mekiki.test.jvm").trim().split("\\s+")));
            command.add("-Dmekiki.model.path=" + required("mekiki.test.model"));
            command.add("-Dmekiki.gallery.directory=" + folder.resolve("galleries"));
            command.add(PORT + grpc.getLocalPort());
            command.add("-Dquarkus.http.port=" + web.getLocalPort());
            command.addAll(List.of(arguments));
            command.addAll(List.of("-jar", required("mekiki.test.app")));
            Path log = folder.resolve("service-" + grpc.getLocalPort() + ".log");
            int grpcPort = Arrays.stream(arguments)
                    .filter(argument -> argument.startsWith(PORT))
                    .map(argument -> Integer.parseInt(argument.substring(PORT.length())))
                    .findFirst()
                    .orElse(grpc.getLocalPort());
            int httpPort = web.getLocalPort();
            grpc.close();
            web.close();
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            return new ServiceProcess(process, grpcPort, httpPort, log);
        }
    }

    /** A port of this machine on which nothing listens now, for a process that is to have the same one again. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Starts it and waits until it is ready. */
    static ServiceProcess ready(Path folder, String... arguments) throws IOException {
        ServiceProcess service = start(folder, arguments);
        try {
            service.awaitServing();
            return service;
        } catch (Throwable e) {
            // Nobody else has it.
            service.process.destroyForcibly();
            throw e;
        }
    }

    /** Where gRPC listens, {@code HOST:PORT}. */
    String address() {
        return "127.0.0.1:" + grpcPort;
    }

    /** A new connection. */
    ManagedChannel connect() {
        ManagedChannel channel = ManagedChannelBuilder.forAddress("127.0.0.1", grpcPort)
                .usePlaintext()
                .maxInboundMessageSize(64 << 20)
                .build();
        channels.add(channel);
        return channel;
    }

    /** What {@code grpc.health.v1} says from now on, as it changes; connects as soon as somebody listens. */
    Iterator<HealthCheckResponse> health() {
        return health(connect());
    }

    private static Iterator<HealthCheckResponse> health(ManagedChannel channel) {
        return HealthGrpc.newBlockingStub(channel)
                .withWaitForReady()
                .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .watch(HealthCheckRequest.getDefaultInstance());
    }

    /** Waits until the service is ready. */
    void awaitServing() {
        awaitServing(connect());
    }

    /** The same over a connection of the caller's, who closes it. */
    void awaitServing(ManagedChannel channel) {
        try {
            awaitStatus(health(channel), ServingStatus.SERVING);
        } catch (RuntimeException e) {
            throw new AssertionError("the service did not become ready; its log:\n" + log(), e);
        }
    }

    static void awaitStatus(Iterator<HealthCheckResponse> health, ServingStatus status) {
        while (health.next().getStatus() != status) {}
    }

    /** The status code and body of a GET. */
    HttpResponse<String> get(String path) {
        try {
            return http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException("GET " + path + "; log:\n" + log(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The value of a metric without labels. */
    double metric(String name) {
        return get("/q/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no metric " + name));
    }

    /** The exit code, once the process has ended by itself. */
    int exitCode() throws InterruptedException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("the service did not end; its log:\n" + log());
        }
        return process.exitValue();
    }

    /** Everything it printed. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it as {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        channels.forEach(ManagedChannel::shutdownNow);
        http.shutdownNow();
        kill();
    }

    private static String required(String property) {
        String value = System.getProperty(property);
        if (value == null) {
            throw new AssertionError("system property " + property + " is not set; run this test with Maven");
        }
        return value;
    }
}
