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
public final class Payloads {

    /** The most that a document can be drawn with. */
    private static final int MOST_DRAWN_SIDE = 2048;

    private static final int LEAST_DRAWN_SIDE = 1024;

    /** Bytes of all photographs together, about: more than the caches of a processor hold, less than its memory. */
    private static final long BYTES = 32 << 20;

    private static final int LEAST = 8;
    private static final int MOST = 64;

    private Payloads() {}

    /**
     * 8 to 64 different ones, fewer the larger they are.
     *
     * @param megapixels of each, 0.01..12.5
     */
    public static List<byte[]> photographs(double megapixels, long seed) {
        // About a byte for every four pixels.
        int count = (int) Math.clamp(Math.round(BYTES / (megapixels * 0.25e6)), LEAST, MOST);
        // Frames are four to three.
        int longestSide = (int) Math.round(Math.sqrt(megapixels * 1e6 * 4 / 3));
        int drawnSide = Math.clamp(longestSide, LEAST_DRAWN_SIDE, MOST_DRAWN_SIDE);
        List<SampleDocument> documents = SampleCatalogue.registered();
        return IntStream.range(0, count)
                .parallel()
                .mapToObj(i -> {
                    try (Mat drawn = SampleCatalogue.draw(documents.get(i % documents.size()), drawnSide);
                            Photograph photograph =
                                    Photographer.photograph(drawn, PhotoConditions.MILD, longestSide, seed + i)) {
                        return photograph.toJpeg();
                    }
                })
                .toList();
    }

    /** Of a file, rounded. */
    static long meanBytes(List<byte[]> images) {
        return Math.round(
                images.stream().mapToInt(image -> image.length).average().orElseThrow());
    }
}
