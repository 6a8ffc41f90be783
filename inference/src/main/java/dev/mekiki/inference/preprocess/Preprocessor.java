package dev.mekiki.inference.preprocess;

import dev.mekiki.inference.model.ModelCard;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Locale;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Turns 8-bit BGR pixels into one image's slot of the input tensor {@code [N, 3, height, width]}: stretched to the
 * model's size without keeping the aspect ratio, then {@code (v / 255 − mean) / std} per channel, unless the model does
 * that itself. Training and serving both call this class, so they cannot drift apart.
 *
 * <p>Each axis is resampled on its own. Where it shrinks, an output pixel is the mean of the part of the source it
 * covers, fractions of source pixels included; where it grows, it is linear between the centres of the two nearest
 * source pixels, edges held. A source that has the model's size already passes through unchanged. Sums are kept in
 * float32; they are rounded to 8 bits only for a model that takes bytes, once, to the nearest.
 *
 * <p>Immutable and thread-safe; each calling thread keeps buffers of some {@code 15 × source width} bytes for reuse.
 */
public final class Preprocessor {

    private static final int CHANNELS = 3;

    /** Position of blue, green and red in the tensor. */
    private final int[] plane;

    /** Per blue, green, red: {@code (v - 128) * scale + shift} is the normalised value. */
    private final float[] scale = new float[CHANNELS];

    private final float[] shift = new float[CHANNELS];
    private final ModelCard.ElementType type;
    private final int height;
    private final int width;
    private final String decoding;
    private final ThreadLocal<Scratch> scratch;

    private Preprocessor(ModelCard.Input input) {
        type = input.type();
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
        decoding = input.oversampling() == ModelCard.Input.CLEAN_OVERSAMPLING
                ? ""
                : " oversampling=" + input.oversampling();
        scratch = ThreadLocal.withInitial(() -> new Scratch(height, width));
    }

    public static Preprocessor of(ModelCard.Input input) {
        return new Preprocessor(input);
    }

    /** How many values one image has: {@code 3 × height × width}. */
    public int values() {
        return CHANNELS * height * width;
    }

    /** How many bytes one image takes in the model's input tensor. */
    public int bytes() {
        return values() * type.bytes();
    }

    /**
     * Identifies what becomes of an image by a given card; part of the embedding space's digest, so that a change of the
     * resampling, or of how far a JPEG is reduced before, makes a new space.
     */
    public String description() {
        String planes = String.format(
                Locale.ROOT,
                "area-linear %dx%d planes-of-bgr=%d,%d,%d%s",
                height,
                width,
                plane[0],
                plane[1],
                plane[2],
                decoding);
        return switch (type) {
            case FLOAT32 ->
                String.format(
                        Locale.ROOT,
                        "%s scale=%s,%s,%s shift=%s,%s,%s",
                        planes,
                        scale[0],
                        scale[1],
                        scale[2],
                        shift[0],
                        shift[1],
                        shift[2]);
            case UINT8 -> planes + " rounded to 8 bits";
        };
    }

    /**
     * Writes a whole image as normalised float32, whatever the model takes.
     *
     * @param bgr CV_8UC3 of any size; rows may have a stride
     * @param tensor where to, by absolute index; its position does not move
     * @param offset index of the first float of the slot; {@link #values()} are written
     * @throws IllegalArgumentException if the pixels are of another type, or the slot does not fit
     */
    public void write(Mat bgr, FloatBuffer tensor, int offset) {
        requireBgr(bgr);
        write(bgr, new Extent(0, 0, bgr.cols(), bgr.rows()), tensor, offset);
    }

    /**
     * Writes the part of an image that {@code extent} names, to fractions of a pixel, as normalised float32, whatever
     * the model takes.
     *
     * @param bgr CV_8UC3 of any size; rows may have a stride
     * @param extent within {@code 0..cols} and {@code 0..rows}
     * @param tensor where to, by absolute index; its position does not move
     * @param offset index of the first float of the slot; {@link #values()} are written
     * @throws IllegalArgumentException if the pixels are of another type, the extent exceeds them, or the slot does not
     *     fit
     */
    public void write(Mat bgr, Extent extent, FloatBuffer tensor, int offset) {
        requireRoom(offset, tensor.limit() - values());
        Resampling resampling = new Resampling(bgr, extent);
        float[] row = resampling.row();
        for (int y = 0; y < height; y++) {
            resampling.resample(y);
            for (int c = 0; c < CHANNELS; c++) {
                for (int i = c * width; i < (c + 1) * width; i++) {
                    row[i] = row[i] * scale[c] + shift[c];
                }
                tensor.put(offset + (plane[c] * height + y) * width, row, c * width, width);
            }
        }
    }

    /**
     * Writes the part of an image that {@code extent} names, to fractions of a pixel, as the model takes it.
     *
     * @param bgr CV_8UC3 of any size; rows may have a stride
     * @param extent within {@code 0..cols} and {@code 0..rows}
     * @param slot where to, from index 0, floats in its byte order; its position does not move, and {@link #bytes()}
     *     are written
     * @throws IllegalArgumentException if the pixels are of another type, the extent exceeds them, or the slot does not
     *     fit
     */
    public void write(Mat bgr, Extent extent, ByteBuffer slot) {
        switch (type) {
            case FLOAT32 ->
                write(
                        bgr,
                        extent,
                        slot.slice(0, slot.limit()).order(slot.order()).asFloatBuffer(),
                        0);
            case UINT8 -> writeBytes(bgr, extent, slot);
        }
    }

