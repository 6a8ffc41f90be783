package dev.mekiki.client.bulk;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.mekiki.v1.PackedEmbedding;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Vectors as they travel: float32, little-endian. */
public final class PackedVectors {

    private PackedVectors() {}

    /** Copies the values once. */
    public static PackedEmbedding pack(String spaceDigest, float[] values) {
        return PackedEmbedding.newBuilder()
                .setSpaceDigest(spaceDigest)
                .setValues(bytes(values))
                .build();
    }

    /** Copies the values once. */
    public static ByteString bytes(float[] values) {
        byte[] packed = new byte[values.length * Float.BYTES];
        ByteBuffer.wrap(packed).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
        return UnsafeByteOperations.unsafeWrap(packed);
    }

    /** @throws IllegalArgumentException if the bytes are no whole number of values */
    public static float[] unpack(ByteString packed) {
        if (packed.size() % Float.BYTES != 0) {
            throw new IllegalArgumentException("values: " + packed.size() + " bytes (expected: a multiple of 4)");
        }
        float[] values = new float[packed.size() / Float.BYTES];
        packed.asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return values;
    }
}
