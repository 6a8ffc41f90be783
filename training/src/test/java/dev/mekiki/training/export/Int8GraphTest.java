package dev.mekiki.training.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.session.TensorProbe;
import dev.mekiki.training.Drawings;
import dev.mekiki.training.network.NetworkSettings;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class Int8GraphTest {
    private static final int IMAGES = 8;

    private static ModelProto full;
    private static ModelProto small;

    private static final int SIDE = NetworkSettings.DOCUMENTS.inputSize();

    @BeforeAll
    static void trainAndQuantise() {
        full = OnnxGraph.of(Drawings.train(NetworkSettings.DOCUMENTS, 40), "tiny", "image", "embedding");
        ModelCard.Input input = ModelExport.input(NetworkSettings.DOCUMENTS);
        small = Int8Graph.of(full, Int8Calibration.of(full, input, stripes())::range);
    }

    @Test
    void eightBitsShrinkTheModelAndKeepEveryLayer() throws Exception {
        assertThat(small.getSerializedSize()).isLessThan((int) (.46 * full.getSerializedSize()));
        // A network that is hardly trained blows rounding up; the first layer below shows how little there is of it.
        assertThat(leastCosine()).isBetween(.7, .9999999);
        int layers = count(full, "Conv") + count(full, "Gemm");
        assertThat(count(small, "Conv") + count(small, "Gemm")).isEqualTo(layers);
        int locating = (int) full.getGraph().getNodeList().stream()
                .filter(node ->
                        node.getOpType().equals("Conv") && node.getName().startsWith("localiser."))
                .count();
        assertThat(locating).isPositive();
        // Each layer's output, and its input where that is not another layer's output; where the document lies is not
        // rounded.
        assertThat(count(small, "QuantizeLinear")).isBetween(layers - locating + 1, 2 * (layers - locating));
        assertThat(small.getGraph().getInitializerList())
                .noneMatch(tensor -> tensor.getName().startsWith("localiser.")
                        && tensor.getName().contains(".weight.int8"));
    }

    @Test
    void theFirstLayerInEightBitsIsWithinItsRoundingOfTheLayerInThirtyTwo() throws Exception {
        String first = "stem";
        float[] expected = inside(full, first);
        float[] found = inside(small, first);
        float step = OnnxTensors.values(constant(small.getGraph(), first + ".scale"))[0];
        int zero = constant(small.getGraph(), first + ".zero").getRawData().byteAt(0) & 0xFF;
        // Half a step of the output's own rounding, and a little of the pixels' and the weights'.
        float least = -step * zero;
        float most = step * (255 - zero);
        double worst = 0;
        double all = 0;
        for (int i = 0; i < expected.length; i++) {
            double error = Math.abs(Math.clamp(expected[i], least, most) - found[i]) / step;
            worst = Math.max(worst, error);
            all += error / expected.length;
        }
        assertThat(worst).isBetween(.4, 4.0);
        assertThat(all).isLessThan(.6);
    }

    private static float[] inside(ModelProto model, String tensor) {
        FloatBuffer image = Drawings.tensor(1);
        Drawings.stripes(1000, 0, image, new int[1]);
        try (TensorProbe probe =
                TensorProbe.open(Int8Graph.showing(model, Set.of(tensor)).toByteArray())) {
            return Objects.requireNonNull(
                    probe.run(image, new long[] {1, 3, Drawings.SIZE, Drawings.SIZE}, Set.of(tensor))
                            .get(tensor));
        }
    }

    private static int count(ModelProto model, String operator) {
        return (int) model.getGraph().getNodeList().stream()
                .filter(n -> n.getOpType().equals(operator))
                .count();
    }

    // Rows {.5, −1.27} and {0, 2.54}: scales .01 and .02. Bias .3 at an input scale of .02: .3 / (.02·.01) and
    // (.02·.02).
    @Test
    void quantisesWeightsByChannelAsWorkedByHand() {
        ModelProto model =
                model(OnnxTensors.floats("w", new float[] {.5f, -1.27f, 0, 2.54f}, 2, 2), new float[] {.3f, .3f});
        GraphProto graph =
                Int8Graph.of(model, _ -> new ActivationRange(.02f, 10)).getGraph();
        assertThat(constant(graph, "w.int8.codes").getRawData().toByteArray()).containsExactly(50, -127, 0, 127);
        assertThat(OnnxTensors.values(constant(graph, "w.int8.scale")))
                .containsExactly(new float[] {.01f, .02f}, within(1e-7f));
        IntBuffer bias = constant(graph, "b.int32.codes")
                .getRawData()
                .asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer();
        assertThat(bias.get(0)).isEqualTo(1500);
        assertThat(bias.get(1)).isEqualTo(750);
        assertThat(graph.getInitializerList()).extracting(TensorProto::getName).doesNotContain("w", "b");
    }

    private static TensorProto constant(GraphProto graph, String name) {
        return graph.getInitializerList().stream()
                .filter(t -> t.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void spansARangeThatHoldsZero() {
        assertThat(ActivationRange.of(-1, 3)).isEqualTo(new ActivationRange(4f / 255, 64));
        assertThat(ActivationRange.of(.5, 2)).isEqualTo(new ActivationRange(2f / 255, 0));
        assertThat(ActivationRange.of(-3, -1)).isEqualTo(new ActivationRange(3f / 255, 255));
        assertThat(ActivationRange.of(0, 0)).isEqualTo(new ActivationRange(1, 0));
    }

    // A million values between 0 and 1 and one of 2, codes 255. Up to 2, rounding costs 1e6 · (2/255)² / 12 = 5.1; up
    // to
    // 1 it costs a quarter of that, 1.3, and cutting the one off costs 1.
    @Test
    void cutsOffTheFarthestValueWhereThatCostsLessThanRoundingAllOthers() {
        float[] values = new float[1_000_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i / 1e6f;
        }
        values[500] = 2;
        ActivationRange range = gathered(values).range("x");
        assertThat(range.scale() * 255).isBetween(.999f, 1.05f);
        assertThat(range.zero()).isZero();
        float[] few = Arrays.copyOf(values, 1000);
        assertThat(gathered(few).range("x").scale() * 255).isBetween(1.99f, 2.01f);
    }

    @Test
    void noOtherRangeRoundsWithLessError() {
        SplittableRandom random = new SplittableRandom(5);
        float[] values = new float[20_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.pow(random.nextGaussian() + .5, 3);
        }
        double found = squaredError(values, gathered(values).range("x"));
        double least = Double.POSITIVE_INFINITY;
        for (double low = -40; low <= 0; low += .5) {
            for (double high = 1; high <= 80; high += .5) {
                least = Math.min(least, squaredError(values, ActivationRange.of(low, high)));
            }
        }
        assertThat(found).isLessThan(1.01 * least);
    }

    private static double squaredError(float[] values, ActivationRange range) {
        double error = 0;
        for (float value : values) {
            long code = Math.clamp(Math.round((double) value / range.scale()) + range.zero(), 0L, 255L);
            error += Math.pow(value - range.scale() * (code - range.zero()), 2);
        }
        return error;
    }

    private static ActivationRange.Gatherer gathered(float[] values) {
        ActivationRange.Gatherer gatherer = new ActivationRange.Gatherer();
        gatherer.extremes("x", values);
        gatherer.spread("x", values);
        return gatherer;
    }

    @Test
    void heedsOnlyWhatTheActivationBehindALayerTellsApart() {
        Map<String, Int8Graph.Heeded> heeded = Int8Graph.heeded(full);
        float none = Float.NEGATIVE_INFINITY;
        float all = Float.POSITIVE_INFINITY;
        assertThat(heeded.get("stem")).isEqualTo(new Int8Graph.Heeded(-3, all));
        assertThat(heeded.get("block12.excitation.reduce")).isEqualTo(new Int8Graph.Heeded(0, all));
        // A gate of x/6 + 1/2.
        Int8Graph.Heeded gate = Objects.requireNonNull(heeded.get("block12.excitation.expand"));
        assertThat(gate.low()).isEqualTo(-3, within(1e-5f));
        assertThat(gate.high()).isEqualTo(3, within(1e-5f));
        // What a layer reads as it is, and what is normalised, matters whole.
        assertThat(heeded).doesNotContainKeys("stem.hardswish", "neck.second", "localiser.corners.cut");
        assertThat(new Int8Graph.Heeded(none, 1).of(new float[] {-5, 2})).containsExactly(-5, 1);
    }

    private static ModelProto model(TensorProto weight, float[] bias) {
        return ModelProto.newBuilder()
                .setGraph(GraphProto.newBuilder()
                        .addInitializer(weight)
                        .addInitializer(OnnxTensors.floats("b", bias, bias.length))
                        .addNode(NodeProto.newBuilder()
                                .setOpType("Gemm")
                                .addAllInput(List.of("x", "w", "b"))
                                .addOutput("y")
                                .addAttribute(AttributeProto.newBuilder()
                                        .setName("transB")
                                        .setType(AttributeProto.AttributeType.INT)
                                        .setI(1))))
                .build();
    }

    private static double leastCosine() {
        float[] expected = embed(full);
        float[] found = embed(small);
        int dimension = expected.length / IMAGES;
        double least = 1;
        for (int i = 0; i < IMAGES; i++) {
            double cosine = 0;
            for (int d = i * dimension; d < (i + 1) * dimension; d++) {
                cosine += expected[d] * found[d];
            }
            least = Math.min(least, cosine);
        }
        return least;
    }

    private static float[] embed(ModelProto model) {
        FloatBuffer images = Drawings.tensor(IMAGES);
        Drawings.stripes(1000, 0, images, new int[IMAGES]);
        try (TensorProbe probe = TensorProbe.open(model.toByteArray())) {
            return Objects.requireNonNull(probe.run(images, new long[] {IMAGES, 3, SIDE, SIDE}, Set.of("embedding"))
                    .get("embedding"));
        }
    }

    /** Images like those it was trained on, as files. */
    private static List<byte[]> stripes() {
        FloatBuffer images = Drawings.tensor(IMAGES);
        Drawings.stripes(7, 0, images, new int[IMAGES]);
        List<byte[]> files = new ArrayList<>();
        for (int i = 0; i < IMAGES; i++) {
            byte[] pixels = new byte[Drawings.FLOATS];
            for (int p = 0; p < Drawings.FLOATS / 3; p++) {
                for (int c = 0; c < 3; c++) {
                    // Planes are red first, pixels blue first.
                    float value = images.get(i * Drawings.FLOATS + (2 - c) * Drawings.FLOATS / 3 + p);
                    pixels[3 * p + c] = (byte) Math.clamp(Math.round(255 * value), 0, 255);
                }
            }
            try (Mat image = new Mat(Drawings.SIZE, Drawings.SIZE, opencv_core.CV_8UC3);
                    BytePointer out = new BytePointer()) {
                image.data().put(pixels);
                opencv_imgcodecs.imencode(".png", image, out);
                byte[] file = new byte[(int) out.limit()];
                out.get(file);
                files.add(file);
            }
        }
        return files;
    }
}
