package dev.mekiki.training.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.onnx.proto.OnnxMl;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.session.OnnxModel;
import dev.mekiki.inference.session.OnnxSession;
import dev.mekiki.inference.session.SessionSettings;
import dev.mekiki.samples.DocumentGenerator;
import dev.mekiki.samples.PhotoConditions;
import dev.mekiki.samples.Photograph;
import dev.mekiki.samples.Photographer;
import dev.mekiki.training.export.ModelConversion.Change;
import dev.mekiki.training.export.ModelConversion.Outcome;
import dev.mekiki.training.export.ModelConversion.Precision;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the model that the project publishes. */
class ModelConversionTest {

    private static final Path PUBLISHED = Path.of("..", "models", "documents-lcnet050.onnx");
    private static final ModelCard CARD = ModelCard.read(ImageEmbedder.cardOf(PUBLISHED));
    private static final int VALUES = 3 * CARD.input().height() * CARD.input().width();

    private static final Change BYTES = new Change(Precision.FLOAT32, true, List.of());
    private static final Change HALF = new Change(Precision.FLOAT16, false, List.of());

    @TempDir
    private static Path folder;

    private static Outcome bytes;
    private static Outcome half;
    private static Outcome both;

    @BeforeAll
    static void convert() throws IOException {
        bytes = ModelConversion.write(PUBLISHED, BYTES, folder, "bytes");
        half = ModelConversion.write(PUBLISHED, HALF, folder, "half");
        both = ModelConversion.write(PUBLISHED, new Change(Precision.FLOAT16, true, List.of()), folder, "both");
    }

    /** Blobs of a few colours, each picture others. */
    private static byte[] picture(int seed) {
        Random random = new Random(seed);
        byte[] values = new byte[VALUES];
        int plane = VALUES / 3;
        int width = CARD.input().width();
        for (int c = 0; c < 3; c++) {
            double fx = 1 + random.nextInt(9);
            double fy = 1 + random.nextInt(9);
            double phase = random.nextDouble();
            for (int i = 0; i < plane; i++) {
                double wave = Math.sin(2 * Math.PI * (fx * (i % width) / width + fy * (i / width) / width + phase));
                values[c * plane + i] = (byte) (int) (127.5 + 127.5 * wave);
            }
        }
        return values;
    }

    /** As the card of the original would have them normalised: plane by plane. */
    private static ByteBuffer normalised(byte[] picture) {
        ByteBuffer floats = ByteBuffer.allocate(VALUES * Float.BYTES);
        for (int i = 0; i < VALUES; i++) {
            int channel = i / (VALUES / 3);
            floats.putFloat(
                    (float) (((picture[i] & 0xFF) / 255.0 - CARD.input().mean().get(channel))
                            / CARD.input().std().get(channel)));
        }
        return floats.flip();
    }

    private static OnnxSession open(Path onnx, Integer... batchSizes) {
        ModelCard card = ModelCard.read(ImageEmbedder.cardOf(onnx));
        return OnnxModel.load(onnx, card, SessionSettings.cpu(1, 1, List.of(batchSizes)))
                .sessions()
                .getFirst();
    }

