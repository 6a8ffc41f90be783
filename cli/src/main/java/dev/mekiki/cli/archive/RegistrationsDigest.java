package dev.mekiki.cli.archive;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * SHA-256 over registrations in the order of their ids. Each is encoded as: id, label, content digest, create time in
 * milliseconds as 8 bytes, number of attributes as 4 bytes, key and value of each in the order of the keys, number of
 * values of the vector as 4 bytes, the values as 4 bytes each. Texts are UTF-8 behind their length as 4 bytes; all
 * numbers are little-endian. Not thread-safe.
 */
final class RegistrationsDigest {

    private final MessageDigest digest;
    private ByteBuffer buffer = ByteBuffer.allocate(8192).order(ByteOrder.LITTLE_ENDIAN);

    RegistrationsDigest() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    void add(ArchivedRegistration registration) {
        text(registration.id());
        text(registration.label());
        text(registration.contentDigest());
        room(12);
        buffer.putLong(registration.createMillis());
        buffer.putInt(registration.attributes().size());
        for (Map.Entry<String, String> attribute : registration.attributes().entrySet()) {
            text(attribute.getKey());
            text(attribute.getValue());
        }
        float[] vector = registration.vector();
        room(4 + vector.length * Float.BYTES);
        buffer.putInt(vector.length);
        buffer.asFloatBuffer().put(vector);
        buffer.position(buffer.position() + vector.length * Float.BYTES);
        digest.update(buffer.flip());
        buffer.clear();
    }

    /** In lower-case hexadecimal; to be called once. */
    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }

    private void text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        room(4 + bytes.length);
        buffer.putInt(bytes.length).put(bytes);
    }

    private void room(int bytes) {
        if (buffer.remaining() < bytes) {
            buffer = ByteBuffer.allocate(Math.max(2 * buffer.capacity(), buffer.position() + bytes))
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .put(buffer.flip());
        }
    }
}
