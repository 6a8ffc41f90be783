package dev.mekiki.cli.analyse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.analysis.AnalysisProgress;
import dev.mekiki.analysis.AnalysisReport;
import dev.mekiki.analysis.Bounds;
import dev.mekiki.analysis.GalleryAnalysis;
import dev.mekiki.analysis.SnapshotSampler;
import dev.mekiki.analysis.graph.ExactNearestNeighbours;
import dev.mekiki.analysis.statistics.Estimate;
import dev.mekiki.cli.process.Installation;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.InferenceObserver;
import dev.mekiki.inference.InferenceSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ObjIntConsumer;
import org.junit.jupiter.api.Test;

/**
 * Thresholds that an analysis calibrates, on photographs of documents that it never saw. With
 * {@code -Dmekiki.test.strangers=30000} as for the figures in docs/analysis.md; a test has fewer.
 */
class CalibrationIT {

    private static final int LABELS = 300;
    private static final int OF_EACH = 5;
    private static final int STRANGERS = Integer.getInteger("mekiki.test.strangers", 1_500);
    private static final int OF_EACH_STRANGER = 2;
    private static final double[] RATES = {1e-2, 1e-3, 1e-4};

    /** With fewer expected to pass, how many do is chance. */
    private static final int ENOUGH = 20;

    @Test
    void asManyStrangersPassAsTheIntervalSays() throws Exception {
        List<float[]> registered = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        float[] best = new float[STRANGERS * OF_EACH_STRANGER];
        int[] nearest = new int[best.length];
        SnapshotSampler sampler;
        try (ImageEmbedder embedder = ImageEmbedder.open(
                Installation.current().model(), InferenceSettings.forCpu(2), InferenceObserver.SILENT)) {
            sampler = new SnapshotSampler(embedder.space().dimension(), LABELS * OF_EACH, 1);
            for (int label = 0; label < LABELS; label++) {
                int document = label;
                photographs(embedder, document, OF_EACH, (image, number) -> {
                    float[] vector = image.embedding().vector();
                    registered.add(vector);
                    labels.add(document);
                    sampler.add(
                            new RegistrationId("r" + document + "-" + number),
                            LabelPath.of("document-" + document),
                            new EncodedImage(new byte[] {(byte) document, (byte) (document >> 8), (byte) number})
                                    .digest(),
                            vector);
                });
            }
            for (int stranger = 0; stranger < STRANGERS; stranger++) {
                int first = stranger * OF_EACH_STRANGER;
                photographs(embedder, LABELS + stranger, OF_EACH_STRANGER, (image, number) -> {
                    float[] vector = image.embedding().vector();
                    best[first + number] = -1;
                    for (int r = 0; r < registered.size(); r++) {
                        float cosine = dot(vector, registered.get(r));
                        if (cosine > best[first + number]) {
                            best[first + number] = cosine;
                            nearest[first + number] = labels.get(r);
                        }
                    }
                });
            }
        }
        for (double rate : RATES) {
            AnalysisReport.Thresholds thresholds = new GalleryAnalysis(
                            new ExactNearestNeighbours(), new Bounds(2, LABELS * OF_EACH), rate, 1)
                    .of(sampler.snapshot(), AnalysisProgress.NONE)
                    .thresholds()
                    .orElseThrow();
            double common = thresholds.common().threshold().value();
            double passed = share(best, i -> common);
            double passedSingly = share(
                    best,
                    i -> thresholds
                            .labels()
                            .getOrDefault(
                                    "document-" + nearest[i],
                                    thresholds.base().threshold().value()));
            Estimate promised = thresholds.common().rate();
            System.out.printf(
                    Locale.ROOT,
                    "asked %.0e, promised %.2e..%.2e, passed %.2e; singly %.2e; true accepts %.4f, singly %.4f, worth"
                            + " while: %s%n",
                    rate,
                    promised.low(),
                    promised.high(),
                    passed,
                    passedSingly,
                    thresholds.trueAccepts().common(),
                    thresholds.trueAccepts().single(),
                    thresholds.singleOnesAreBetter());
            if (rate * best.length >= ENOUGH) {
                assertThat(passed).as("strangers that pass at " + rate).isBetween(promised.low(), promised.high());
            }
        }
    }

    private static void photographs(ImageEmbedder embedder, int document, int count, ObjIntConsumer<EmbeddedImage> then)
            throws Exception {
        List<EncodedImage> images = DrawnDocuments.photographs(document, count);
        for (int i = 0; i < count; i++) {
            then.accept(
                    embedder.embed(images.get(i), Tenant.UNNAMED, Deadline.NONE).get(), i);
        }
    }

    private static float dot(float[] a, float[] b) {
        float sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private interface ThresholdOf {
        double number(int stranger);
    }

    private static double share(float[] scores, ThresholdOf threshold) {
        int passed = 0;
        for (int i = 0; i < scores.length; i++) {
            passed += scores[i] >= threshold.number(i) ? 1 : 0;
        }
        return (double) passed / scores.length;
    }
}
