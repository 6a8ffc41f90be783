package dev.mekiki.training.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.InferenceSettings;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.session.OnnxModel;
import dev.mekiki.inference.session.OnnxSession;
import dev.mekiki.inference.session.TensorProbe;
import dev.mekiki.training.Drawings;
import dev.mekiki.training.network.NetworkSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmallerModelTest {
    private static final int IMAGES = 8;

    @TempDir
    private static Path folder;

    @BeforeAll
    static void trainAndExport() throws IOException {
        ModelExport.write(
                Drawings.train(NetworkSettings.DOCUMENTS, 40),
                folder,
                "tiny",
                3,
                new ModelCard.Calibration(.001, .5, .1, 7, "by hand"),
                new ModelCard.Provenance("data", 3, "test", "jvm", Map.of()));
    }

    @Test
    void sixteenBitsHalveTheFileAndChangeNextToNothing() throws Exception {
        Path file = SmallerModel.float16(folder.resolve("tiny.onnx"), folder.resolve("half"));
        assertThat(Files.size(file)).isLessThan((long) (.55 * Files.size(folder.resolve("tiny.onnx"))));
        assertThat(leastCosine(file)).isGreaterThan(.9999);
    }

    @Test
    void eightBitsShrinkTheFileAndKeepEveryLayer() throws Exception {
        Path file = SmallerModel.int8(folder.resolve("tiny.onnx"), folder.resolve("byte"), stripes());
        assertThat(Files.size(file)).isLessThan((long) (.4 * Files.size(folder.resolve("tiny.onnx"))));
        // A network that is hardly trained blows rounding up; the first layer below shows how little there is of it.
        assertThat(leastCosine(file)).isBetween(.7, .9999999);
        int layers = count(folder.resolve("tiny.onnx"), "Conv") + count(folder.resolve("tiny.onnx"), "Gemm");
        assertThat(count(file, "Conv") + count(file, "Gemm")).isEqualTo(layers);
        // Each layer's output at least, and its input where that is not another layer's output.
        assertThat(count(file, "QuantizeLinear")).isGreaterThan(layers);
    }

    @Test
    void theFirstLayerInEightBitsIsWithinItsRoundingOfTheLayerInThirtyTwo() throws Exception {
        ModelProto full = ModelProto.parseFrom(Files.readAllBytes(folder.resolve("tiny.onnx")));
        ModelProto small = ModelProto.parseFrom(
                Files.readAllBytes(SmallerModel.int8(folder.resolve("tiny.onnx"), folder.resolve("first"), stripes())));
        String first = full.getGraph().getNode(0).getOutput(0);
        float[] expected = inside(full, first);
        float[] found = inside(small, first);
        float step = Tensors.floats(constant(small.getGraph(), first + ".scale"))[0];
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
            return Objects.requireNonNull(probe.run(image, new long[] {1, 3, 128, 128}, Set.of(tensor))
                    .get(tensor));
        }
    }

    private static int count(Path file, String operator) throws IOException {
        return (int) ModelProto.parseFrom(Files.readAllBytes(file)).getGraph().getNodeList().stream()
                .filter(n -> n.getOpType().equals(operator))
                .count();
    }

    @Test
    void theCardSaysWhereTheThresholdsComeFrom() throws IOException {
        Path file = SmallerModel.float16(folder.resolve("tiny.onnx"), folder.resolve("card"));
        ModelCard card = ModelCard.read(file.resolveSibling("tiny-fp16.json"));
        assertThat(card.name()).isEqualTo("tiny-fp16");
        assertThat(card.version()).isEqualTo(3);
        assertThat(card.sha256())
                .isEqualTo(ContentDigest.of(Files.readAllBytes(file)).hex());
        assertThat(card.calibration().threshold()).isEqualTo(.5);
        assertThat(card.calibration().method()).startsWith("by hand; taken over from tiny@3, sha256 ");
    }

    @Test
    void refusesToCalibrateWithoutPhotographs() {
        assertThatThrownBy(() -> SmallerModel.int8(folder.resolve("tiny.onnx"), folder, List.of()))
                .hasMessage("photographs: none (expected: at least 1, to calibrate with)");
    }

    @Test
    void refusesAWeightThatSixteenBitsDoNotHold() {
        ModelProto model = model(Tensors.ofFloats("w", new float[] {1, 70_000}, 1, 2), new float[] {0});
        assertThatThrownBy(() -> Float16Weights.of(model))
                .hasMessageStartingWith("w: 70000.0 (expected: within ±65504");
    }

    // Rows {.5, −1.27} and {0, 2.54}: scales .01 and .02. Bias .3 at an input scale of .02: .3 / (.02·.01) and
    // (.02·.02).
    @Test
    void quantisesWeightsByChannelAsWorkedByHand() {
        ModelProto model =
                model(Tensors.ofFloats("w", new float[] {.5f, -1.27f, 0, 2.54f}, 2, 2), new float[] {.3f, .3f});
        GraphProto graph =
                Int8Graph.of(model, _ -> new ActivationRange(.02f, 10)).getGraph();
        assertThat(constant(graph, "w.int8.codes").getRawData().toByteArray()).containsExactly(50, -127, 0, 127);
        assertThat(Tensors.floats(constant(graph, "w.int8.scale")))
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

    // A hundred thousand values between 0 and 1 and one of 2: the one is left out.
    @Test
    void leavesOutTheFewFarthestValues() {
        float[] values = new float[100_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = i / 100_000f;
        }
        values[500] = 2;
        ActivationRange.Gatherer gatherer = new ActivationRange.Gatherer();
        gatherer.extremes("x", values);
        gatherer.spread("x", values);
        float top = gatherer.range("x").scale() * 255;
        assertThat(top).isBetween(.999f, 1.01f);
        assertThat(gatherer.range("x").zero()).isZero();
    }

    private static ModelProto model(TensorProto weight, float[] bias) {
        return ModelProto.newBuilder()
                .setGraph(GraphProto.newBuilder()
                        .addInitializer(weight)
                        .addInitializer(Tensors.ofFloats("b", bias, bias.length))
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

    private static double leastCosine(Path file) throws Exception {
        List<float[]> full = embed(folder.resolve("tiny.onnx"));
        List<float[]> small = embed(file);
        double least = 1;
        for (int i = 0; i < IMAGES; i++) {
            double cosine = 0;
            for (int d = 0; d < full.get(i).length; d++) {
                cosine += full.get(i)[d] * small.get(i)[d];
            }
            least = Math.min(least, cosine);
        }
        return least;
    }

    private static List<float[]> embed(Path file) throws Exception {
        ModelCard card = ModelCard.read(ImageEmbedder.cardOf(file));
        FloatBuffer images = Drawings.tensor(IMAGES);
        Drawings.stripes(1000, 0, images, new int[IMAGES]);
        List<float[]> vectors = new ArrayList<>();
        try (OnnxSession session = OnnxModel.load(
                        file, card, InferenceSettings.forCpu(1).session())
                .sessions()
                .getFirst()) {
            for (int i = 0; i < IMAGES; i++) {
                ByteBuffer slot =
                        ByteBuffer.allocateDirect(Drawings.FLOATS * Float.BYTES).order(ByteOrder.nativeOrder());
                slot.asFloatBuffer().put(0, images, i * Drawings.FLOATS, Drawings.FLOATS);
                vectors.add(session.run(List.of(slot)).getFirst());
            }
        }
        return vectors;
    }

    /** Images like those it was trained on, as files. */
    private static List<byte[]> stripes() {
        FloatBuffer images = Drawings.tensor(IMAGES);
        Drawings.stripes(7, 0, images, new int[IMAGES]);
        List<byte[]> files = new ArrayList<>();
        for (int i = 0; i < IMAGES; i++) {
            byte[] pixels = new byte[3 * 128 * 128];
            for (int p = 0; p < 128 * 128; p++) {
                for (int c = 0; c < 3; c++) {
                    // Planes are red first, pixels blue first.
                    float value = images.get(i * Drawings.FLOATS + (2 - c) * 128 * 128 + p);
                    pixels[3 * p + c] = (byte) Math.clamp(Math.round(255 * value), 0, 255);
                }
            }
            try (Mat image = new Mat(128, 128, opencv_core.CV_8UC3);
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
