package dev.mekiki.milvus.server;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** What a server said last. */
final class LogTail {

    private static final int LINES = 20;
    private static final int BYTES = 1 << 20;

    private LogTail() {}

    /** In words for people, ready to follow the description of a failure. */
    static String of(Path log) {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(Math.max(0, file.length() - BYTES));
            byte[] end = new byte[(int) (file.length() - file.getFilePointer())];
            file.readFully(end);
            return "the last lines of " + log + ":\n" + of(new String(end, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return log + " cannot be read: " + e.getMessage();
        }
    }

    static String of(String log) {
        List<String> lines = log.lines().toList();
        // Thousands of lines about what the other threads did follow it.
        int panic = lines.stream()
                .filter(LogTail::isPanic)
                .findFirst()
                .map(lines::indexOf)
                .orElse(-1);
        int end = panic < 0 ? lines.size() : Math.min(lines.size(), panic + LINES / 4);
        return String.join("\n", lines.subList(Math.max(0, end - LINES), end));
    }

    private static boolean isPanic(String line) {
        return line.startsWith("panic: ") || line.startsWith("fatal error: ") || line.startsWith("SIGABRT: ");
    }
}
