package dev.mekiki.inference.decode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Reads numbers from an array; every read outside it answers -1 rather than throwing. */
final class Bytes {

    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;

    private final byte[] array;

    Bytes(byte[] array) {
        this.array = array;
    }

    byte[] array() {
        return array;
    }

    int length() {
        return array.length;
    }

    int u8(int at) {
        return at >= 0 && at < array.length ? array[at] & 0xFF : -1;
    }

    int u16(int at) {
        return at >= 0 && at <= array.length - 2 ? (array[at] & 0xFF) << 8 | (array[at + 1] & 0xFF) : -1;
    }

    int u16le(int at) {
        return at >= 0 && at <= array.length - 2 ? (array[at + 1] & 0xFF) << 8 | (array[at] & 0xFF) : -1;
    }

    int u24le(int at) {
        return at >= 0 && at <= array.length - 3 ? u8(at + 2) << 16 | u16le(at) : -1;
    }

    long u32(int at) {
        return at >= 0 && at <= array.length - 4 ? (long) u16(at) << 16 | u16(at + 2) : -1;
    }

    long u32le(int at) {
        return at >= 0 && at <= array.length - 4 ? (long) u16le(at + 2) << 16 | u16le(at) : -1;
    }

    boolean startsWith(int at, int... expected) {
        for (int i = 0; i < expected.length; i++) {
            if (u8(at + i) != expected[i]) {
                return false;
            }
        }
        return true;
    }

    /** Index of the first byte 0xFF at or after {@code from}, or the length if there is none. */
    int nextFF(int from) {
        int i = from;
        for (; i <= array.length - 8; i += 8) {
            // A byte of the complement is zero where the file has 0xFF; the classic test finds a zero among eight.
            long inverted = ~(long) EIGHT.get(array, i);
            long zeros = (inverted - ONES) & ~inverted & HIGH_BITS;
            if (zeros != 0) {
                return i + Long.numberOfTrailingZeros(zeros) / 8;
            }
        }
        while (i < array.length && array[i] != (byte) 0xFF) {
            i++;
        }
        return i;
    }
}
