package dev.mekiki.training.evaluation;

import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.samples.PhotoConditions;
import dev.mekiki.samples.Photograph;
import dev.mekiki.samples.Photographer;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Vectors of flat images and of their photographs.
 *
 * @param registered one for each image
 * @param labels of the images
 * @param photographs by conditions, {@code mild} and {@code hard}; those of image i at {@code i·n … i·n+n−1}
 */
record EmbeddedDocuments(List<float[]> registered, int[] labels, Map<String, List<float[]>> photographs) {

    private static final Map<String, PhotoConditions> CONDITIONS = conditions();

    private static Map<String, PhotoConditions> conditions() {
        Map<String, PhotoConditions> conditions = new LinkedHashMap<>();
        conditions.put("mild", PhotoConditions.MILD);
        conditions.put("hard", PhotoConditions.HARD);
        return conditions;
    }

    static EmbeddedDocuments of(Embedder embedder, List<FlatImage> documents, Evaluation.Settings settings)
            throws IOException {
        EmbeddingRun registered = new EmbeddingRun(embedder);
        for (FlatImage document : documents) {
            registered.add(document.bytes());
        }
        Map<String, List<float[]>> photographs = new LinkedHashMap<>();
        for (Map.Entry<String, PhotoConditions> e : CONDITIONS.entrySet()) {
            EmbeddingRun run = new EmbeddingRun(embedder);
            for (FlatImage document : documents) {
                photograph(document, e.getValue(), settings, run);
            }
            photographs.put(e.getKey(), run.finish());
        }
        return new EmbeddedDocuments(
                registered.finish(),
                documents.stream().mapToInt(FlatImage::label).toArray(),
                photographs);
    }

    private static void photograph(
            FlatImage document, PhotoConditions conditions, Evaluation.Settings settings, EmbeddingRun run)
            throws IOException {
        try (BytePointer bytes = new BytePointer(document.bytes());
                Mat file = new Mat(1, document.bytes().length, opencv_core.CV_8UC1, bytes);
                Mat flat = opencv_imgcodecs.imdecode(file, opencv_imgcodecs.IMREAD_COLOR)) {
            if (flat.empty()) {
                throw new IOException(document.name() + ": not an image (expected: JPEG, PNG or WebP)");
            }
            for (int k = 0; k < settings.photographsPerImage(); k++) {
                long seed = settings.seed() * 1_000_003 + document.name().hashCode() * 1009L + k;
                try (Photograph photograph = Photographer.photograph(flat, conditions, settings.longestSide(), seed)) {
                    run.add(photograph.toJpeg());
                }
            }
        }
    }

    /** Photographs under all conditions, one after the other. */
    List<float[]> allPhotographs() {
        return photographs.values().stream().flatMap(List::stream).toList();
    }

    /** Labels of {@code count} photographs that follow each other as in {@link #photographs} or {@link #allPhotographs}. */
    int[] photographLabels(int count, int perImage) {
        int[] result = new int[count];
        for (int i = 0; i < count; i++) {
            result[i] = labels[i / perImage % labels.length];
        }
        return result;
    }
}
