package dev.mekiki.benchmarks;

import dev.mekiki.samples.PhotoConditions;
import dev.mekiki.samples.Photograph;
import dev.mekiki.samples.Photographer;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.samples.SampleDocument;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.opencv.opencv_core.Mat;

/** JPEG photographs of sample documents. */
final class Payloads {

    private static final int DRAWN_SIDE = 1024;

    private Payloads() {}

    /**
     * @param count how many different ones
     * @param megapixels of each, 0.01..12.5
     */
    static List<byte[]> photographs(int count, double megapixels, long seed) {
        // Frames are four to three.
        int longestSide = (int) Math.round(Math.sqrt(megapixels * 1e6 * 4 / 3));
        List<SampleDocument> documents = SampleCatalogue.registered();
        return IntStream.range(0, count)
                .parallel()
                .mapToObj(i -> {
                    try (Mat drawn = SampleCatalogue.draw(documents.get(i % documents.size()), DRAWN_SIDE);
                            Photograph photograph =
                                    Photographer.photograph(drawn, PhotoConditions.MILD, longestSide, seed + i)) {
                        return photograph.toJpeg();
                    }
                })
                .toList();
    }
}
