package dev.mekiki.milvus.server;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports.Binding;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.milvus.MilvusContainer;
import org.testcontainers.utility.DockerImageName;

/** A container, by Testcontainers' module; its data lies in the container and goes with it. */
final class ContainerMilvus implements MilvusServer {

    private static final int GRPC = 19530;
    private static final int METRICS = 9091;
    private static final String USER_SETTINGS = "/milvus/configs/user.yaml";
    private static final Duration READY_LIMIT = Duration.ofMinutes(3);
    private static final Duration END_LIMIT = Duration.ofSeconds(30);

    private final MilvusContainer container;
    private final MilvusImage image;
    private final Path folder;
    private final String uri;
    private final URI health;
    private final Thread endHook = new Thread(this::end, "stop-milvus");

    private ContainerMilvus(MilvusContainer container, MilvusImage image, Path folder, int grpc, int metrics) {
        this.container = container;
        this.image = image;
        this.folder = folder;
        this.uri = "http://" + container.getHost() + ":" + grpc;
        this.health = URI.create("http://" + container.getHost() + ":" + metrics + "/healthz");
    }

    static ContainerMilvus start(MilvusImage image, Path folder, MilvusSettings settings) {
        // Fixed here rather than chosen by Docker, which would choose others at a restart.
        List<Integer> ports = Ports.free(2);
        MilvusContainer container = new MilvusContainer(
                        DockerImageName.parse(image.name()).asCompatibleSubstituteFor(MilvusImage.REPOSITORY))
                .withEnv("DEPLOY_MODE", "STANDALONE")
                .withEnv(settings.environment())
                .withStartupTimeout(READY_LIMIT)
                .withCreateContainerCmdModifier(command -> Objects.requireNonNullElseGet(
                                command.getHostConfig(), HostConfig::newHostConfig)
                        .withPortBindings(
                                new PortBinding(Binding.bindPort(ports.getFirst()), ExposedPort.tcp(GRPC)),
                                new PortBinding(Binding.bindPort(ports.getLast()), ExposedPort.tcp(METRICS))));
        try {
            container.start();
        } catch (ContainerLaunchException e) {
            container.stop();
            throw new MilvusStartException(image.name() + " does not start: " + LogTail.of(messages(e)), e);
        }
        ContainerMilvus server = new ContainerMilvus(container, image, folder, ports.getFirst(), ports.getLast());
        Runtime.getRuntime().addShutdownHook(server.endHook);
        return server;
    }

    @Override
    public String uri() {
        return uri;
    }

    @Override
    public String description() {
        return image.name() + ", a container";
    }

    @Override
    public Optional<ProcessHandle> process() {
        // Found only where Docker shares this system's processes.
        Long pid = docker().inspectContainerCmd(container.getContainerId())
                .exec()
                .getState()
                .getPidLong();
        return pid == null || pid <= 0 ? Optional.empty() : ProcessHandle.of(pid);
    }

    @Override
    public boolean isKillable() {
        return true;
    }

    @Override
    public synchronized void kill() {
        if (isRunning()) {
            docker().killContainerCmd(container.getContainerId()).exec();
            Readiness.within(END_LIMIT, () -> !isRunning());
        }
    }

    @Override
    public synchronized void restart() {
        restart(false);
    }

    private void restart(boolean readOnly) {
        kill();
        // A container keeps the environment that it was made with.
        container.copyFileToContainer(Transferable.of(MilvusSettings.readOnlyYaml(readOnly)), USER_SETTINGS);
        try {
            docker().startContainerCmd(container.getContainerId()).exec();
        } catch (DockerException e) {
            throw new MilvusStartException(image.name() + " does not start again: " + e.getMessage(), e);
        }
        if (!Readiness.within(READY_LIMIT, () -> !isRunning() || Readiness.isHealthy(health)) || !isRunning()) {
            throw new MilvusStartException(image.name() + " was not ready within " + READY_LIMIT.toSeconds()
                    + " s after a restart; it said last:\n" + LogTail.of(container.getLogs()));
        }
    }

    @Override
    public synchronized void restartReadOnly() {
        restart(true);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(endHook);
        } catch (IllegalStateException e) {
            // The JVM is ending already; whoever comes first ends the container.
        }
        end();
    }

    private synchronized void end() {
        if (container.getContainerId() == null) {
            return;
        }
        try {
            Files.writeString(folder.resolve("milvus.log"), container.getLogs(), StandardCharsets.UTF_8);
        } catch (IOException | RuntimeException e) {
            System.err.println("mekiki: the log of Milvus could not be kept: " + e.getMessage());
        }
        container.stop();
    }

    private boolean isRunning() {
        return Boolean.TRUE.equals(docker().inspectContainerCmd(container.getContainerId())
                .exec()
                .getState()
                .getRunning());
    }

    private static DockerClient docker() {
        return DockerClientFactory.lazyClient();
    }

    private static String messages(Throwable failure) {
        StringBuilder all = new StringBuilder();
        for (Throwable t = failure; t != null; t = t.getCause()) {
            all.append(t.getMessage()).append('\n');
        }
        return all.toString();
    }
}