    @Test
    void bytesGiveWhatTheNormalisedImageGives() throws Exception {
        assertThat(bytes.card().input().type()).isEqualTo(ModelCard.ElementType.UINT8);
        assertThat(bytes.leastCosine()).isGreaterThan(0.99);
        try (OnnxSession original = open(PUBLISHED, 1);
                OnnxSession converted = open(folder.resolve("bytes.onnx"), 1, 4)) {
            List<ByteBuffer> pictures = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                byte[] picture = picture(i);
                pictures.add(ByteBuffer.wrap(picture));
                float[] expected = original.run(List.of(normalised(picture))).getFirst();

                // Nothing is rounded here, so that nothing but the order of float32's operations differs.
                assertThat(converted.run(List.of(ByteBuffer.wrap(picture))).getFirst())
                        .containsExactly(expected, within(1e-4f));
            }
            List<float[]> together = converted.run(pictures);
            for (int i = 0; i < 4; i++) {
                assertThat(together.get(i))
                        .containsExactly(converted.run(List.of(pictures.get(i))).getFirst(), within(1e-5f));
            }
            // Agreement would mean little if every picture had the same vector.
            assertThat(cosine(together.get(0), together.get(1))).isLessThan(0.9);
        }
    }

    @Test
    void halfPrecisionHalvesTheFileAndSaysTheSame() throws Exception {
        assertThat(Files.size(folder.resolve("half.onnx"))).isLessThan(Files.size(PUBLISHED) * 55 / 100);
        assertThat(half.card().input()).isEqualTo(CARD.input());
        assertThat(half.leastCosine()).isGreaterThan(0.999);
        try (OnnxSession original = open(PUBLISHED, 1);
                OnnxSession converted = open(folder.resolve("half.onnx"), 1, 4)) {
            List<ByteBuffer> pictures = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                pictures.add(normalised(picture(i)));
                float[] alone = converted.run(List.of(pictures.get(i))).getFirst();

                assertThat(cosine(original.run(List.of(pictures.get(i))).getFirst(), alone))
                        .isGreaterThan(0.999);
            }
            List<float[]> together = converted.run(pictures);
            for (int i = 0; i < 4; i++) {
                assertThat(together.get(i))
                        .containsExactly(converted.run(List.of(pictures.get(i))).getFirst(), within(2e-3f));
            }
        }
    }

    @Test
    void computesInHalfPrecision() throws Exception {
        OnnxMl.GraphProto graph = OnnxMl.ModelProto.parseFrom(Files.readAllBytes(folder.resolve("half.onnx")))
                .getGraph();
        Set<String> halves = new HashSet<>();
        graph.getInitializerList().stream()
                .filter(t -> t.getDataType() == OnnxMl.TensorProto.DataType.FLOAT16.getNumber())
                .forEach(t -> halves.add(t.getName()));
        assertThat(graph.getNodeList())
                .anySatisfy(node -> assertThat(node.getOpType()).isEqualTo("Conv"));
        assertThat(graph.getNodeList()).allSatisfy(node -> {
            if (Set.of("Conv", "Gemm").contains(node.getOpType())) {
                assertThat(halves).containsAll(node.getInputList().subList(1, node.getInputCount()));
            }
            // Their sums may exceed float16's range.
            if (Set.of("LayerNormalization", "LpNormalization").contains(node.getOpType())) {
                assertThat(halves).doesNotContainAnyElementsOf(node.getInputList());
            }
        });
    }

    @Test
    void weightsInHalfPrecisionHalveTheFileAndLeaveTheArithmetic() throws Exception {
        Outcome outcome = ModelConversion.write(
                PUBLISHED, new Change(Precision.FLOAT16_WEIGHTS, false, List.of()), folder, "weights");
        assertThat(outcome.leastCosine()).isGreaterThan(0.999);
        assertThat(Files.size(folder.resolve("weights.onnx"))).isLessThan(Files.size(PUBLISHED) * 55 / 100);
        OnnxMl.GraphProto graph = OnnxMl.ModelProto.parseFrom(Files.readAllBytes(folder.resolve("weights.onnx")))
                .getGraph();
        assertThat(graph.getNodeList())
                .filteredOn(node -> node.getOpType().equals("Cast"))
                .allSatisfy(node -> assertThat(node.getAttribute(0).getI())
                        .isEqualTo(OnnxMl.TensorProto.DataType.FLOAT.getNumber()))
                .hasSize((int) graph.getInitializerList().stream()
                        .filter(tensor -> tensor.getDataType() == OnnxMl.TensorProto.DataType.FLOAT16.getNumber())
                        .count());
    }

    @Test
    void eightBitsTakeBytesAndSayNearlyTheSame() throws Exception {
        List<byte[]> photographs = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            try (Mat document = DocumentGenerator.drawRandom(i, 480);
                    Photograph photograph = Photographer.photograph(document, PhotoConditions.MILD, 480, i)) {
                photographs.add(photograph.toJpeg());
            }
        }
        Outcome outcome =
                ModelConversion.write(PUBLISHED, new Change(Precision.INT8, true, photographs), folder, "eight");
        assertThat(outcome.leastCosine()).isBetween(0.97, 0.9999);
        assertThat(Files.size(folder.resolve("eight.onnx"))).isLessThan(Files.size(PUBLISHED) * 46 / 100);
        assertThat(outcome.card().input().type()).isEqualTo(ModelCard.ElementType.UINT8);
        assertThat(outcome.card().provenance().details()).containsEntry("conversion", "INT8, byte input");
    }

    @Test
    void doesBothAtOnceAndSaysSoInTheCard() throws Exception {
        ModelCard card = ModelCard.read(folder.resolve("both.json"));
        assertThat(card).isEqualTo(both.card());
        assertThat(card.sha256())
                .isEqualTo(ContentDigest.of(Files.readAllBytes(folder.resolve("both.onnx")))
                        .hex());
        assertThat(card.name()).isEqualTo("both");
        assertThat(card.version()).isEqualTo(CARD.version());
        assertThat(card.calibration().threshold()).isEqualTo(CARD.calibration().threshold());
        assertThat(card.calibration().method())
                .isEqualTo(CARD.calibration().method() + "; taken over from documents-lcnet050@3");
        assertThat(card.provenance().details())
                .containsAllEntriesOf(CARD.provenance().details())
                .containsEntry("conversion", "FLOAT16, byte input")
                .containsEntry("convertedFrom", "documents-lcnet050@3 " + CARD.sha256())
                .containsKey("leastCosine");
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
        try (OnnxSession original = open(PUBLISHED, 1);
                OnnxSession converted = open(folder.resolve("both.onnx"), 1)) {
            byte[] picture = picture(9);
            assertThat(cosine(
                            original.run(List.of(normalised(picture))).getFirst(),
                            converted.run(List.of(ByteBuffer.wrap(picture))).getFirst()))
                    .isGreaterThan(0.999);
        }
    }

    @Test
    void writesNothingThatSaysSomethingElse() throws IOException {
        OnnxMl.ModelProto model = OnnxMl.ModelProto.parseFrom(Files.readAllBytes(PUBLISHED));
        OnnxMl.GraphProto.Builder graph = model.getGraph().toBuilder();
        // Weights so small that float16 has nothing but zero for them, and a layer after them that makes up for it.
        assertThat(graph.getNode(0).getOpType()).isEqualTo("Conv");
        shrink(graph, graph.getNode(0), 1e-9f);
        Path tiny = lay(model.toBuilder().setGraph(graph).build());

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> ModelConversion.write(tiny, HALF, folder.resolve("new"), "converted"))
                .withMessageContaining("expected: at least 0.999");
        assertThat(folder.resolve("new")).doesNotExist();
    }

    /** Scales a convolution down, and what it gives up again. */
    private static void shrink(OnnxMl.GraphProto.Builder graph, OnnxMl.NodeProto conv, float factor) {
        for (int i = 0; i < graph.getInitializerCount(); i++) {
            OnnxMl.TensorProto tensor = graph.getInitializer(i);
            if (conv.getInputList().subList(1, conv.getInputCount()).contains(tensor.getName())) {
                FloatBuffer values = tensor.getRawData()
                        .asReadOnlyByteBuffer()
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .asFloatBuffer();
                float[] small = new float[values.remaining()];
                for (int v = 0; v < small.length; v++) {
                    small[v] = values.get(v) * factor;
                }
                graph.setInitializer(
                        i,
                        OnnxTensors.floats(
                                tensor.getName(),
                                small,
                                tensor.getDimsList().stream()
                                        .mapToLong(Long::longValue)
                                        .toArray()));
            }
        }
        // Two steps, because float16 has no number as large as the factor.
        String out = conv.getOutput(0);
        float root = (float) Math.sqrt(1 / factor);
        graph.addInitializer(OnnxTensors.floats("root", new float[] {root}, 1));
        graph.setNode(0, conv.toBuilder().setOutput(0, out + "/small"));
        graph.addNode(1, multiply(out + "/small", out + "/large"));
        graph.addNode(2, multiply(out + "/large", out));
    }

    private static OnnxMl.NodeProto multiply(String from, String to) {
        return OnnxMl.NodeProto.newBuilder()
                .setOpType("Mul")
                .setName("multiply " + to)
                .addInput(from)
                .addInput("root")
                .addOutput(to)
                .build();
    }

    private static Path lay(OnnxMl.ModelProto model) throws IOException {
        byte[] bytes = model.toByteArray();
        Path onnx = Files.write(folder.resolve("laid.onnx"), bytes);
        new ModelCard(
                        "laid",
                        1,
                        ContentDigest.of(bytes).hex(),
                        CARD.input(),
                        CARD.output(),
                        CARD.maxBatch(),
                        CARD.calibration(),
                        CARD.provenance())
                .write(folder.resolve("laid.json"));
        return onnx;
    }

    @Test
    void refusesWhatItCannotDo() throws IOException {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelConversion.write(folder.resolve("bytes.onnx"), HALF, folder, "again"))
                .withMessageContaining("input of UINT8 (expected: FLOAT32)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Change(Precision.FLOAT32, false, List.of()))
                .withMessageStartingWith("change: none");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Change(Precision.INT8, false, List.of()))
                .withMessage("photographs: 0 (expected: at least 1, to calibrate with)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Change(Precision.FLOAT16, false, List.of(new byte[1])))
                .withMessage("photographs: 1 (expected: none with FLOAT16)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelConversion.write(PUBLISHED, HALF, folder, CARD.name()))
                .withMessageStartingWith("name: \"documents-lcnet050\"");

        OnnxMl.ModelProto model = OnnxMl.ModelProto.parseFrom(Files.readAllBytes(PUBLISHED));
        OnnxMl.GraphProto.Builder graph = model.getGraph().toBuilder();
        graph.setNode(0, graph.getNode(0).toBuilder().setOpType("Einsum"));
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> HalfPrecision.of(model.toBuilder().setGraph(graph).build()))
                .withMessageStartingWith("operator Einsum of node");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OnnxTensors.half(OnnxTensors.floats("large", new float[] {1, 70_000}, 2), "half"))
                .withMessage("tensor \"large\": a value of 70000.0 (expected: at most 65504.0, float16's largest)");
    }

    private static double cosine(float[] a, float[] b) {
        double cosine = 0;
        for (int d = 0; d < a.length; d++) {
            cosine += (double) a[d] * b[d];
        }
        return cosine;
    }
}
