package dev.mekiki.training.evaluation;

import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.InferenceObserver;
import dev.mekiki.inference.InferenceSettings;
import dev.mekiki.inference.model.ModelCard;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures a model on a folder of flat document images: registers each, photographs each several times by simulation
 * under mild and hard conditions, and compares. Photographs go the way of serving: JPEG bytes, decoder, preprocessing,
 * ONNX session.
 *
 * <p>Deterministic: the same model, folder and settings give the same report.
 */
public final class Evaluation {
    private static final double[] PAIR_LIMITS = {1e-2, 1e-3, 1e-4, 1e-5};
    private static final double[] OPEN_LIMITS = {1e-1, 1e-2, 1e-3};

    private Evaluation() {}

    /**
     * How to measure.
     *
     * @param photographsPerImage under each conditions
     * @param longestSide of a photograph, pixels
     * @param splits random halves of the labels for open-set figures
     * @param seed of the photographs and splits
     * @param threads that embed
     */
    public record Settings(int photographsPerImage, int longestSide, int splits, long seed, int threads) {
        public Settings {
            require("photographsPerImage", photographsPerImage, 2, 1000);
            require("longestSide", longestSide, 64, 4096);
            require("splits", splits, 1, 1000);
            require("threads", threads, 1, 256);
        }

        /** Eight photographs of 640 pixels under each conditions, ten splits. */
        public static Settings standard() {
            return new Settings(8, 640, 10, 7, Runtime.getRuntime().availableProcessors());
        }

        private static void require(String field, int value, int low, int high) {
            if (value < low || value > high) {
                throw new IllegalArgumentException(field + ": " + value + " (expected: " + low + ".." + high + ")");
            }
        }
    }

    /**
     * Measures a model.
     *
     * @param onnx the model; its card lies beside it
     * @throws IOException if the folder cannot be read or one of its files is not an image
     */
    public static EvaluationReport run(Path onnx, DocumentFolder documents, Settings settings) throws IOException {
        try (ImageEmbedder embedder = open(onnx, settings.threads())) {
            EmbeddedDocuments embedded = EmbeddedDocuments.of(embedder, FlatImage.readAll(documents), settings);
            Map<String, EvaluationReport.Part> parts = new LinkedHashMap<>();
            for (Map.Entry<String, List<float[]>> e : embedded.photographs().entrySet()) {
                parts.put(e.getKey(), part(embedded, e.getValue(), settings));
            }
            parts.put("all", part(embedded, embedded.allPhotographs(), settings));
            ModelCard card = ModelCard.read(ImageEmbedder.cardOf(onnx));
            return new EvaluationReport(
                    card.name() + "@" + card.version(),
                    card.sha256(),
                    documents.files().size(),
                    documents.names().size(),
                    settings,
                    parts);
        }
    }

    static ImageEmbedder open(Path onnx, int threads) {
        return ImageEmbedder.open(onnx, InferenceSettings.forCpu(threads), InferenceObserver.SILENT);
    }

    private static EvaluationReport.Part part(EmbeddedDocuments embedded, List<float[]> photographs, Settings s) {
        int[] labels = embedded.photographLabels(photographs.size(), s.photographsPerImage());
        return new EvaluationReport.Part(
                photographs.size(),
                Verification.ofAllPairs(photographs, labels, PAIR_LIMITS),
                againstRegistrations(embedded, photographs, labels),
                OpenSet.measure(
                        embedded.registered(),
                        embedded.labels(),
                        photographs,
                        labels,
                        s.splits(),
                        s.seed(),
                        OPEN_LIMITS));
    }

    private static Verification againstRegistrations(
            EmbeddedDocuments embedded, List<float[]> photographs, int[] labels) {
        List<Float> positives = new ArrayList<>();
        List<Float> negatives = new ArrayList<>();
        for (int i = 0; i < labels.length; i++) {
            for (int r = 0; r < embedded.labels().length; r++) {
                float score = (float) ((Verification.cosine(
                                        photographs.get(i),
                                        embedded.registered().get(r))
                                + 1)
                        / 2);
                (labels[i] == embedded.labels()[r] ? positives : negatives).add(score);
            }
        }
        return Verification.ofScores(floats(positives), floats(negatives), PAIR_LIMITS);
    }

    static float[] floats(List<Float> values) {
        float[] array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return array;
    }
}
