package dev.mekiki.core.image;

/**
 * An image file as it came, undecoded: JPEG, PNG or WebP. The array is shared, not copied; whoever hands it over must
 * not write to it any more.
 */
public final class EncodedImage {

    private final byte[] bytes;

    public EncodedImage(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The file's bytes, shared; read only. */
    public byte[] bytes() {
        return bytes;
    }

    public int size() {
        return bytes.length;
    }

    public ContentDigest digest() {
        return ContentDigest.of(bytes);
    }

    @Override
    public String toString() {
        return "EncodedImage[" + bytes.length + " bytes]";
    }
}
