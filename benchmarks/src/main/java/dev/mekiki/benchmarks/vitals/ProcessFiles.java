package dev.mekiki.benchmarks.vitals;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What Linux counts of a process, below {@code /proc}. */
final class ProcessFiles {

    private final Path folder;

    ProcessFiles(long pid) {
        folder = Path.of("/proc", Long.toString(pid));
    }

    /** Whether this system has such files. */
    boolean present() {
        return Files.isReadable(folder.resolve("status"));
    }

    long residentBytes() {
        return status("VmRSS:") << 10;
    }

    long threads() {
        return status("Threads:");
    }

    long openFiles() {
        try (Stream<Path> files = Files.list(folder.resolve("fd"))) {
            return files.count();
        } catch (IOException e) {
            throw new UncheckedIOException("open files of " + folder + " cannot be counted", e);
        }
    }

    /** CPU time of the living threads by their {@linkplain #kind kind}. */
    Map<String, Duration> cpuOfThreads() {
        Map<String, Duration> times = new HashMap<>();
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(folder.resolve("task"))) {
            for (Path task : tasks) {
                try {
                    String name = Files.readString(task.resolve("comm")).strip();
                    String[] ran = Files.readString(task.resolve("schedstat")).split(" ", 2);
                    times.merge(kind(name), Duration.ofNanos(Long.parseLong(ran[0])), Duration::plus);
                } catch (NoSuchFileException e) {
                    // The thread ended meanwhile, or the kernel keeps no such statistics.
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("threads of " + folder + " cannot be read", e);
        }
        return times;
    }

    /** Those of the JVM by what they do; others by their name, cut to 15 characters, without the number at its end. */
    static String kind(String thread) {
        if (thread.startsWith("C1 Comp") || thread.startsWith("C2 Comp")) {
            return "JIT compilers";
        }
        if (thread.startsWith("GC Thread") || thread.startsWith("G1 ")) {
            return "garbage collector";
        }
        String kind = thread.replaceAll("[-#_ ]*[0-9]*$", "");
        return kind.isEmpty() ? thread : kind;
    }

    private long status(String key) {
        try (Stream<String> lines = Files.lines(folder.resolve("status"))) {
            return lines.filter(line -> line.startsWith(key))
                    .findFirst()
                    .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .orElseThrow(() -> new IllegalStateException(folder + "/status: no " + key));
        } catch (IOException e) {
            throw new UncheckedIOException(folder + "/status cannot be read", e);
        }
    }
}
