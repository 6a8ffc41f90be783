package dev.mekiki.inference.decode;

import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.jspecify.annotations.Nullable;

/** Pixels of 8-bit BGR in a block of native memory that goes back when they are closed. Not thread-safe. */
final class PixelBlock implements AutoCloseable {

    private final NativeBlocks blocks;
    private final Mat mat;
    private @Nullable BytePointer block;

    /** Pixels of any value. */
    PixelBlock(NativeBlocks blocks, int rows, int columns) {
        this.blocks = blocks;
        BytePointer taken = blocks.take(3L * rows * columns);
        block = taken;
        mat = new Mat(rows, columns, opencv_core.CV_8UC3, taken);
    }

    Mat mat() {
        return mat;
    }

    @Override
    public void close() {
        BytePointer taken = block;
        if (taken != null) {
            block = null;
            mat.close();
            blocks.giveBack(taken);
        }
    }
}
