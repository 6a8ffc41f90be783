package dev.mekiki.inference.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.preprocess.Extent;
import dev.mekiki.inference.preprocess.Preprocessor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.indexer.UByteIndexer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageDecoderTest {

    private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT, 256);

    /** Colours in the middle of the four quadrants are those of {@link Drawing#quadrants}. */
    private static void assertQuadrants(DecodedImage image, int tolerance) {
        Mat bgr = image.bgr();
        assertThat(bgr.type()).isEqualTo(opencv_core.CV_8UC3);
        for (int quadrant = 0; quadrant < 4; quadrant++) {
            boolean below = quadrant / 2 == 1;
            boolean right = quadrant % 2 == 1;
            int y = bgr.rows() * (below ? 3 : 1) / 4;
            int x = bgr.cols() * (right ? 3 : 1) / 4;
            assertPixel(bgr, y, x, Drawing.colourAt(below, right), tolerance);
        }
    }

    private static void assertPixel(Mat bgr, int y, int x, int[] expected, int tolerance) {
        try (UByteIndexer pixels = bgr.createIndexer()) {
            for (int c = 0; c < 3; c++) {
                assertThat(pixels.get(y, x, c))
                        .as("pixel %d,%d channel %d", y, x, c)
                        .isCloseTo(expected[c], within(tolerance));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({".jpg, 6", ".png, 0", ".webp, 8"})
    void decodesEachFormat(String extension, int tolerance) {
        int[] lossy = {opencv_imgcodecs.IMWRITE_WEBP_QUALITY, 90};
        try (Mat picture = Drawing.quadrants(64, 96);
                DecodedImage image = decoder.decode(
                        Files.encode(extension, picture, extension.equals(".webp") ? lossy : new int[0]))) {
            assertThat(image.bgr().rows()).isEqualTo(64);
            assertThat(image.bgr().cols()).isEqualTo(96);
            assertThat(image.extent()).isEqualTo(new Extent(0, 0, 96, 64));
            assertQuadrants(image, tolerance);
        }
    }

    @Test
    void decodesLosslessWebp() {
        try (Mat picture = Drawing.quadrants(64, 96);
                DecodedImage image =
                        decoder.decode(Files.encode(".webp", picture, opencv_imgcodecs.IMWRITE_WEBP_QUALITY, 101))) {
            assertQuadrants(image, 0);
        }
    }

    @Test
    void decodesProgressiveJpeg() {
        try (Mat picture = Drawing.quadrants(640, 960)) {
            byte[] file = Files.encode(
                    ".jpg",
                    picture,
                    opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE,
                    1,
                    opencv_imgcodecs.IMWRITE_JPEG_RST_INTERVAL,
                    7);
            assertThat(Files.indexOfSegment(file, 0xC2)).as("is progressive").isPositive();
            try (DecodedImage image = decoder.decode(file)) {
                assertThat(image.bgr().rows()).isEqualTo(320);
                assertQuadrants(image, 6);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {".jpg", ".png"})
    void decodesGreyscale(String extension) {
        try (Mat grey = new Mat(40, 60, opencv_core.CV_8UC1, new Scalar(77));
                DecodedImage image = decoder.decode(Files.encode(extension, grey))) {
            assertPixel(image.bgr(), 20, 30, new int[] {77, 77, 77}, 1);
        }
    }

    @Test
    void decodesAdobeCmyk() {
        // Adobe stores ink inverted: 255 is no ink. Half cyan, no magenta, full yellow, no black: a green.
        byte[] file = Files.cmykJpeg(plane(128), plane(255), plane(0), plane(255));

        assertThat(ImageHeader.read(file).width()).isEqualTo(300);
        try (DecodedImage image = new ImageDecoder(ImageLimits.DEFAULT, 256).decode(file)) {
            assertPixel(image.bgr(), 100, 100, new int[] {0, 255, 128}, 3);
        }
        try (DecodedImage image = new ImageDecoder(ImageLimits.DEFAULT, 64).decode(file)) {
            assertThat(image.bgr().cols()).isEqualTo(75);
            assertPixel(image.bgr(), 30, 30, new int[] {0, 255, 128}, 3);
        }
    }

    private static byte[] plane(int level) {
        try (Mat grey = new Mat(280, 300, opencv_core.CV_8UC1, new Scalar(level))) {
            return Files.encode(".jpg", grey);
        }
    }

    @Test
    void roundsSixteenBitsToEight() {
        // 0x7FFF is 127.5 of 255, 0x0101 is 1, 0xFF7F is 254.5.
        try (Mat deep = new Mat(10, 10, opencv_core.CV_16UC3, new Scalar(0x0101, 0x8000, 0xFFFF, 0));
                DecodedImage image = decoder.decode(Files.encode(".png", deep))) {
            assertPixel(image.bgr(), 5, 5, new int[] {1, 128, 255}, 0);
        }
        try (Mat deep = new Mat(10, 10, opencv_core.CV_16UC1, new Scalar(0x4080));
                DecodedImage image = decoder.decode(Files.encode(".png", deep))) {
            assertPixel(image.bgr(), 5, 5, new int[] {64, 64, 64}, 1);
        }
    }

    @Test
    void laysTransparentPixelsOverWhite() {
        // A black that is opaque, one quarter opaque (64 of 255), and invisible.
        for (int[] alphaAndGrey : new int[][] {{255, 0}, {64, 191}, {0, 255}}) {
            int grey = alphaAndGrey[1];
            try (Mat mat = new Mat(10, 10, opencv_core.CV_8UC4, new Scalar(0, 0, 0, alphaAndGrey[0]));
                    Mat deep = new Mat(10, 10, opencv_core.CV_16UC4, new Scalar(0, 0, 0, alphaAndGrey[0] * 257))) {
                assertSolid(Files.encode(".png", mat), grey);
                assertSolid(Files.encode(".png", deep), grey);
                assertSolid(Files.encode(".webp", mat, opencv_imgcodecs.IMWRITE_WEBP_QUALITY, 101), grey);
            }
        }
    }

    private void assertSolid(byte[] file, int grey) {
        try (DecodedImage image = decoder.decode(file)) {
            assertPixel(image.bgr(), 5, 5, new int[] {grey, grey, grey}, 0);
        }
    }

    @Test
    void laysTransparentGreyAndPaletteOverWhite() {
        byte[] greyAlphaRow = Files.bytes(100, 255, 100, 0);
        byte[] greyAlpha = Files.png(2, 2, 8, 4, new byte[][] {greyAlphaRow, greyAlphaRow});
        try (DecodedImage image = decoder.decode(greyAlpha)) {
            assertPixel(image.bgr(), 1, 0, new int[] {100, 100, 100}, 0);
            assertPixel(image.bgr(), 1, 1, new int[] {255, 255, 255}, 0);
        }
        byte[] palette = Files.pngChunk("PLTE", Files.bytes(250, 20, 10, 0, 0, 200, 5, 6, 7));
        byte[] transparency = Files.pngChunk("tRNS", Files.bytes(255, 0));
        byte[] row = Files.bytes(0, 1, 2);
        byte[] opaque = Files.png(3, 2, 8, 3, new byte[][] {row, row}, palette);
        try (DecodedImage image = decoder.decode(opaque)) {
            assertPixel(image.bgr(), 0, 0, new int[] {10, 20, 250}, 0);
            assertPixel(image.bgr(), 0, 1, new int[] {200, 0, 0}, 0);
            assertPixel(image.bgr(), 0, 2, new int[] {7, 6, 5}, 0);
        }
        byte[] transparent = Files.png(3, 2, 8, 3, new byte[][] {row, row}, palette, transparency);
        try (DecodedImage image = decoder.decode(transparent)) {
            assertPixel(image.bgr(), 0, 0, new int[] {10, 20, 250}, 0);
            assertPixel(image.bgr(), 0, 1, new int[] {255, 255, 255}, 0);
            assertPixel(image.bgr(), 0, 2, new int[] {7, 6, 5}, 0);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
    void turnsEveryOrientationUprightOnce(int orientation) {
        try (Mat upright = Drawing.quadrants(64, 96);
                Mat stored = stored(upright, orientation)) {
            byte[] little = Files.exif(orientation, ByteOrder.LITTLE_ENDIAN);
            byte[] big = Files.exif(orientation, ByteOrder.BIG_ENDIAN);
            byte[] jpeg = Files.encode(".jpg", stored);
            byte[] png = Files.encode(".png", stored);
            byte[] webp = Files.encode(".webp", stored, opencv_imgcodecs.IMWRITE_WEBP_QUALITY, 101);
            for (byte[] file : List.of(
                    Files.jpegWithExif(jpeg, little),
                    Files.jpegWithExif(jpeg, big),
                    Files.pngWithExif(png, big),
                    Files.webpWithExif(webp, stored.cols(), stored.rows(), little))) {
                assertThat(ImageHeader.read(file).orientation()).isEqualTo(Orientation.ofTag(orientation));
                try (DecodedImage image = decoder.decode(file)) {
                    assertThat(image.bgr().cols()).isEqualTo(96);
                    assertThat(image.bgr().rows()).isEqualTo(64);
                    assertQuadrants(image, 6);
                }
            }
        }
    }

    /**
     * The stored form of an upright picture, from the words of the standard: which visible sides the stored row 0 and
     * the stored column 0 are.
     */
    private static Mat stored(Mat upright, int orientation) {
        String[][] sides = {
            {"top", "left"}, {"top", "right"}, {"bottom", "right"}, {"bottom", "left"},
            {"left", "top"}, {"right", "top"}, {"right", "bottom"}, {"left", "bottom"}
        };
        String[] side = sides[orientation - 1];
        boolean transposed = orientation >= 5;
        int rows = transposed ? upright.cols() : upright.rows();
        int columns = transposed ? upright.rows() : upright.cols();
        Mat stored = new Mat(rows, columns, upright.type());
        try (UByteIndexer from = upright.createIndexer();
                UByteIndexer to = stored.createIndexer()) {
            int[] pixel = new int[3];
            for (int r = 0; r < rows; r++) {
                for (int c = 0; c < columns; c++) {
                    int rowAway = side[0].equals("top") || side[0].equals("left") ? r : rows - 1 - r;
                    int columnAway = side[1].equals("left") || side[1].equals("top") ? c : columns - 1 - c;
                    from.get(transposed ? columnAway : rowAway, transposed ? rowAway : columnAway, pixel);
                    to.put(r, c, pixel);
                }
            }
        }
        return stored;
    }

    @Test
    void ignoresDamagedExif() {
        try (Mat picture = Drawing.quadrants(64, 96)) {
            byte[] jpeg = Files.encode(".jpg", picture);
            byte[] farDirectory = Files.concat(Files.bytes('M', 'M', 0, 42, 0x7F, 0xFF, 0xFF, 0xFF));
            byte[] endless = Files.concat(Files.bytes('M', 'M', 0, 42, 0, 0, 0, 8, 0xFF, 0xFF));
            byte[] unknownValue = Files.exif(9, ByteOrder.BIG_ENDIAN);
            for (byte[] tiff : List.of(new byte[0], farDirectory, endless, unknownValue)) {
                try (DecodedImage image = decoder.decode(Files.jpegWithExif(jpeg, tiff))) {
                    assertQuadrants(image, 6);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        // columns, rows -> reduction
        "511, 900, 1",
        "512, 900, 2",
        "1023, 1024, 2",
        "1024, 1024, 4",
        "2047, 3000, 4",
        "2048, 3000, 8",
        "2500, 2100, 8",
    })
    void reducesJpegWhileTheShorterSideKeepsTheLeastSide(int columns, int rows, int reduction) {
        try (Mat picture = Drawing.quadrants(rows, columns);
                DecodedImage image = decoder.decode(Files.encode(".jpg", picture))) {
            assertThat(image.bgr().cols()).isEqualTo(Math.ceilDiv(columns, reduction));
            assertThat(image.bgr().rows()).isEqualTo(Math.ceilDiv(rows, reduction));
            assertThat(image.extent())
                    .isEqualTo(new Extent(0, 0, (double) columns / reduction, (double) rows / reduction));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 6, 8})
    void reducedScaleShiftsNothing(int orientation) {
        // A side that leaves most of the last reduced pixel outside the picture; blurred, so that only place counts.
        try (Mat sharp = Drawing.page(1034, 1049, 7);
                Mat picture = new Mat()) {
            opencv_imgproc.blur(sharp, picture, new org.bytedeco.opencv.opencv_core.Size(41, 41));
            byte[] file = Files.jpegWithExif(
                    Files.encode(".jpg", picture, opencv_imgcodecs.IMWRITE_JPEG_QUALITY, 98),
                    Files.exif(orientation, ByteOrder.BIG_ENDIAN));
            float[] full = preprocessed(new ImageDecoder(ImageLimits.DEFAULT, 10_000), file);
            float[] reduced = preprocessed(new ImageDecoder(ImageLimits.DEFAULT, 128), file);
            for (int i = 0; i < full.length; i++) {
                assertThat(reduced[i]).as("value %d", i).isCloseTo(full[i], within(2.5f));
            }
        }
    }

    @Test
    void decodesIntoTheMemoryOfTheImageBefore() {
        List<byte[]> files = new ArrayList<>();
        try (Mat page = Drawing.page(300, 400, 1);
                Mat smaller = Drawing.page(280, 390, 2);
                Mat clear = new Mat(300, 400, opencv_core.CV_8UC4, new Scalar(10, 20, 30, 128))) {
            files.add(Files.encode(".jpg", page));
            files.add(Files.encode(".png", smaller));
            files.add(Files.encode(".png", clear));
        }
        Set<Long> addresses = new HashSet<>();
        for (int i = 0; i < 30; i++) {
            try (DecodedImage image = decoder.decode(files.get(i % files.size()))) {
                addresses.add(image.bgr().data().address());
            }
        }
        assertThat(addresses).hasSize(1);
    }

    @Test
    void imagesThatAreHeldAtOnceDoNotShareMemory() {
        try (Mat red = Drawing.solid(300, 300, 0, 0, 255);
                Mat blue = Drawing.solid(300, 300, 255, 0, 0);
                DecodedImage first = decoder.decode(Files.encode(".png", red));
                DecodedImage second = decoder.decode(Files.encode(".png", blue))) {
            assertPixel(first.bgr(), 100, 100, new int[] {0, 0, 255}, 0);
            assertPixel(second.bgr(), 100, 100, new int[] {255, 0, 0}, 0);
            first.close();
            // Closed again by the end of the block: its memory must not be handed out twice.
            first.close();
            try (DecodedImage third = decoder.decode(Files.encode(".png", red));
                    DecodedImage fourth = decoder.decode(Files.encode(".png", blue))) {
                assertPixel(third.bgr(), 100, 100, new int[] {0, 0, 255}, 0);
                assertPixel(fourth.bgr(), 100, 100, new int[] {255, 0, 0}, 0);
                assertPixel(second.bgr(), 100, 100, new int[] {255, 0, 0}, 0);
            }
        }
    }

    @Test
    void aFileThatCannotBeDecodedGivesItsMemoryBack() {
        // Whole by its header and checksums, with one row of two hundred.
        byte[] broken = Files.png(300, 200, 8, 2, new byte[][] {new byte[901]});
        byte[] good;
        try (Mat page = Drawing.page(200, 300, 1)) {
            good = Files.encode(".png", page);
        }
        long address;
        try (DecodedImage image = decoder.decode(good)) {
            address = image.bgr().data().address();
        }
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> decoder.decode(broken)).isInstanceOf(InvalidInput.class);
        }
        try (DecodedImage image = decoder.decode(good)) {
            assertThat(image.bgr().data().address()).isEqualTo(address);
        }
    }

    private static float[] preprocessed(ImageDecoder decoder, byte[] file) {
        Preprocessor preprocessor = Preprocessor.of(new ModelCard.Input(
                "image",
                64,
                64,
                ModelCard.ChannelOrder.RGB,
                List.of(0.0, 0.0, 0.0),
                List.of(1 / 255.0, 1 / 255.0, 1 / 255.0)));
        FloatBuffer tensor = ByteBuffer.allocateDirect(4 * preprocessor.values())
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        try (DecodedImage image = decoder.decode(file)) {
            preprocessor.write(image.bgr(), image.extent(), tensor, 0);
        }
        float[] values = new float[preprocessor.values()];
        tensor.get(values);
        return values;
    }
}
