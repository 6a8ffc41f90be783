package dev.mekiki.training.export;

import ai.onnx.proto.OnnxMl.ModelProto;
import dev.mekiki.inference.decode.DecodedImage;
import dev.mekiki.inference.decode.ImageDecoder;
import dev.mekiki.inference.decode.ImageLimits;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.preprocess.Preprocessor;
import dev.mekiki.inference.session.TensorProbe;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds out which values a model's tensors have when it sees photographs. */
final class Int8Calibration {

    private Int8Calibration() {}

    /**
     * The ranges of the tensors that {@link Int8Graph} quantises.
     *
     * @param photographs image files, at least one
     */
    static ActivationRange.Gatherer of(ModelProto model, ModelCard.Input input, List<byte[]> photographs) {
        Set<String> tensors = Int8Graph.activations(model);
        Map<String, Int8Graph.Heeded> heeded = Int8Graph.heeded(model);
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
                    heeded.forEach((tensor, span) -> values.computeIfPresent(tensor, (_, all) -> span.of(all)));
                    values.forEach(pass == 0 ? gatherer::extremes : gatherer::spread);
                }
            }
        }
        return gatherer;
    }
}
