package dev.mekiki.core.image;

import dev.mekiki.core.failure.InvalidInput;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * SHA-256 of content.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record ContentDigest(String hex) {

    private static final int DIGITS = 64;

    public ContentDigest {
        if (!isSha256(hex)) {
            throw new IllegalArgumentException(
                    "digest: \"" + hex + "\" (expected: 64 lower-case hexadecimal digits of a SHA-256)");
        }
    }

    /**
     * A digest that was computed before.
     *
     * @throws InvalidInput if it has not 32 bytes
     */
    public static ContentDigest ofSha256(byte[] digest) {
        if (digest.length != 32) {
            throw new InvalidInput("content_digest", digest.length + " bytes", "the 32 bytes of a SHA-256");
        }
        return new ContentDigest(HexFormat.of().formatHex(digest));
    }

    /** The digest of the concatenation of {@code parts}. */
    public static ContentDigest of(byte[]... parts) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (byte[] part : parts) {
                sha.update(part);
            }
            return new ContentDigest(HexFormat.of().formatHex(sha.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    private static boolean isSha256(String text) {
        if (text.length() != DIGITS) {
            return false;
        }
        for (int i = 0; i < DIGITS; i++) {
            char c = text.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }
}
