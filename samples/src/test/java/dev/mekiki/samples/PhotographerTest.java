package dev.mekiki.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PhotographerTest {

    private static final long SEED = 7;

    private static Mat document;

    @BeforeAll
    static void drawDocument() {
        document = SampleCatalogue.draw(SampleCatalogue.registered().get(3), 480);
    }

    @AfterAll
    static void closeDocument() {
        document.close();
    }

    /** A dose of each effect that nobody overlooks. */
    private static double strong(Effect effect) {
        return switch (effect) {
            case SOILING -> 0.7;
            case CREASE -> 0.6;
            case PERSPECTIVE -> 25.0;
            case ROTATION -> 15.0;
            case TIGHT_CROP -> 0.04;
            case UNEVEN_LIGHT -> 0.5;
            case SHADOW_EDGE -> 0.5;
            case GLARE -> 0.8;
            case EXPOSURE -> 0.8;
            case COLOUR_CAST -> 0.2;
            case DEFOCUS -> 0.01;
            case MOTION_BLUR -> 0.015;
            case DOWNSCALING -> 3.0;
            case SENSOR_NOISE -> 12.0;
            case JPEG -> 30.0;
        };
    }

    private static Photograph plain() {
        return Photographer.photograph(document, PhotoConditions.PLAIN, 320, SEED);
    }

    private static Photograph only(Effect effect) {
        double dose = strong(effect);
        return Photographer.photograph(document, PhotoConditions.PLAIN.with(effect, Dose.always(dose)), 320, SEED);
    }

    @Test
    void tellsHowMuchOfTheFrameTheDocumentSpans() {
        double proportion = 4.0 / 3;
        double wide = Math.max(document.cols(), document.rows()) / (double) Math.min(document.cols(), document.rows());
        for (double fill : new double[] {0.9, 0.45}) {
            PhotoConditions plain = new PhotoConditions(fill, fill, Map.of());
            try (Photograph photograph = Photographer.photograph(document, plain, 640, 1)) {
                boolean upright = photograph.image().rows() > photograph.image().cols();
                assertThat(upright).isEqualTo(document.rows() > document.cols());
                // The document lies flat: it fills its share of the tighter side and is cut short on the other.
                double share = Math.min(wide / proportion, proportion / wide);
                assertThat(photograph.coverage()).isCloseTo(fill * fill * share, within(0.01));
            }
        }
        try (Photograph photograph = only(Effect.TIGHT_CROP)) {
            assertThat(photograph.coverage()).isBetween(1.0, 1.2);
        }
    }

    @Test
    void takesTheSamePhotographFromTheSameSeed() {
        for (long seed = 0; seed < 10; seed++) {
            try (Photograph one = Photographer.photograph(document, PhotoConditions.HARD, 320, seed);
                    Photograph same = Photographer.photograph(document, PhotoConditions.HARD, 320, seed);
                    Photograph next = Photographer.photograph(document, PhotoConditions.HARD, 320, seed + 1)) {
                assertThat(Pixels.digest(same.image())).isEqualTo(Pixels.digest(one.image()));
                assertThat(same.doses()).isEqualTo(one.doses());
                assertThat(Pixels.digest(next.image())).isNotEqualTo(Pixels.digest(one.image()));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 224, 640, 1280})
    void keepsTheLongestSideAskedFor(int longestSide) {
        for (PhotoConditions conditions : List.of(PhotoConditions.MILD, PhotoConditions.HARD)) {
            for (long seed = 0; seed < 8; seed++) {
                try (Photograph photograph = Photographer.photograph(document, conditions, longestSide, seed)) {
                    assertThat(Math.max(
                                    photograph.image().cols(),
                                    photograph.image().rows()))
                            .isEqualTo(longestSide);
                }
            }
        }
    }

    @Test
    void leavesTheDocumentAsItWas() {
        String before = Pixels.digest(document);
        for (long seed = 0; seed < 20; seed++) {
            Photographer.photograph(document, PhotoConditions.HARD, 224, seed).close();
        }
        assertThat(Pixels.digest(document)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(Effect.class)
    void appliesEachEffectAlone(Effect effect) {
        try (Photograph without = plain();
                Photograph with = only(effect)) {
            assertThat(without.effects()).isEmpty();
            assertThat(with.doses()).containsOnlyKeys(effect);
            assertThat(with.doses().get(effect)).isEqualTo(strong(effect));
            assertThat(with.toJpeg()).isNotEqualTo(without.toJpeg());
            if (effect == Effect.JPEG) {
                assertThat(Pixels.digest(with.image())).isEqualTo(Pixels.digest(without.image()));
                assertThat(with.toJpeg().length).isLessThan(without.toJpeg().length / 2);
            } else {
                assertThat(Pixels.digest(with.image())).isNotEqualTo(Pixels.digest(without.image()));
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Effect.class,
            names = {"UNEVEN_LIGHT", "SHADOW_EDGE"})
    void darkensWithLightLost(Effect effect) {
        try (Photograph without = plain();
                Photograph with = only(effect)) {
            assertThat(Pixels.mean(with.image())).isLessThan(0.95 * Pixels.mean(without.image()));
        }
    }

    @Test
    void brightensWithGlare() {
        try (Photograph without = plain();
                Photograph with = only(Effect.GLARE)) {
            assertThat(Pixels.mean(with.image())).isGreaterThan(Pixels.mean(without.image()) + 1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Effect.class,
            names = {"DEFOCUS", "MOTION_BLUR", "DOWNSCALING"})
    void losesDetailWithBlur(Effect effect) {
        try (Photograph without = plain();
                Photograph with = only(effect)) {
            assertThat(Pixels.detail(with.image())).isLessThan(0.85 * Pixels.detail(without.image()));
            assertThat(Pixels.mean(with.image())).isCloseTo(Pixels.mean(without.image()), within(2.0));
        }
    }

    @Test
    void addsNoiseOfTheDoseAskedFor() {
        try (Mat grey = OpenCv.image(400, 300, new Colour(128, 128, 128));
                Photograph noisy = Photographer.photograph(
                        grey,
                        PhotoConditions.PLAIN
                                .with(Effect.TIGHT_CROP, Dose.always(0.2))
                                .with(Effect.SENSOR_NOISE, Dose.always(10)),
                        320,
                        SEED)) {
            // Two independent normal numbers differ by 2/sqrt(pi) standard deviations on average.
            assertThat(Pixels.detail(noisy.image())).isCloseTo(10 * 2 / Math.sqrt(Math.PI), within(1.5));
        }
    }

    @Test
    void cutsToTheDocumentsProportionInATightCrop() {
        try (Photograph tight = only(Effect.TIGHT_CROP)) {
            assertThat(tight.image().cols() / (double) tight.image().rows())
                    .isCloseTo(document.cols() / (double) document.rows(), within(0.01));
        }
    }

    @Test
    void keepsOtherDosesWhenOneEffectIsTakenAway() {
        PhotoConditions conditions = PhotoConditions.HARD.with(Effect.GLARE, Dose.always(0.5));
        for (long seed = 0; seed < 10; seed++) {
            try (Photograph with = Photographer.photograph(document, conditions, 128, seed);
                    Photograph without =
                            Photographer.photograph(document, conditions.without(Effect.GLARE), 128, seed)) {
                Map<Effect, Double> rest = new EnumMap<>(with.doses());
                rest.remove(Effect.GLARE);
                assertThat(without.doses()).isEqualTo(rest);
            }
        }
    }

    @Test
    void drawsDosesWithinTheConditions() {
        for (PhotoConditions conditions : List.of(PhotoConditions.MILD, PhotoConditions.HARD)) {
            for (long seed = 0; seed < 50; seed++) {
                try (Photograph photograph = Photographer.photograph(document, conditions, 64, seed)) {
                    photograph.doses().forEach((effect, dose) -> {
                        Dose range = conditions.doses().getOrDefault(effect, Dose.always(0));
                        assertThat(dose).as("%s", effect).isBetween(range.low(), range.high());
                    });
                }
            }
        }
    }

    @Test
    void encodesJpegThatDecodesToTheSameSize() {
        try (Photograph photograph = Photographer.photograph(document, PhotoConditions.HARD, 320, 3);
                Mat bytes = new Mat(photograph.toJpeg());
                Mat decoded = opencv_imgcodecs.imdecode(bytes, opencv_imgcodecs.IMREAD_COLOR)) {
            assertThat(decoded.cols()).isEqualTo(photograph.image().cols());
            assertThat(decoded.rows()).isEqualTo(photograph.image().rows());
            assertThat(Pixels.difference(decoded, photograph.image())).isLessThan(4);
        }
    }

    @Test
    void belongsToTheScopeItWasTakenIn() {
        Mat image;
        try (PointerScope scope = new PointerScope()) {
            image = Photographer.photograph(document, PhotoConditions.MILD, 64, 1)
                    .image();
            assertThat(image.isNull()).isFalse();
        }
        assertThat(image.isNull()).isTrue();
    }

    @Test
    void holdsNoMemoryAfterClosing() {
        photographMany(40);
        long objects = Pointer.totalCount();
        long resident = Pointer.physicalBytes();
        photographMany(500);
        assertThat(Pointer.totalCount()).as("native objects").isLessThanOrEqualTo(objects + 10);
        // One unclosed image a photograph would be 450 MB.
        assertThat(Pointer.physicalBytes() - resident).as("resident bytes").isLessThan(150L << 20);
    }

    private static void photographMany(int count) {
        for (int i = 0; i < count; i++) {
            try (Mat drawn = DocumentGenerator.drawRandom(i, 200);
                    Photograph photograph = Photographer.photograph(drawn, PhotoConditions.HARD, 640, i)) {
                assertThat(photograph.image().empty()).isFalse();
            }
        }
    }

    @Test
    void refusesWhatItCannotPhotograph() {
        try (Mat empty = new Mat()) {
            assertThatThrownBy(() -> Photographer.photograph(empty, PhotoConditions.MILD, 640, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("document: empty (expected:");
        }
        assertThatThrownBy(() -> Photographer.photograph(document, PhotoConditions.MILD, 63, 0))
                .hasMessage("longestSide: 63 (expected: 64..4096)");
        assertThatThrownBy(() -> Photographer.encodeJpeg(document, 0)).hasMessage("quality: 0 (expected: 1..100)");
    }

    @Test
    void refusesImpossibleConditions() {
        assertThatThrownBy(() -> new Dose(1.2, 0, 1)).hasMessage("chance: 1.2 (expected: 0..1)");
        assertThatThrownBy(() -> new Dose(1, 2, 1)).hasMessageStartingWith("low, high: 2.0, 1.0 (expected:");
        assertThatThrownBy(() -> new Dose(1, Double.NaN, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PhotoConditions.PLAIN.with(Effect.PERSPECTIVE, Dose.always(80)))
                .hasMessage("dose of PERSPECTIVE: 80.0..80.0 (expected: within 0.0..50.0)");
        assertThatThrownBy(() -> new PhotoConditions(0.9, 0.5, Map.of()))
                .hasMessageStartingWith("leastFill, mostFill: 0.9, 0.5 (expected:");
    }
}
