package dev.mekiki.benchmarks.gallery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Main memory of a process, as Linux counts it.
 *
 * @param process what it is
 * @param residentBytes now
 * @param peakBytes the most since it began
 */
record ProcessMemory(String process, long residentBytes, long peakBytes) {

    /** Empty if the process has ended or the system does not tell. */
    static Optional<ProcessMemory> of(String name, ProcessHandle process) {
        try {
            List<String> status = Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status"));
            return Optional.of(new ProcessMemory(name, bytes(status, "VmRSS:"), bytes(status, "VmHWM:")));
        } catch (IOException | IllegalStateException e) {
            return Optional.empty();
        }
    }

    private static long bytes(List<String> status, String key) {
        return status.stream()
                .filter(line -> line.startsWith(key))
                .findFirst()
                .map(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                .orElseThrow(() -> new IllegalStateException(key + " is not told"));
    }
}
