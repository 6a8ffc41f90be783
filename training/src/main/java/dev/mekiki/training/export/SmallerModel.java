package dev.mekiki.training.export;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.decode.DecodedImage;
import dev.mekiki.inference.decode.ImageDecoder;
import dev.mekiki.inference.decode.ImageLimits;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.preprocess.Preprocessor;
import dev.mekiki.inference.session.TensorProbe;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a model in fewer bits, as a model of its own with its own card: {@code NAME-fp16}, {@code NAME-int8}. Thresholds
 * are taken over; the card says so.
 */
public final class SmallerModel {

    private SmallerModel() {}

    /**
     * Writes the model with weights in float16.
     *
     * @param onnx its card lies beside it
     * @param folder made if missing
     * @return the file that was written
     */
    public static Path float16(Path onnx, Path folder) throws IOException {
        return write(onnx, folder, "fp16", Float16Weights.of(read(onnx)));
    }

    /**
     * Writes the model with layers that compute in eight bits.
     *
     * @param onnx its card lies beside it
     * @param folder made if missing
     * @param photographs image files like those the model will see, but none that it is measured with; some hundred
     * @return the file that was written
     * @throws IllegalArgumentException if there are no photographs, or the graph has layers whose weights are computed
     */
    public static Path int8(Path onnx, Path folder, List<byte[]> photographs) throws IOException {
        if (photographs.isEmpty()) {
            throw new IllegalArgumentException("photographs: none (expected: at least 1, to calibrate with)");
        }
        ModelProto model = read(onnx);
        ActivationRange.Gatherer gatherer = gather(model, card(onnx).input(), photographs);
        return write(onnx, folder, "int8", Int8Graph.of(model, gatherer::range));
    }

    private static ActivationRange.Gatherer gather(ModelProto model, ModelCard.Input input, List<byte[]> photographs) {
        Set<String> tensors = Int8Graph.activations(model);
        Set<String> inside = new LinkedHashSet<>(tensors);
        inside.remove(input.name());
        Preprocessor preprocessor = Preprocessor.of(input);
        ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT, input.leastDecodedSide());
        FloatBuffer image = ByteBuffer.allocateDirect(preprocessor.values() * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        long[] shape = {1, 3, input.height(), input.width()};
        ActivationRange.Gatherer gatherer = new ActivationRange.Gatherer();
        try (TensorProbe probe =
                TensorProbe.open(Int8Graph.showing(model, tensors).toByteArray())) {
            for (int pass = 0; pass < 2; pass++) {
                for (byte[] photograph : photographs) {
                    try (DecodedImage decoded = decoder.decode(photograph)) {
                        preprocessor.write(decoded.bgr(), decoded.extent(), image, 0);
                    }
                    Map<String, float[]> values = probe.run(image, shape, inside);
                    if (tensors.contains(input.name())) {
                        float[] pixels = new float[preprocessor.values()];
                        image.get(0, pixels);
                        values.put(input.name(), pixels);
                    }
                    values.forEach(pass == 0 ? gatherer::extremes : gatherer::spread);
                }
            }
        }
        return gatherer;
    }

    private static ModelProto read(Path onnx) throws IOException {
        return ModelProto.parseFrom(Files.readAllBytes(onnx));
    }

    private static ModelCard card(Path onnx) {
        return ModelCard.read(ImageEmbedder.cardOf(onnx));
    }

    private static Path write(Path onnx, Path folder, String form, ModelProto model) throws IOException {
        ModelCard card = card(onnx);
        ModelCard.Calibration calibration = card.calibration();
        String name = card.name() + "-" + form;
        byte[] bytes = model.toByteArray();
        ModelFiles.write(
                bytes,
                new ModelCard(
                        name,
                        card.version(),
                        ContentDigest.of(bytes).hex(),
                        card.input(),
                        card.output(),
                        card.maxBatch(),
                        new ModelCard.Calibration(
                                calibration.falseAcceptRate(),
                                calibration.threshold(),
                                calibration.subLabelMargin(),
                                calibration.impostors(),
                                calibration.method() + "; taken over from " + card.name() + "@" + card.version()
                                        + ", sha256 " + card.sha256()),
                        card.provenance()),
                folder,
                name);
        return folder.resolve(name + ".onnx");
    }
}
