package dev.mekiki.training.export;

import ai.onnx.proto.OnnxMl;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.InferenceObserver;
import dev.mekiki.inference.InferenceSettings;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.samples.DocumentGenerator;
import dev.mekiki.samples.PhotoConditions;
import dev.mekiki.samples.Photograph;
import dev.mekiki.samples.Photographer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Makes of a model one that is smaller, or that a GPU is fed and runs faster, and compares what both say.
 *
 * <p>The new model is a model of its own, with an embedding space of its own: its vectors are as close to the old one's
 * as the report says, which leaves thresholds as they are, but a gallery that was filled by one is not asked by the
 * other.
 */
public final class ModelConversion {

    /** Cosine below which a vector counts as another one. */
    private static final double LOSSLESS = 0.999;

    /** The same with an input of bytes: to a localiser, pixels that are rounded are other pixels. */
    private static final double ROUNDED = 0.99;

    /** Cosine below which rounding has broken the model, rather than cost it a little. */
    private static final double LOSSY = 0.9;

    private static final int PHOTOGRAPHS = 32;
    private static final int LONGEST_SIDE = 480;
    private static final long SEED = 2026;

    private ModelConversion() {}

    /** How a model keeps its weights and computes. */
    public enum Precision {
        /** Everything in float32, as it was trained. */
        FLOAT32(LOSSLESS),
        /** Weights in float16, which a runtime turns back when it loads them; half the file, the same speed. */
        FLOAT16_WEIGHTS(LOSSLESS),
        /** Weights and computation in float16, for GPUs. */
        FLOAT16(LOSSLESS),
        /** Convolutions and linear layers in eight bits, the rest in float32. */
        INT8(LOSSY);

        private final double leastCosine;

        Precision(double leastCosine) {
            this.leastCosine = leastCosine;
        }
    }

    /**
     * What is changed.
     *
     * @param precision what the new model computes in
     * @param byteInput whether the input takes 8-bit values, which the graph normalises
     * @param photographs image files to calibrate {@link Precision#INT8} with, like those the model will see, but none
     *     that it is measured with, some hundred; none for another precision
     */
    public record Change(Precision precision, boolean byteInput, List<byte[]> photographs) {

        public Change {
            photographs = List.copyOf(photographs);
            if (precision == Precision.FLOAT32 && !byteInput) {
                throw new IllegalArgumentException("change: none (expected: another precision, an input of bytes)");
            }
            if (photographs.isEmpty() == (precision == Precision.INT8)) {
                throw new IllegalArgumentException("photographs: " + photographs.size() + " (expected: "
                        + (precision == Precision.INT8
                                ? "at least 1, to calibrate with)"
                                : "none with " + precision + ")"));
            }
        }

        private double leastCosine() {
            return byteInput ? Math.min(ROUNDED, precision.leastCosine) : precision.leastCosine;
        }

        @Override
        public String toString() {
            return precision + (byteInput ? ", byte input" : "");
        }
    }

    /**
     * What came of it.
     *
     * @param card of the new model
     * @param leastCosine between what the two models say of the same photograph, of {@code photographs}
     * @param photographs of drawn documents that both were shown
     */
    public record Outcome(ModelCard card, double leastCosine, int photographs) {}

    /**
     * Converts a model, compares the two on the CPU, and writes the new one with its card.
     *
     * @param onnx the model, its card beside it
     * @param folder for the two new files; made if missing
     * @param name id and file name of the new model, other than the old one's; its version stays
     * @throws IllegalArgumentException if the model cannot be converted so; the message says why
     * @throws IllegalStateException if the new model says something else than the old one; nothing is written then
     */
    public static Outcome write(Path onnx, Change change, Path folder, String name) throws IOException {
        ModelCard card = ModelCard.read(ImageEmbedder.cardOf(onnx));
        if (name.equals(card.name())) {
            throw new IllegalArgumentException(
                    "name: \"" + name + "\" (expected: another than that of the model it is made of)");
        }
        if (card.input().type() != ModelCard.ElementType.FLOAT32) {
            throw new IllegalArgumentException(
                    "model " + onnx + ": input of " + card.input().type() + " (expected: FLOAT32)");
        }
        byte[] model = convert(OnnxMl.ModelProto.parseFrom(Files.readAllBytes(onnx)), card.input(), change)
                .toByteArray();
        Path workshop = Files.createTempDirectory("conversion");
        try {
            ModelFiles.write(model, card(card, model, change, name, Map.of()), workshop, name);
            double cosine = leastCosine(onnx, workshop.resolve(name + ".onnx"));
            double least = change.leastCosine();
            if (!(cosine >= least)) {
                throw new IllegalStateException("converted model: a cosine of " + cosine
                        + " with what the original says (expected: at least " + least + ")");
            }
            Map<String, String> details = new LinkedHashMap<>();
            details.put("convertedFrom", card.name() + "@" + card.version() + " " + card.sha256());
            details.put("conversion", change.toString());
            details.put(
                    "leastCosine",
                    String.format(Locale.ROOT, "%.6f over %d photographs of drawn documents", cosine, PHOTOGRAPHS));
            ModelCard converted = card(card, model, change, name, details);
            ModelFiles.write(model, converted, folder, name);
            return new Outcome(converted, cosine, PHOTOGRAPHS);
        } finally {
            Files.deleteIfExists(workshop.resolve(name + ".onnx"));
            Files.deleteIfExists(workshop.resolve(name + ".json"));
            Files.delete(workshop);
        }
    }

