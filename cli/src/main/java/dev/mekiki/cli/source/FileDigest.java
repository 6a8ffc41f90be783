package dev.mekiki.cli.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of what may not fit into memory. Not thread-safe. */
final class FileDigest {

    private final MessageDigest digest;

    FileDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Of a file's content, in lower-case hexadecimal. */
    static String of(Path file) throws IOException {
        FileDigest digest = new FileDigest();
        byte[] buffer = new byte[1 << 20];
        try (InputStream in = Files.newInputStream(file)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.digest.update(buffer, 0, n);
            }
        }
        return digest.hex();
    }

    /** Adds a line. */
    void add(String line) {
        digest.update(line.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) '\n');
    }

    /** Ends it; to be called once. */
    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