    private void writeBytes(Mat bgr, Extent extent, ByteBuffer slot) {
        requireRoom(0, slot.limit() - bytes());
        Resampling resampling = new Resampling(bgr, extent);
        float[] row = resampling.row();
        byte[] rounded = resampling.rounded();
        for (int y = 0; y < height; y++) {
            resampling.resample(y);
            // A weighted mean of -128..127 exceeds that by float32's rounding at most, so that nothing needs clamping.
            for (int i = 0; i < rounded.length; i++) {
                rounded[i] = (byte) (int) (row[i] + 128.5f);
            }
            for (int c = 0; c < CHANNELS; c++) {
                slot.put((plane[c] * height + y) * width, rounded, c * width, width);
            }
        }
    }

    private void requireRoom(int offset, int last) {
        if (offset < 0 || offset > last) {
            throw new IllegalArgumentException(
                    "offset: " + offset + " (expected: 0.." + last + ", so that " + values() + " values fit)");
        }
    }

    private static void requireBgr(Mat bgr) {
        if (bgr.type() != opencv_core.CV_8UC3 || bgr.empty()) {
            throw new IllegalArgumentException("bgr: type " + bgr.type() + ", " + bgr.cols() + "x" + bgr.rows()
                    + " (expected: type " + opencv_core.CV_8UC3 + " (CV_8UC3), not empty)");
        }
    }

    /** One image on its way into the tensor, row by row. */
    private final class Resampling {

        private final Scratch s = scratch.get();
        private final MemorySegment pixels;
        private final long stride;
        private final int rowBytes;

        Resampling(Mat bgr, Extent extent) {
            requireBgr(bgr);
            if (extent.right() > bgr.cols() || extent.bottom() > bgr.rows()) {
                throw new IllegalArgumentException(
                        "extent: " + extent + " (expected: within " + bgr.cols() + "x" + bgr.rows() + ")");
            }
            rowBytes = CHANNELS * bgr.cols();
            stride = bgr.step();
            pixels = MemorySegment.ofAddress(bgr.data().address()).reinterpret(stride * (bgr.rows() - 1) + rowBytes);
            s.rows.set(extent.top(), extent.bottom(), bgr.rows());
            s.columns.set(extent.left(), extent.right(), bgr.cols());
            s.reserve(rowBytes);
        }

        /** Blue, green and red of {@code width} columns each, minus 128, of the row that was resampled last. */
        float[] row() {
            return s.resampled;
        }

        /** As long as {@link #row}. */
        byte[] rounded() {
            return s.rounded;
        }

        void resample(int y) {
            Taps rows = s.rows;
            boolean begun = false;
            for (int t = 0; t < rows.count; t++) {
                float weight = rows.weights[y * rows.count + t];
                if (weight != 0) {
                    MemorySegment.copy(pixels, ValueLayout.JAVA_BYTE, stride * (rows.first[y] + t), s.row, 0, rowBytes);
                    addRow(s.row, weight, !begun, s.sums, rowBytes);
                    begun = true;
                }
            }
            sumColumns(s.sums, s.columns, s.resampled);
        }
    }

    /**
     * Adds one weighted row. Flipping the top bit makes of 0..255 the signed -128..127, which the compiler turns into
     * floats eight at a time, and unsigned bytes it does not: a quarter of the time. The weights sum to one, so that 128
     * is added back once, in {@link #shift} or when rounding.
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

    /** Without a loop over single taps, which takes twice the time. */
    private void sumColumns(float[] sums, Taps columns, float[] into) {
        int[] first = columns.first;
        float[] weights = columns.weights;
        int count = columns.count;
        Arrays.fill(into, 0);
        for (int t = 0; t < count; t += Taps.GROUP) {
            for (int x = 0; x < width; x++) {
                int i = CHANNELS * (first[x] + t);
                int w = x * count + t;
                float left = weights[w];
                float middle = weights[w + 1];
                float right = weights[w + 2];
                into[x] = into[x] + left * sums[i] + middle * sums[i + 3] + right * sums[i + 6];
                into[width + x] = into[width + x] + left * sums[i + 1] + middle * sums[i + 4] + right * sums[i + 7];
                into[2 * width + x] =
                        into[2 * width + x] + left * sums[i + 2] + middle * sums[i + 5] + right * sums[i + 8];
            }
        }
    }

    /** One thread's buffers; those as wide as the source grow to the widest image it has seen. */
    private static final class Scratch {
        private final Taps rows;
        private final Taps columns;
        private final float[] resampled;
        private final byte[] rounded;
        private byte[] row = {};
        private float[] sums = {};

        Scratch(int height, int width) {
            rows = new Taps(height);
            columns = new Taps(width);
            resampled = new float[CHANNELS * width];
            rounded = new byte[CHANNELS * width];
        }

        void reserve(int rowBytes) {
            if (row.length < rowBytes) {
                row = new byte[rowBytes];
            }
            // Taps of weight zero may lie beyond the row.
            int reached = rowBytes + CHANNELS * columns.count;
            if (sums.length < reached) {
                sums = new float[reached];
            }
        }
    }
}
