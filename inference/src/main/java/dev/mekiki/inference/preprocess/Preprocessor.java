package dev.mekiki.inference.preprocess;

import dev.mekiki.inference.model.ModelCard;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.FloatBuffer;
import java.util.Locale;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Turns 8-bit BGR pixels into one image's slot of the input tensor {@code [N, 3, height, width]}: stretched to the
 * model's size without keeping the aspect ratio, then {@code (v / 255 − mean) / std} per channel. Training and serving
 * both call this class, so they cannot drift apart.
 *
 * <p>Each axis is resampled on its own. Where it shrinks, an output pixel is the mean of the part of the source it
 * covers, fractions of source pixels included; where it grows, it is linear between the centres of the two nearest
 * source pixels, edges held. A source that has the model's size already passes through unchanged. Sums are kept in
 * float32 and never rounded to 8 bits.
 *
 * <p>Immutable and thread-safe; each calling thread keeps a scratch row of {@code 15 × source width} bytes for reuse.
 */
public final class Preprocessor {

    private static final int CHANNELS = 3;

    /** Output planes of {@link Scratch#sums}: position of blue, green and red in the tensor. */
    private final int[] plane;

    /** Per blue, green, red: {@code (v - 128) * scale + shift} is the normalised value. */
    private final float[] scale = new float[CHANNELS];

    private final float[] shift = new float[CHANNELS];
    private final int height;
    private final int width;
    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

    private Preprocessor(ModelCard.Input input) {
        height = input.height();
        width = input.width();
        plane = switch (input.channelOrder()) {
            case RGB -> new int[] {2, 1, 0};
            case BGR -> new int[] {0, 1, 2};
        };
        for (int c = 0; c < CHANNELS; c++) {
            double mean = input.mean().get(plane[c]);
            double std = input.std().get(plane[c]);
            scale[c] = (float) (1 / (255 * std));
            shift[c] = (float) ((128 / 255.0 - mean) / std);
        }
    }

    public static Preprocessor of(ModelCard.Input input) {
        return new Preprocessor(input);
    }

    /** How many floats one image takes: {@code 3 × height × width}. */
    public int floats() {
        return CHANNELS * height * width;
    }

    /**
     * Identifies what this class does with a given card; part of the embedding space's digest, so that a change of the
     * resampling makes a new space.
     */
    public String description() {
        return String.format(
                Locale.ROOT,
                "area-linear %dx%d planes-of-bgr=%d,%d,%d scale=%s,%s,%s shift=%s,%s,%s",
                height,
                width,
                plane[0],
                plane[1],
                plane[2],
                scale[0],
                scale[1],
                scale[2],
                shift[0],
                shift[1],
                shift[2]);
    }

    /**
     * Writes a whole image.
     *
     * @param bgr CV_8UC3 of any size; rows may have a stride
     * @param tensor where to, by absolute index; its position does not move
     * @param offset index of the first float of the slot; {@link #floats()} are written
     * @throws IllegalArgumentException if the pixels are of another type, or the slot does not fit
     */
    public void write(Mat bgr, FloatBuffer tensor, int offset) {
        requireBgr(bgr);
        write(bgr, new Extent(0, 0, bgr.cols(), bgr.rows()), tensor, offset);
    }

