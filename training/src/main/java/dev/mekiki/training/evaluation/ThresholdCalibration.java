package dev.mekiki.training.evaluation;

import dev.mekiki.analysis.threshold.GeneralisedParetoTail;
import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.samples.DocumentDesign;
import dev.mekiki.samples.DocumentGenerator;
import dev.mekiki.samples.DocumentKind;
import dev.mekiki.samples.Photographer;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Derives a model card's thresholds from documents that were not trained on.
 *
 * <p>The acceptance threshold: half of the labels are registered, photographs of the others are shown, and the best score
 * of each over the whole gallery is an impostor score; a {@linkplain GeneralisedParetoTail tail} over several halves
 * gives the score that the asked share of them exceeds. A gallery that is much larger than half of the calibration
 * documents has higher impostor scores, so its rate is higher than asked.
 *
 * <p>The sub-label margin: designs are drawn in two generations that share issuer and colours, both are registered as
 * sub-labels of one main label, and photographs of each are shown; the margin is the smallest lead at which at most one
 * photograph in a hundred is named by the wrong generation.
 */
public final class ThresholdCalibration {
    private static final double TAIL = 0.05;
    private static final double WRONG_SUB_LABELS = 0.01;
    private static final int DESIGNS = 60;
    private static final int DRAWN_LONGEST_SIDE = 480;

    private ThresholdCalibration() {}

    /**
     * Measures the thresholds of a model.
     *
     * @param onnx the model, its card beside it; the card's own thresholds are not used
     * @param unseen documents that the model was not trained on
     * @param drawn how many documents, drawn by {@link DocumentGenerator}, are added to them
     * @param falseAcceptRate share of photographs of unknown documents that may be accepted
     */
    public static ModelCard.Calibration measure(
            Path onnx, DocumentFolder unseen, int drawn, double falseAcceptRate, Evaluation.Settings settings)
            throws IOException {
        try (ImageEmbedder embedder = EvaluatedModel.open(onnx, settings.threads())) {
            List<FlatImage> documents = new ArrayList<>(FlatImage.readAll(unseen));
            for (int i = 0; i < drawn; i++) {
                long seed = settings.seed() * 31_337 + i;
                documents.add(new FlatImage("drawn" + i, unseen.names().size() + i, flat(seed)));
            }
            float[] impostors = impostors(embed(embedder, documents, settings), settings);
            double threshold = GeneralisedParetoTail.fit(impostors, TAIL).threshold(falseAcceptRate);
            double margin = subLabelMargin(embedder, settings);
            String method = String.format(
                    Locale.ROOT,
                    "threshold: maxima over galleries of %d of %d documents unseen in training (%d of them drawn), one"
                            + " image each, of mild and hard simulated photographs of the others, %d random halves,"
                            + " generalised Pareto tail of the top %.0f %%; sub-label margin: smallest lead at which at"
                            + " most %.0f %% of photographs of two generations of %d drawn designs are named wrongly",
                    documents.size() / 2,
                    documents.size(),
                    drawn,
                    settings.splits(),
                    100 * TAIL,
                    100 * WRONG_SUB_LABELS,
                    DESIGNS);
            return new ModelCard.Calibration(
                    falseAcceptRate, Math.clamp(threshold, -1, 1), margin, impostors.length, method);
        }
    }

    private static EmbeddedMaterial embed(Embedder embedder, List<FlatImage> images, Evaluation.Settings settings)
            throws IOException {
        int labels = images.stream().mapToInt(FlatImage::label).max().orElse(-1) + 1;
        Material material = new SimulatedPhotographs(
                IntStream.range(0, labels).mapToObj(Integer::toString).toList(),
                images,
                settings.photographsPerImage(),
                settings.longestSide(),
                settings.seed());
        return EmbeddedMaterial.of(List.of(embedder), material).getFirst();
    }

    private static float[] impostors(EmbeddedMaterial embedded, Evaluation.Settings settings) {
        int[] labels = embedded.photographLabels();
        int count = embedded.labels().size();
        float[][] best = Identification.bestPerLabel(
                embedded.registered(), embedded.registeredLabels(), embedded.photographs(), count);
        SplittableRandom random = new SplittableRandom(settings.seed());
        FloatBuffer impostors = FloatBuffer.allocate(Math.multiplyExact(settings.splits(), labels.length));
        for (int s = 0; s < settings.splits(); s++) {
            impostors.put(Identification.impostorMaxima(best, labels, Identification.half(count, random)));
        }
        return Arrays.copyOf(impostors.array(), impostors.position());
    }

    private static double subLabelMargin(Embedder embedder, Evaluation.Settings settings) throws IOException {
        List<FlatImage> images = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(settings.seed() + 1);
        DocumentKind[] kinds = DocumentKind.values();
        for (int d = 0; d < DESIGNS; d++) {
            long family = random.nextLong();
            for (int g = 0; g < 2; g++) {
                DocumentDesign design =
                        new DocumentDesign(kinds[d % kinds.length], "CALIBRATION " + d, family, random.nextLong());
                try (Mat image = DocumentGenerator.draw(design, random.nextLong(), DRAWN_LONGEST_SIDE)) {
                    images.add(new FlatImage(
                            "generation" + d + "/" + g, images.size(), Photographer.encodeJpeg(image, 95)));
                }
            }
        }
        EmbeddedMaterial embedded = embed(embedder, images, settings);
        List<float[]> photographs = embedded.photographs();
        int[] labels = embedded.photographLabels();
        double[] leads = new double[labels.length];
        for (int i = 0; i < labels.length; i++) {
            double right =
                    PairScores.cosine(photographs.get(i), embedded.registered().get(labels[i]));
            double wrong =
                    PairScores.cosine(photographs.get(i), embedded.registered().get(labels[i] ^ 1));
            leads[i] = wrong - right;
        }
        return marginFor(leads, WRONG_SUB_LABELS);
    }

    /**
     * The smallest margin not below zero at which at most {@code share} of the photographs are named wrongly.
     *
     * @param wrongLeads how far the wrong sub-label is ahead of the right one, negative when the right one leads
     */
    static double marginFor(double[] wrongLeads, double share) {
        double[] sorted = wrongLeads.clone();
        Arrays.sort(sorted);
        int allowed = (int) Math.floor(share * sorted.length + 1e-9);
        // A lead equal to the margin is named, so the margin lies just above the first lead that may not be.
        double first = sorted[sorted.length - 1 - allowed];
        return first < 0 ? 0 : Math.min(2, Math.nextUp(first));
    }

    private static byte[] flat(long seed) {
        try (Mat image = DocumentGenerator.drawRandom(seed, DRAWN_LONGEST_SIDE)) {
            return Photographer.encodeJpeg(image, 95);
        }
    }
}
