package dev.mekiki.inference.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.mekiki.core.failure.InvalidInput;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MalformedImageTest {

    private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT, 256);

    enum Kind {
        BASELINE,
        PROGRESSIVE,
        RESTARTS,
        PNG,
        WEBP,
        LOSSLESS_WEBP;

        @SuppressWarnings("ImmutableEnumChecker") // Handed out as copies only.
        private final byte[] file = encoded();

        byte[] file() {
            return file.clone();
        }

        private byte[] encoded() {
            try (Mat page = Drawing.page(420, 610, 11)) {
                return switch (this) {
                    case BASELINE -> Files.encode(".jpg", page);
                    case PROGRESSIVE -> Files.encode(".jpg", page, opencv_imgcodecs.IMWRITE_JPEG_PROGRESSIVE, 1);
                    case RESTARTS -> Files.encode(".jpg", page, opencv_imgcodecs.IMWRITE_JPEG_RST_INTERVAL, 10);
                    case PNG -> Files.encode(".png", page);
                    case WEBP -> Files.encode(".webp", page, opencv_imgcodecs.IMWRITE_WEBP_QUALITY, 90);
                    case LOSSLESS_WEBP -> Files.encode(".webp", page, opencv_imgcodecs.IMWRITE_WEBP_QUALITY, 101);
                };
            }
        }
    }

    private void assertRefused(byte[] file, String... messageParts) {
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> decoder.decode(file).close())
                .satisfies(e -> assertThat(e.field()).isEqualTo("image.content"))
                .satisfies(
                        e -> assertThat(e.description()).contains(messageParts).contains("(expected: "));
    }

    @Test
    void refusesAnEmptyBody() {
        assertRefused(new byte[0], "empty", "JPEG, PNG or WebP");
    }

    @Test
    void refusesAnotherKindOfFileAndShowsHowItBegins() {
        assertRefused("Dear Sir or Madam".getBytes(StandardCharsets.US_ASCII), "44 65 61 72", "JPEG, PNG or WebP");
        assertRefused("GIF89a...".getBytes(StandardCharsets.US_ASCII), "47 49 46", "JPEG, PNG or WebP");
        assertRefused(Files.bytes(0), "1 bytes that begin with 00");
    }

    @Test
    void refusesMoreBytesThanAllowed() {
        assertRefused(new byte[(20 << 20) + 1], "20971521 bytes", "at most 20971520 bytes");
    }

    @Test
    void refusesAPngBombByItsHeader() {
        byte[] bomb = Files.concat(
                Files.PNG_SIGNATURE,
                Files.pngHeader(30_000, 30_000, 8, 2),
                Files.pngChunk("IDAT", new byte[3000]),
                Files.pngChunk("IEND", new byte[0]));
        assertRefused(bomb, "PNG of 30000x30000 pixels", "at most 64000000 pixels and 16384 a side");
    }

    @Test
    void refusesAJpegBombByItsHeader() {
        byte[] jpeg = Kind.BASELINE.file();
        int frame = Files.indexOfSegment(jpeg, 0xC0);
        jpeg[frame + 5] = (byte) 0xFF;
        jpeg[frame + 7] = (byte) 0xFF;
        assertRefused(jpeg, "JPEG of 65378x65444 pixels", "64000000 pixels");
    }

    @Test
    void refusesAWebpBombByItsHeader() {
        byte[] webp = Kind.WEBP.file();
        webp[26] = (byte) 0xFF;
        webp[27] = 0x3F;
        webp[28] = (byte) 0xFF;
        webp[29] = 0x3F;
        assertRefused(webp, "WEBP of 16383x16383 pixels", "64000000 pixels");
    }

    @Test
    void refusesAWebpWhoseCanvasHidesALargerFrame() {
        byte[] frame = Kind.WEBP.file();
        byte[] lying = Files.webpWithExif(frame, 16, 16, new byte[8]);
        assertRefused(lying, "a frame of 610x420 on a canvas of 16x16");
    }

    @ParameterizedTest
    @EnumSource
    void refusesAFileThatWasCutOff(Kind kind) {
        byte[] file = kind.file();
        for (int percent = 10; percent <= 90; percent += 10) {
            assertRefused(Arrays.copyOf(file, file.length * percent / 100), "cut off");
        }
        assertRefused(Arrays.copyOf(file, file.length - 1), "cut off");
    }

    @Test
    void refusesAJpegCutOffWithAnEndMarkerPutOnWhereItHasRestarts() {
        byte[] file = Kind.RESTARTS.file();
        byte[] patched = Files.concat(Arrays.copyOf(file, file.length / 2), Files.bytes(0xFF, 0xD9));
        assertRefused(patched, "restart markers", "at least");
    }

    @ParameterizedTest
    @EnumSource(names = {"BASELINE", "PROGRESSIVE", "RESTARTS"})
    void refusesMostJpegsWithRandomBytesInTheMiddle(Kind kind) {
        int refused = 0;
        for (int seed = 0; seed < 30; seed++) {
            byte[] file = kind.file();
            Random random = new Random(seed);
            byte[] garbage = new byte[1024];
            random.nextBytes(garbage);
            int from = file.length / 4 + random.nextInt(file.length / 2);
            System.arraycopy(garbage, 0, file, from, Math.min(garbage.length, file.length - 2 - from));
            Throwable thrown = catchThrowable(() -> decoder.decode(file).close());
            if (thrown != null) {
                assertThat(thrown).isInstanceOf(InvalidInput.class);
                refused++;
            }
        }
        assertThat(refused).isGreaterThanOrEqualTo(27);
    }

    @Test
    void refusesAPngWithAnyChangedByte() {
        byte[] file = Kind.PNG.file();
        Random random = new Random(3);
        for (int i = 0; i < 200; i++) {
            byte[] changed = file.clone();
            changed[random.nextInt(file.length)] ^= (byte) (1 << random.nextInt(8));
            assertThatExceptionOfType(InvalidInput.class).isThrownBy(() -> decoder.decode(changed));
        }
    }

    @Test
    void refusesWhatIsNoStillPictureOfTheSupportedKinds() {
        byte[] jpeg = Kind.BASELINE.file();
        int frame = Files.indexOfSegment(jpeg, 0xC0);
        byte[] arithmetic = jpeg.clone();
        arithmetic[frame + 1] = (byte) 0xC9;
        assertRefused(arithmetic, "coding process SOF9", "Huffman");
        byte[] twelveBits = jpeg.clone();
        twelveBits[frame + 4] = 12;
        assertRefused(twelveBits, "12 bits per sample", "8");
        byte[] flat = jpeg.clone();
        flat[frame + 5] = 0;
        flat[frame + 6] = 0;
        assertRefused(flat, "610x0 pixels", "at least 1x1");
        byte[] twoFrames = Files.withSegmentAfterStart(jpeg, Arrays.copyOfRange(jpeg, frame, frame + 19));
        assertRefused(twoFrames, "a second frame");

        byte[] png = Kind.PNG.file();
        byte[] animated = Files.concat(
                Arrays.copyOf(png, 33), Files.pngChunk("acTL", new byte[8]), Arrays.copyOfRange(png, 33, png.length));
        assertRefused(animated, "an animation", "a still image");
        byte[] animatedWebp = Files.webpWithExif(Kind.WEBP.file(), 610, 420, new byte[8]);
        animatedWebp[20] |= 2;
        assertRefused(animatedWebp, "an animation", "a still image");
    }

    @Test
    void refusesHeadersWithoutPictures() {
        assertRefused(Files.bytes(0xFF, 0xD8, 0xFF), "cut off");
        assertRefused(Files.bytes(0xFF, 0xD8, 0xFF, 0xD9), "no compressed data");
        assertRefused(Files.PNG_SIGNATURE, "no header chunk");
        assertRefused(
                Files.concat(Files.PNG_SIGNATURE, Files.pngHeader(5, 5, 8, 2), Files.pngChunk("IEND", new byte[0])),
                "no pixels");
        assertRefused(Files.riff(), "0x0 pixels");
        assertRefused(Files.png(5, 5, 8, 2, new byte[][] {new byte[15]}), "cannot be decoded", "5x5");
    }

    @ParameterizedTest
    @EnumSource
    void survivesAnyMutation(Kind kind) {
        byte[] file = kind.file();
        for (int seed = 0; seed < 100; seed++) {
            byte[] changed = file.clone();
            Random random = new Random(seed);
            int headerOrAll = seed % 2 == 0 ? Math.min(700, file.length) : file.length;
            for (int i = 0; i <= random.nextInt(8); i++) {
                changed[random.nextInt(headerOrAll)] = (byte) random.nextInt(256);
            }
            Throwable thrown = catchThrowable(() -> decoder.decode(changed).close());
            if (thrown != null) {
                assertThat(thrown).isInstanceOf(InvalidInput.class);
            }
        }
    }

    @Test
    void decodesTheNextGoodFileAfterABadOne() {
        byte[] good = Kind.BASELINE.file();
        assertRefused(Arrays.copyOf(good, good.length / 2), "cut off");
        try (DecodedImage image = decoder.decode(good)) {
            assertThat(image.bgr().cols()).isEqualTo(610);
        }
    }

    @Test
    void ignoresBytesAfterTheEnd() {
        for (Kind kind : Kind.values()) {
            decoder.decode(Files.concat(kind.file(), new byte[100])).close();
        }
    }
}
