package dev.mekiki.milvus.server;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The binary as a child process, with everything it keeps in one folder. It is always ended by SIGKILL: it does not
 * heed SIGTERM, and it must bear that anyway.
 */
final class ProcessMilvus implements MilvusServer {

    private static final Duration READY_LIMIT = Duration.ofMinutes(2);
    private static final Duration END_LIMIT = Duration.ofSeconds(30);
    private static final int ATTEMPTS = 3;

    /** Distinct, or the server panics. */
    private static final List<String> PORTS = List.of(
            "PROXY_PORT",
            "PROXY_INTERNALPORT",
            "METRICS_PORT",
            "ETCD_CLIENT",
            "ETCD_PEER",
            "ROOTCOORD_PORT",
            "DATACOORD_PORT",
            "QUERYCOORD_PORT",
            "INDEXCOORD_PORT",
            "INDEXNODE_PORT",
            "QUERYNODE_PORT",
            "DATANODE_PORT");

    private final MilvusBinary binary;
    private final Path folder;
    private final MilvusSettings settings;
    private final List<Integer> ports;
    private final Thread endHook = new Thread(this::end, "stop-milvus");

    private @Nullable Process process;
    private @Nullable Process guard;

    private ProcessMilvus(MilvusBinary binary, Path folder, MilvusSettings settings, List<Integer> ports) {
        this.binary = binary;
        this.folder = folder;
        this.settings = settings;
        this.ports = ports;
    }

    static ProcessMilvus start(MilvusBinary binary, Path folder, MilvusSettings settings) {
        for (int attempt = 1; ; attempt++) {
            ProcessMilvus server = new ProcessMilvus(binary, folder, settings, Ports.free(PORTS.size()));
            try {
                Runtime.getRuntime().addShutdownHook(server.endHook);
                server.launch(settings);
                return server;
            } catch (MilvusStartException e) {
                server.close();
                // Somebody may have taken one of the ports before the server did.
                if (attempt == ATTEMPTS || server.portsAreFree()) {
                    throw e;
                }
            }
        }
    }

    @Override
    public String uri() {
        return "http://127.0.0.1:" + port("PROXY_PORT");
    }

    @Override
    public String description() {
        return "Milvus " + MilvusBinary.VERSION + " standalone, a process on this machine";
    }

    @Override
    public synchronized Optional<ProcessHandle> process() {
        return Optional.ofNullable(process).filter(Process::isAlive).map(Process::toHandle);
    }

    @Override
    public boolean isKillable() {
        return true;
    }

    @Override
    public void kill() {
        end();
    }

    @Override
    public synchronized void restart() {
        end();
        launch(settings);
    }

    @Override
    public synchronized void restartReadOnly() {
        end();
        launch(settings.readOnly());
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(endHook);
        } catch (IllegalStateException e) {
            // The JVM is ending already; whoever comes first ends the server.
        }
        end();
    }

    private synchronized void launch(MilvusSettings settings) {
        try {
            Path configuration = Files.createDirectories(folder.resolve("configs"));
            Files.createDirectories(folder.resolve("logs"));
            Files.createDirectories(folder.resolve("run"));
            Files.copy(binary.logSettings(), configuration.resolve("glog.conf"), StandardCopyOption.REPLACE_EXISTING);
            Path etcd = configuration.resolve("embedEtcd.yaml");
            Files.writeString(etcd, etcdConfiguration());
            ProcessBuilder builder = new ProcessBuilder(
                            binary.executable().toString(), "run", "standalone", "-alias", "p" + port("PROXY_PORT"))
                    .directory(folder.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
            environment(builder.environment(), configuration, etcd);
            builder.environment().putAll(settings.environment());
            Process started = builder.start();
            process = started;
            guard = guard(started);
            awaitReady(started);
        } catch (IOException e) {
            end();
            throw new MilvusStartException("Milvus cannot be started in " + folder + ": " + e, e);
        } catch (MilvusStartException e) {
            end();
            throw e;
        }
    }

    private void awaitReady(Process started) {
        URI health = URI.create("http://127.0.0.1:" + port("METRICS_PORT") + "/healthz");
        boolean ready = Readiness.within(READY_LIMIT, () -> !started.isAlive() || Readiness.isHealthy(health));
        if (!started.isAlive()) {
            throw new MilvusStartException("Milvus ended with code " + started.exitValue() + "; " + LogTail.of(log()));
        }
        if (!ready) {
            throw new MilvusStartException(
                    "Milvus was not ready within " + READY_LIMIT.toSeconds() + " s; " + LogTail.of(log()));
        }
    }

    /**
     * Kills the server when its own input ends, which it does with this JVM, even when that is killed and its hooks do
     * not run.
     */
    private static Process guard(Process server) throws IOException {
        return new ProcessBuilder("sh", "-c", "read -r _; kill -9 \"$1\"", "guard", Long.toString(server.pid()))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private synchronized void end() {
        if (guard != null) {
            // Before the server, whose number may be another process' afterwards.
            waitForEnd(guard.destroyForcibly());
            guard = null;
        }
        if (process != null) {
            waitForEnd(process.destroyForcibly());
            process = null;
            Readiness.within(END_LIMIT, this::portsAreFree);
        }
    }

    private static void waitForEnd(Process killed) {
        try {
            killed.waitFor(END_LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean portsAreFree() {
        return ports.stream().allMatch(Ports::isFree);
    }

    private int port(String name) {
        return ports.get(PORTS.indexOf(name));
    }

    private Path log() {
        return folder.resolve("milvus.log");
    }

    private void environment(Map<String, String> variables, Path configuration, Path etcd) {
        variables.put("LD_LIBRARY_PATH", binary.libraries().toString());
        variables.put("MILVUSCONF", configuration.toString());
        variables.put("MILVUS_RUN_DIR", folder.resolve("run").toString());
        variables.put("DEPLOY_MODE", "STANDALONE");
        variables.put("ETCD_USE_EMBED", "true");
        variables.put("ETCD_DATA_DIR", folder.resolve("etcd").toString());
        variables.put("ETCD_CONFIG_PATH", etcd.toString());
        variables.put("ETCD_ENDPOINTS", "127.0.0.1:" + port("ETCD_CLIENT"));
        variables.put("COMMON_STORAGETYPE", "local");
        variables.put("LOCALSTORAGE_PATH", folder.resolve("storage").toString());
        variables.put("MQ_TYPE", "rocksmq");
        variables.put("ROCKSMQ_PATH", folder.resolve("rdb").toString());
        for (String name : PORTS) {
            if (name.endsWith("PORT")) {
                variables.put(name, Integer.toString(port(name)));
            }
        }
    }

    private String etcdConfiguration() {
        return """
                name: default
                data-dir: %s
                listen-client-urls: http://127.0.0.1:%d
                advertise-client-urls: http://127.0.0.1:%2$d
                listen-peer-urls: http://127.0.0.1:%d
                initial-advertise-peer-urls: http://127.0.0.1:%3$d
                initial-cluster: default=http://127.0.0.1:%3$d
                quota-backend-bytes: 4294967296
                auto-compaction-mode: revision
                auto-compaction-retention: '1000'
                """.formatted(folder.resolve("etcd"), port("ETCD_CLIENT"), port("ETCD_PEER"));
    }
}