    /**
     * Writes the part of an image that {@code extent} names, to fractions of a pixel.
     *
     * @param bgr CV_8UC3 of any size; rows may have a stride
     * @param extent within {@code 0..cols} and {@code 0..rows}
     * @param tensor where to, by absolute index; its position does not move
     * @param offset index of the first float of the slot; {@link #floats()} are written
     * @throws IllegalArgumentException if the pixels are of another type, the extent exceeds them, or the slot does not
     *     fit
     */
    public void write(Mat bgr, Extent extent, FloatBuffer tensor, int offset) {
        requireBgr(bgr);
        if (extent.right() > bgr.cols() || extent.bottom() > bgr.rows()) {
            throw new IllegalArgumentException(
                    "extent: " + extent + " (expected: within " + bgr.cols() + "x" + bgr.rows() + ")");
        }
        if (offset < 0 || offset > tensor.limit() - floats()) {
            throw new IllegalArgumentException("offset: " + offset + " (expected: 0.." + (tensor.limit() - floats())
                    + ", so that " + floats() + " floats fit)");
        }
        Taps rows = Taps.of(extent.top(), extent.bottom(), bgr.rows(), height);
        Taps columns = Taps.of(extent.left(), extent.right(), bgr.cols(), width);
        int rowBytes = CHANNELS * bgr.cols();
        long stride = bgr.step();
        MemorySegment pixels =
                MemorySegment.ofAddress(bgr.data().address()).reinterpret(stride * (bgr.rows() - 1) + rowBytes);
        Scratch s = scratch.get();
        s.reserve(rowBytes);
        for (int y = 0; y < height; y++) {
            int taps = rows.start[y + 1] - rows.start[y];
            for (int t = 0; t < taps; t++) {
                MemorySegment.copy(pixels, ValueLayout.JAVA_BYTE, stride * (rows.first[y] + t), s.row, 0, rowBytes);
                addRow(s.row, rows.weights[rows.start[y] + t], t == 0, s.sums, rowBytes);
            }
            sumColumns(s.sums, columns, tensor, offset + y * width);
        }
    }

    private static void requireBgr(Mat bgr) {
        if (bgr.type() != opencv_core.CV_8UC3 || bgr.empty()) {
            throw new IllegalArgumentException("bgr: type " + bgr.type() + ", " + bgr.cols() + "x" + bgr.rows()
                    + " (expected: type " + opencv_core.CV_8UC3 + " (CV_8UC3), not empty)");
        }
    }

    /**
     * Adds one weighted row. Flipping the top bit makes of 0..255 the signed -128..127, which the compiler turns into
     * floats eight at a time, and unsigned bytes it does not: a quarter of the time. The weights sum to one, so that 128
     * is added back once, in {@link #shift}.
     */
    private static void addRow(byte[] row, float weight, boolean first, float[] sums, int n) {
        for (int i = 0; i < n; i++) {
            row[i] ^= (byte) 0x80;
        }
        if (first) {
            for (int i = 0; i < n; i++) {
                sums[i] = weight * row[i];
            }
        } else {
            for (int i = 0; i < n; i++) {
                sums[i] += weight * row[i];
            }
        }
    }

    private void sumColumns(float[] sums, Taps columns, FloatBuffer tensor, int rowStart) {
        int planeSize = height * width;
        int blueAt = rowStart + plane[0] * planeSize;
        int greenAt = rowStart + plane[1] * planeSize;
        int redAt = rowStart + plane[2] * planeSize;
        int[] first = columns.first;
        int[] start = columns.start;
        float[] weights = columns.weights;
        for (int x = 0; x < width; x++) {
            float blue = 0;
            float green = 0;
            float red = 0;
            int i = CHANNELS * first[x];
            int end = start[x + 1];
            for (int t = start[x]; t < end; t++, i += CHANNELS) {
                float weight = weights[t];
                blue += weight * sums[i];
                green += weight * sums[i + 1];
                red += weight * sums[i + 2];
            }
            tensor.put(blueAt + x, blue * scale[0] + shift[0]);
            tensor.put(greenAt + x, green * scale[1] + shift[1]);
            tensor.put(redAt + x, red * scale[2] + shift[2]);
        }
    }

    /** One thread's buffers, grown to the widest image it has seen. */
    private static final class Scratch {
        private byte[] row = {};
        private float[] sums = {};

        void reserve(int rowBytes) {
            if (row.length < rowBytes) {
                row = new byte[rowBytes];
                sums = new float[rowBytes];
            }
        }
    }
}
