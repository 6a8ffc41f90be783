package dev.mekiki.milvus.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.tukaani.xz.XZInputStream;

/**
 * The standalone server out of PyPI's wheel, unpacked: {@code bin/milvus} with its libraries, and {@code glog.conf}.
 *
 * @param home the folder that holds them
 */
record MilvusBinary(Path home) {

    /** The last one with a wheel for Linux. */
    static final String VERSION = "2.3.5";

    private static final String LIBRARIES = "milvus/data/bin/";
    private static final String LOG_SETTINGS = "milvus/data/glog.conf";
    private static final String COMPRESSED = ".lzma";
    private static final long PIP_LIMIT_MINUTES = 10;

    /**
     * The one in the cache of the user; fetched into it if it is not there. Several processes may do so at once: each
     * unpacks for itself, and the first to rename its folder wins.
     *
     * @throws MilvusStartException if it cannot be fetched
     */
    static MilvusBinary ofUser() {
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base =
                cache != null && !cache.isBlank() ? Path.of(cache) : Path.of(System.getProperty("user.home"), ".cache");
        return in(base.resolve("mekiki"));
    }

    static MilvusBinary in(Path cache) {
        Path home = cache.toAbsolutePath().resolve("milvus-" + VERSION);
        if (Files.isDirectory(home)) {
            return new MilvusBinary(home);
        }
        Path unpacked = null;
        try {
            Files.createDirectories(cache);
            unpacked = Files.createTempDirectory(cache, "fetching-");
            unpack(download(unpacked), unpacked);
            Files.move(unpacked, home, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException e) {
            if (!Files.isDirectory(home)) {
                throw new MilvusStartException("Milvus cannot be unpacked into " + home + ": " + e, e);
            }
        } catch (IOException e) {
            throw new MilvusStartException("Milvus cannot be unpacked into " + home + ": " + e, e);
        } finally {
            if (unpacked != null) {
                Folders.delete(unpacked);
            }
        }
        return new MilvusBinary(home);
    }

    Path libraries() {
        return home.resolve("bin");
    }

    Path executable() {
        return libraries().resolve("milvus");
    }

    /** Without it the server ends at once and says nothing. */
    Path logSettings() {
        return home.resolve("glog.conf");
    }

    /** The wheel, as pip gets it from wherever it is configured to look. */
    private static Path download(Path into) throws IOException {
        System.err.println("mekiki: fetching the Milvus server " + VERSION + " from PyPI, once, 57 MB");
        Path wheels = Files.createDirectory(into.resolve("wheel"));
        Attempt own = pip("python3", wheels);
        if (own.code() != 0) {
            // Some distributions keep pip for virtual environments.
            Path environment = into.resolve("venv");
            Attempt made = run(List.of("python3", "-m", "venv", environment.toString()));
            Attempt other = made.code() == 0
                    ? pip(environment.resolve(Path.of("bin", "python")).toString(), wheels)
                    : made;
            Folders.delete(environment);
            if (other.code() != 0) {
                throw new MilvusStartException("Milvus " + VERSION + " could not be fetched from PyPI (expected:"
                        + " python3 with pip or venv, and a wheel for this system); name a server by "
                        + MilvusServer.URI_VARIABLE + " instead, or run Docker. pip said:\n" + own.output() + "\n"
                        + other.output());
            }
        }
        try (Stream<Path> found = Files.list(wheels)) {
            return found.findFirst().orElseThrow(() -> new IOException("pip left nothing in " + wheels));
        }
    }

    private static Attempt pip(String python, Path wheels) throws IOException {
        return run(List.of(
                python,
                "-m",
                "pip",
                "download",
                "-q",
                "--disable-pip-version-check",
                "--no-deps",
                "--only-binary=:all:",
                "-d",
                wheels.toString(),
                "milvus==" + VERSION));
    }

    private record Attempt(int code, String output) {}

    private static Attempt run(List<String> command) throws IOException {
        Path output = Files.createTempFile("mekiki-pip", ".log");
        try {
            Process process = new ProcessBuilder(new ArrayList<>(command))
                    .redirectErrorStream(true)
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(PIP_LIMIT_MINUTES, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                return new Attempt(1, command + ": not done within " + PIP_LIMIT_MINUTES + " min");
            }
            return new Attempt(
                    process.exitValue(),
                    Files.readString(output, StandardCharsets.UTF_8).strip());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MilvusStartException("interrupted while Milvus was fetched", e);
        } finally {
            Files.delete(output);
        }
    }

    /** Leaves only what is needed in {@code into}. */
    private static void unpack(Path wheel, Path into) throws IOException {
        Path libraries = Files.createDirectory(into.resolve("bin"));
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().<ZipEntry>map(e -> e)::iterator) {
                String name = entry.getName();
                if (name.startsWith(LIBRARIES) && name.endsWith(COMPRESSED)) {
                    Path file = libraries.resolve(Path.of(name.substring(0, name.length() - COMPRESSED.length()))
                            .getFileName());
                    try (InputStream in = new XZInputStream(zip.getInputStream(entry))) {
                        Files.copy(in, file);
                    }
                    if (!file.toFile().setExecutable(true)) {
                        throw new IOException(file + " cannot be made executable");
                    }
                } else if (name.equals(LOG_SETTINGS)) {
                    try (InputStream in = zip.getInputStream(entry)) {
                        Files.copy(in, into.resolve("glog.conf"));
                    }
                }
            }
        }
        Folders.delete(into.resolve("wheel"));
        MilvusBinary unpacked = new MilvusBinary(into);
        for (Path needed : List.of(unpacked.executable(), unpacked.logSettings())) {
            if (!Files.isRegularFile(needed)) {
                throw new IOException(wheel.getFileName() + ": " + into.relativize(needed) + " is not in it");
            }
        }
    }
}