    private static OnnxMl.ModelProto convert(OnnxMl.ModelProto model, ModelCard.Input input, Change change) {
        OnnxMl.ModelProto converted = switch (change.precision()) {
            case FLOAT32 -> model;
            case FLOAT16_WEIGHTS -> Float16Weights.of(model);
            case FLOAT16 -> HalfPrecision.of(model);
            case INT8 -> Int8Graph.of(model, Int8Calibration.of(model, input, change.photographs())::range);
        };
        // After the other one: bytes are normalised in float32.
        return change.byteInput() ? ByteInput.of(converted, input) : converted;
    }

    private static ModelCard card(
            ModelCard old, byte[] model, Change change, String name, Map<String, String> details) {
        ModelCard.Input in = old.input();
        ModelCard.Input input = change.byteInput()
                ? new ModelCard.Input(
                        ByteInput.name(in.name()),
                        ModelCard.ElementType.UINT8,
                        in.height(),
                        in.width(),
                        in.oversampling(),
                        in.channelOrder(),
                        in.mean(),
                        in.std())
                : in;
        ModelCard.Calibration calibration = old.calibration();
        Map<String, String> all = new LinkedHashMap<>(old.provenance().details());
        all.putAll(details);
        return new ModelCard(
                name,
                old.version(),
                ContentDigest.of(model).hex(),
                input,
                old.output(),
                old.maxBatch(),
                new ModelCard.Calibration(
                        calibration.falseAcceptRate(),
                        calibration.threshold(),
                        calibration.subLabelMargin(),
                        calibration.impostors(),
                        calibration.method() + "; taken over from " + old.name() + "@" + old.version()),
                new ModelCard.Provenance(
                        old.provenance().dataDigest(),
                        old.provenance().seed(),
                        old.provenance().codeVersion(),
                        old.provenance().jvm(),
                        all));
    }

    private static double leastCosine(Path onnx, Path converted) {
        List<EncodedImage> photographs = photographs();
        List<float[]> expected = vectors(onnx, photographs);
        List<float[]> found = vectors(converted, photographs);
        double least = 1;
        for (int i = 0; i < photographs.size(); i++) {
            double cosine = 0;
            for (int d = 0; d < expected.get(i).length; d++) {
                cosine += (double) expected.get(i)[d] * found.get(i)[d];
            }
            least = Math.min(least, cosine);
        }
        return least;
    }

    private static List<EncodedImage> photographs() {
        List<EncodedImage> photographs = new ArrayList<>();
        for (int i = 0; i < PHOTOGRAPHS; i++) {
            try (Mat document = DocumentGenerator.drawRandom(SEED + i, LONGEST_SIDE);
                    Photograph photograph =
                            Photographer.photograph(document, PhotoConditions.MILD, LONGEST_SIDE, SEED + i)) {
                photographs.add(new EncodedImage(photograph.toJpeg()));
            }
        }
        return photographs;
    }

    private static List<float[]> vectors(Path onnx, List<EncodedImage> images) {
        try (ImageEmbedder embedder = ImageEmbedder.open(onnx, InferenceSettings.forCpu(2), InferenceObserver.SILENT)) {
            List<CompletableFuture<EmbeddedImage>> embedded = images.stream()
                    .map(image -> embedder.embed(image, Tenant.UNNAMED, Deadline.NONE))
                    .toList();
            return embedded.stream().map(one -> one.join().embedding().vector()).toList();
        }
    }
}
