package dev.mekiki.inference.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.model.ModelCard.ChannelOrder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreprocessorTest {

    /** Mean 0 and standard deviation 1/255 leave the plain 8-bit values. */
    private static ModelCard.Input plain(int height, int width) {
        return new ModelCard.Input(
                "image",
                height,
                width,
                ChannelOrder.BGR,
                List.of(0.0, 0.0, 0.0),
                List.of(1 / 255.0, 1 / 255.0, 1 / 255.0));
    }

    private static FloatBuffer floats(int n) {
        return ByteBuffer.allocateDirect(n * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    private static Mat noise(int rows, int columns, long seed) {
        Mat mat = new Mat(rows, columns, opencv_core.CV_8UC3);
        byte[] values = new byte[3 * rows * columns];
        new Random(seed).nextBytes(values);
        mat.data().put(values);
        return mat;
    }

    @ParameterizedTest
    @CsvSource({
        // rows, columns, top, left, bottom, right
        "301, 457, 0, 0, 301, 457",
        "301, 457, 0, 0, 300.125, 456.25",
        "301, 457, 0.875, 0.75, 301, 457",
        "24, 32, 0, 0, 24, 32",
        "48, 64, 0, 0, 48, 64",
        "9, 7, 0, 0, 9, 7",
        "1, 1, 0, 0, 1, 1",
        "1, 500, 0, 0, 1, 500",
        "11, 300, 0.5, 0, 10.25, 299.5",
        "300, 20, 0, 0, 300, 20",
        "25, 33, 0, 0, 25, 33",
        "2000, 40, 0, 0, 2000, 40",
    })
    void agreesWithBruteForce(int rows, int columns, double top, double left, double bottom, double right) {
        ModelCard.Input input = plain(24, 32);
        Extent extent = new Extent(left, top, right, bottom);
        try (Mat image = noise(rows, columns, rows * 1000L + columns)) {
            Preprocessor preprocessor = Preprocessor.of(input);
            FloatBuffer tensor = floats(preprocessor.values());

            preprocessor.write(image, extent, tensor, 0);

            double[] expected = BruteForce.resample(image, extent, 24, 32);
            double largest = IntStream.range(0, expected.length)
                    .mapToDouble(i -> Math.abs(tensor.get(i) - expected[i]))
                    .max()
                    .orElseThrow();
            // Far within one of 256 levels: what is left is the rounding of float32 sums.
            assertThat(largest).isLessThan(0.002);
        }
    }

    @Test
    void passesAnImageOfTheModelsSizeThroughUnchanged() {
        try (Mat image = noise(24, 32, 5);
                UByteIndexer pixels = image.createIndexer()) {
            Preprocessor preprocessor = Preprocessor.of(plain(24, 32));
            FloatBuffer tensor = floats(preprocessor.values());

            preprocessor.write(image, tensor, 0);

            for (int c = 0; c < 3; c++) {
                for (int y = 0; y < 24; y++) {
                    for (int x = 0; x < 32; x++) {
                        assertThat(tensor.get(c * 24 * 32 + y * 32 + x)).isCloseTo(pixels.get(y, x, c), within(1e-4f));
                    }
                }
            }
        }
    }

    @Test
    void normalisesInTheOrderOfTheCard() {
        // One grey level per channel: blue 51, green 102, red 204, that is .2, .4 and .8.
        try (Mat image =
                new Mat(8, 8, opencv_core.CV_8UC3, new org.bytedeco.opencv.opencv_core.Scalar(51, 102, 204, 0))) {
            List<Double> mean = List.of(0.3, 0.2, 0.1);
            List<Double> std = List.of(0.5, 0.4, 0.25);
            FloatBuffer rgb = floats(192);
            FloatBuffer bgr = floats(192);

            Preprocessor.of(new ModelCard.Input("x", 8, 8, ChannelOrder.RGB, mean, std))
                    .write(image, rgb, 0);
            Preprocessor.of(new ModelCard.Input("x", 8, 8, ChannelOrder.BGR, mean, std))
                    .write(image, bgr, 0);

            assertThat(rgb.get(0)).isCloseTo((0.8f - 0.3f) / 0.5f, within(1e-6f));
            assertThat(rgb.get(64)).isCloseTo((0.4f - 0.2f) / 0.4f, within(1e-6f));
            assertThat(rgb.get(128)).isCloseTo((0.2f - 0.1f) / 0.25f, within(1e-6f));
            assertThat(bgr.get(0)).isCloseTo((0.2f - 0.3f) / 0.5f, within(1e-6f));
            assertThat(bgr.get(64)).isCloseTo((0.4f - 0.2f) / 0.4f, within(1e-6f));
            assertThat(bgr.get(128)).isCloseTo((0.8f - 0.1f) / 0.25f, within(1e-6f));
        }
    }

    @Test
    void readsRowsWithAStride() {
        try (Mat whole = noise(60, 80, 9);
                Mat part = new Mat(whole, new Rect(11, 7, 50, 40));
                Mat copy = part.clone()) {
            Preprocessor preprocessor = Preprocessor.of(plain(16, 16));
            FloatBuffer fromPart = floats(preprocessor.values());
            FloatBuffer fromCopy = floats(preprocessor.values());

            preprocessor.write(part, fromPart, 0);
            preprocessor.write(copy, fromCopy, 0);

            assertThat(fromPart).isEqualTo(fromCopy);
        }
    }

    @ParameterizedTest
    @CsvSource({"301, 457, BGR", "24, 32, RGB", "9, 7, RGB", "1, 1, BGR", "300, 20, RGB"})
    void writesBytesRoundedToTheNearest(int rows, int columns, ChannelOrder order) {
        List<Double> none = List.of(0.0, 0.0, 0.0);
        List<Double> plain = List.of(1 / 255.0, 1 / 255.0, 1 / 255.0);
        Preprocessor floats = Preprocessor.of(new ModelCard.Input("x", 24, 32, order, none, plain));
        // What the graph does with them is nothing to the preprocessor.
        Preprocessor bytes = Preprocessor.of(new ModelCard.Input(
                "x", ModelCard.ElementType.UINT8, 24, 32, 2, order, List.of(0.4, 0.5, 0.6), List.of(0.2, 0.3, 0.4)));
        try (Mat image = noise(rows, columns, rows + columns)) {
            image.data().put(0, (byte) 0).put(1, (byte) 255);
            Extent extent = new Extent(0, 0, columns - 0.125, rows);
            FloatBuffer tensor = floats(floats.values());
            ByteBuffer slot = ByteBuffer.allocateDirect(bytes.bytes()).position(7);

            floats.write(image, extent, tensor, 0);
            bytes.write(image, extent, slot);

            assertThat(bytes.bytes()).isEqualTo(3 * 24 * 32);
            assertThat(slot.position()).isEqualTo(7);
            for (int i = 0; i < tensor.capacity(); i++) {
                assertThat((double) (slot.get(i) & 0xFF)).isCloseTo(tensor.get(i), within(0.5001));
            }
        }
    }

    @Test
    void keepsBlackAndWhiteBytesAsTheyAre() {
        Preprocessor preprocessor = Preprocessor.of(new ModelCard.Input(
                "x",
                ModelCard.ElementType.UINT8,
                16,
                16,
                2,
                ChannelOrder.RGB,
                List.of(0.0, 0.0, 0.0),
                List.of(1.0, 1.0, 1.0)));
        ByteBuffer slot = ByteBuffer.allocateDirect(preprocessor.bytes());
        for (int level : new int[] {0, 255}) {
            // Sides that do not divide, so that weights are fractions whose sum is not quite one.
            try (Mat image = new Mat(
                    157,
                    311,
                    opencv_core.CV_8UC3,
                    new org.bytedeco.opencv.opencv_core.Scalar(level, level, level, 0))) {
                preprocessor.write(image, new Extent(0, 0, 310.625, 156.75), slot);

                for (int i = 0; i < slot.capacity(); i++) {
                    assertThat(slot.get(i) & 0xFF).isEqualTo(level);
                }
            }
        }
    }

    @Test
    void writesAsTheModelTakesItInTheSlotsByteOrder() {
        Preprocessor preprocessor = Preprocessor.of(plain(8, 8));
        try (Mat image = noise(40, 40, 3)) {
            FloatBuffer tensor = floats(preprocessor.values());
            preprocessor.write(image, tensor, 0);
            for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
                ByteBuffer slot = ByteBuffer.allocate(preprocessor.bytes()).order(order);

                preprocessor.write(image, new Extent(0, 0, 40, 40), slot);

                assertThat(slot.asFloatBuffer()).isEqualTo(tensor);
            }
        }
    }

    @Test
    void writesItsSlotAndNothingElse() {
        try (Mat image = noise(40, 40, 3)) {
            Preprocessor preprocessor = Preprocessor.of(plain(8, 8));
            FloatBuffer tensor = floats(3 * preprocessor.values());
            IntStream.range(0, tensor.capacity()).forEach(i -> tensor.put(i, -1));

            preprocessor.write(image, tensor, preprocessor.values());

            for (int i = 0; i < tensor.capacity(); i++) {
                boolean inSlot = i >= preprocessor.values() && i < 2 * preprocessor.values();
                assertThat(tensor.get(i) >= 0).as("value %d written", i).isEqualTo(inSlot);
            }
            assertThat(tensor.position()).isZero();
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        Preprocessor preprocessor = Preprocessor.of(plain(8, 8));
        FloatBuffer tensor = floats(preprocessor.values());
        try (Mat grey = new Mat(8, 8, opencv_core.CV_8UC1);
                Mat image = new Mat(8, 8, opencv_core.CV_8UC3);
                Mat empty = new Mat()) {
            assertThatThrownBy(() -> preprocessor.write(grey, tensor, 0)).hasMessageContaining("CV_8UC3");
            assertThatThrownBy(() -> preprocessor.write(empty, tensor, 0)).hasMessageContaining("not empty");
            assertThatThrownBy(() -> preprocessor.write(image, tensor, 1)).hasMessageContaining("expected: 0..0");
            assertThatThrownBy(() -> preprocessor.write(image, new Extent(0, 0, 8, 8), ByteBuffer.allocate(767)))
                    .hasMessageContaining("192 values fit");
            assertThatThrownBy(() -> preprocessor.write(image, new Extent(0, 0, 8.5, 8), tensor, 0))
                    .hasMessageContaining("within 8x8");
        }
        assertThatThrownBy(() -> new Extent(3, 0, 3, 8)).hasMessageContaining("left < right");
    }

    @Test
    void threadsDoNotDisturbEachOther() throws Exception {
        Preprocessor preprocessor = Preprocessor.of(plain(32, 32));
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Callable<Boolean>> tasks = IntStream.range(0, 24)
                    .<Callable<Boolean>>mapToObj(i -> () -> {
                        Extent extent = new Extent(0, 0, 40 + 13 * (i % 8), 50 + 7 * i);
                        try (Mat image = noise((int) extent.height(), (int) extent.width(), i)) {
                            FloatBuffer tensor = floats(preprocessor.values());
                            preprocessor.write(image, tensor, 0);
                            double[] expected = BruteForce.resample(image, extent, 32, 32);
                            return IntStream.range(0, expected.length)
                                    .allMatch(v -> Math.abs(tensor.get(v) - expected[v]) < 0.01);
                        }
                    })
                    .toList();
            for (Future<Boolean> agrees : threads.invokeAll(tasks)) {
                assertThat(agrees.get()).isTrue();
            }
        }
    }

    /** The definition, in double precision and without any cleverness: BGR planes of a resampled image. */
    private static final class BruteForce {

        static double[] resample(Mat image, Extent extent, int height, int width) {
            double[][] down = weights(extent.top(), extent.height() / height, height, image.rows());
            double[][] across = weights(extent.left(), extent.width() / width, width, image.cols());
            byte[] values = new byte[3 * image.rows() * image.cols()];
            image.data().get(values);
            double[] result = new double[3 * height * width];
            for (int c = 0; c < 3; c++) {
                for (int y = 0; y < height; y++) {
                    for (int x = 0; x < width; x++) {
                        double sum = 0;
                        double weights = 0;
                        for (int row = 0; row < image.rows(); row++) {
                            for (int column = 0; down[y][row] > 0 && column < image.cols(); column++) {
                                double w = down[y][row] * across[x][column];
                                sum += w * (values[(row * image.cols() + column) * 3 + c] & 0xFF);
                                weights += w;
                            }
                        }
                        result[(c * height + y) * width + x] = sum / weights;
                    }
                }
            }
            return result;
        }

        private static double[][] weights(double from, double step, int targets, int sources) {
            double[][] weights = new double[targets][sources];
            for (int target = 0; target < targets; target++) {
                for (int source = 0; source < sources; source++) {
                    weights[target][source] = weight(from, step, target, source, sources);
                }
            }
            return weights;
        }

        private static double weight(double from, double step, int target, int source, int sources) {
            if (step >= 1) {
                double low = Math.max(from + target * step, source);
                double high = Math.min(from + (target + 1) * step, source + 1);
                return Math.max(0, high - low);
            }
            double centre = Math.clamp(from + (target + 0.5) * step, 0.5, sources - 0.5);
            return Math.max(0, 1 - Math.abs(source + 0.5 - centre));
        }
    }
}
