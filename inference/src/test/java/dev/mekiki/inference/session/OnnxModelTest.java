package dev.mekiki.inference.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.inference.TinyModel;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.model.ModelCard.ElementType;
import dev.mekiki.inference.session.GpuSettings.ArenaGrowth;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxModelTest {

    /** No machine has a hundred GPUs, so that tests with it hold with ONNX Runtime's GPU libraries as well. */
    private static final GpuSettings HUNDREDTH = new GpuSettings(
            List.of(99), OptionalLong.empty(), ArenaGrowth.NEXT_POWER_OF_TWO, GpuSettings.FIRST.tensorRt());

    @TempDir
    private Path folder;

    private static SessionSettings cpu(Integer... batchSizes) {
        return SessionSettings.cpu(1, 1, List.of(batchSizes));
    }

    private static ByteBuffer image(long seed) {
        Random random = new Random(seed);
        ByteBuffer image = ByteBuffer.allocateDirect(3 * TinyModel.SIDE * TinyModel.SIDE * Float.BYTES)
                .order(ByteOrder.nativeOrder());
        float level = (float) random.nextGaussian();
        while (image.hasRemaining()) {
            image.putFloat(level + (float) random.nextGaussian());
        }
        return image.flip();
    }

    private static List<ByteBuffer> images(int n) {
        List<ByteBuffer> images = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            images.add(image(i));
        }
        return images;
    }

    private OnnxSession only(OnnxModel model) {
        return model.sessions().getFirst();
    }

    private ModelCard card(Path onnx) {
        return ModelCard.read(onnx.resolveSibling("tiny.json"));
    }

    @Test
    void aBatchGivesWhatItsImagesGiveAlone() throws Exception {
        Path onnx = TinyModel.write(folder);
        // Sizes 1, 4, 9: every number of images in between is padded.
        try (OnnxSession session = only(OnnxModel.load(onnx, card(onnx), cpu(1, 4, 9)))) {
            List<ByteBuffer> images = images(9);
            List<float[]> alone = new ArrayList<>();
            for (ByteBuffer image : images) {
                alone.add(session.run(List.of(image)).getFirst());
            }
            for (int n = 1; n <= 9; n++) {
                List<float[]> together = session.run(images.subList(0, n));
                assertThat(together).hasSize(n);
                for (int i = 0; i < n; i++) {
                    assertThat(together.get(i)).containsExactly(alone.get(i), within(1e-6f));
                }
            }
            assertThat(alone.get(0)).isNotEqualTo(alone.get(1));
        }
    }

    @Test
    void outputsAreNotOverwrittenByTheNextRun() throws Exception {
        Path onnx = TinyModel.write(folder);
        try (OnnxSession session = only(OnnxModel.load(onnx, card(onnx), cpu(1)))) {
            float[] first = session.run(List.of(image(1))).getFirst();
            float[] copy = first.clone();
            session.run(List.of(image(2)));
            assertThat(first).isEqualTo(copy);
        }
    }

    @Test
    void sessionsGiveTheSame() throws Exception {
        Path onnx = TinyModel.write(folder);
        SessionSettings two = SessionSettings.cpu(2, 1, List.of(1));
        OnnxModel model = OnnxModel.load(onnx, card(onnx), two);
        assertThat(model.provider()).isEqualTo(ExecutionProvider.CPU);
        try (OnnxSession left = model.sessions().get(0);
                OnnxSession right = model.sessions().get(1)) {
            assertThat(left.run(images(1)).getFirst())
                    .isEqualTo(right.run(images(1)).getFirst());
        }
    }

    @Test
    void refusesAFileThatIsNotTheOneOfItsCard() throws Exception {
        Path onnx = TinyModel.write(folder);
        ModelCard card = card(onnx);
        Files.write(onnx, new byte[] {0}, java.nio.file.StandardOpenOption.APPEND);

        assertThatExceptionOfType(ModelUnusable.class)
                .isThrownBy(() -> OnnxModel.load(onnx, card, cpu(1)))
                .withMessageContaining("SHA-256")
                .withMessageContaining("expected: " + card.sha256());
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> OnnxModel.load(folder.resolve("none.onnx"), card, cpu(1)))
                .withMessageContaining("none.onnx cannot be read");
    }

    @Test
    void refusesAModelWhoseTensorsAreNotThoseOfItsCard() {
        Path onnx = TinyModel.write(folder);
        ModelCard right = card(onnx);
        ModelCard.Input in = right.input();

        refused(onnx, with(right, renamed(in, "picture"), right.output()), "inputs [pixels] (expected: picture");
        refused(
                onnx,
                with(
                        right,
                        new ModelCard.Input(in.name(), 64, 32, in.channelOrder(), in.mean(), in.std()),
                        right.output()),
                "[-1, 3, 32, 32] (expected: [-1, 3, 64, 32]");
        refused(onnx, with(right, in, new ModelCard.Output("vector", 16)), "outputs [embedding] (expected: vector");
        refused(onnx, with(right, in, new ModelCard.Output("embedding", 17)), "[-1, 16] (expected: [-1, 17]");
    }

    private static void refused(Path onnx, ModelCard card, String message) {
        assertThatExceptionOfType(ModelUnusable.class)
                .isThrownBy(() -> OnnxModel.load(onnx, card, cpu(1)))
                .withMessageContaining(message);
    }

    private static ModelCard.Input renamed(ModelCard.Input in, String name) {
        return new ModelCard.Input(name, in.height(), in.width(), in.channelOrder(), in.mean(), in.std());
    }

    private static ModelCard with(ModelCard card, ModelCard.Input input, ModelCard.Output output) {
        return new ModelCard(
                card.name(),
                card.version(),
                card.sha256(),
                input,
                output,
                card.maxBatch(),
                card.calibration(),
                card.provenance());
    }

    @Test
    void refusesWhatIsNoModel() throws Exception {
        byte[] text = "this is no model".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        Path onnx = Files.write(folder.resolve("text.onnx"), text);
        assertThatExceptionOfType(ModelUnusable.class)
                .isThrownBy(() -> OnnxModel.load(onnx, TinyModel.card(text), cpu(1)))
                .withMessageContaining("text.onnx: cannot be loaded")
                .satisfies(e -> assertThat(e.problem()).startsWith("cannot be loaded: "));
    }

    // As ONNX Runtime 1.29 words it.
    @Test
    void aProblemNamesFilesButNotTheirFolders() {
        String library =
                "libonnxruntime_providers_cuda.so with error: libcublasLt.so.12: cannot open shared object file";
        ModelUnusable unusable = new ModelUnusable(
                folder.resolve("a.onnx"),
                "GPU 0: /build/core/provider_bridge.cc:2390 Failed to load /opt/ort/" + library);
        assertThat(unusable).hasMessageContainingAll(folder.toString(), "/opt/ort/");
        assertThat(unusable.problem()).isEqualTo("GPU 0: provider_bridge.cc:2390 Failed to load " + library);
        assertThat(new ModelUnusable(folder.resolve("a.onnx"), "shape [-1, 3] (expected: and/or 5 images/s)").problem())
                .isEqualTo("shape [-1, 3] (expected: and/or 5 images/s)");
    }

    @Test
    void refusesBatchSizesThatTheModelCannotRun() throws Exception {
        Path onnx = TinyModel.write(folder);
        assertThatExceptionOfType(ModelUnusable.class)
                .isThrownBy(() -> OnnxModel.load(onnx, card(onnx), cpu(1, 65)))
                .withMessageContaining("batch size 65 (expected: at most 64");

        byte[] fixed = TinyModel.model("4").toByteArray();
        Path fixedOnnx = Files.write(folder.resolve("fixed.onnx"), fixed);
        assertThatExceptionOfType(ModelUnusable.class)
                .isThrownBy(() -> OnnxModel.load(fixedOnnx, TinyModel.card(fixed), cpu(1, 4)))
                .withMessageContaining("batch sizes [1, 4] (expected: 4, which is fixed in the model)");
        try (OnnxSession session = only(OnnxModel.load(fixedOnnx, TinyModel.card(fixed), cpu(4)))) {
            assertThat(session.run(images(2))).hasSize(2);
        }
    }

    @Test
    void failsAtStartWithoutTheProviderAskedFor() {
        Path onnx = TinyModel.write(folder);
        SessionSettings strict = new SessionSettings(
                List.of(ExecutionProvider.TENSORRT, ExecutionProvider.CPU), false, HUNDREDTH, 1, 1, List.of(1));
        assertThatExceptionOfType(ModelUnusable.class)
                .isThrownBy(() -> OnnxModel.load(onnx, card(onnx), strict))
                .withMessageContaining("execution provider TENSORRT")
                .withMessageContaining("falling back to another one is not allowed");
    }

    @Test
    void fallsBackInOrderWhereThatIsAllowed() {
        Path onnx = TinyModel.write(folder);
        List<ExecutionProvider> all =
                List.of(ExecutionProvider.TENSORRT, ExecutionProvider.CUDA, ExecutionProvider.CPU);
        OnnxModel model = OnnxModel.load(onnx, card(onnx), new SessionSettings(all, true, HUNDREDTH, 1, 1, List.of(1)));
        assertThat(model.provider()).isEqualTo(ExecutionProvider.CPU);
        model.sessions().forEach(OnnxSession::close);

        assertThatExceptionOfType(ModelUnusable.class)
                .isThrownBy(() -> OnnxModel.load(
                        onnx, card(onnx), new SessionSettings(all.subList(0, 2), true, HUNDREDTH, 1, 1, List.of(1))))
                .withMessageContaining("none usable")
                .withMessageContaining("TENSORRT: ")
                .withMessageContaining("CUDA: ");
    }

    @Test
    void refusesImpossibleSettings() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SessionSettings(List.of(), false, GpuSettings.FIRST, 1, 1, List.of(1)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SessionSettings(
                        List.of(ExecutionProvider.CUDA, ExecutionProvider.CUDA), true, HUNDREDTH, 1, 1, List.of(1)))
                .withMessage("providers: [CUDA, CUDA] (expected: each once)");
        assertThatIllegalArgumentException().isThrownBy(() -> SessionSettings.cpu(0, 1, List.of(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> SessionSettings.cpu(1, 0, List.of(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> SessionSettings.cpu(1, 1, List.of()));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SessionSettings.cpu(1, 1, List.of(2, 1)))
                .withMessageContaining("ascending");
    }

    @Test
    void countsTheSessionsOfAllDevices() {
        GpuSettings two = new GpuSettings(
                List.of(0, 3), OptionalLong.empty(), ArenaGrowth.NEXT_POWER_OF_TWO, GpuSettings.FIRST.tensorRt());
        List<ExecutionProvider> gpuFirst = List.of(ExecutionProvider.CUDA, ExecutionProvider.CPU);

        assertThat(new SessionSettings(gpuFirst, true, two, 3, 1, List.of(1)).allSessions())
                .isEqualTo(6);
        assertThat(new SessionSettings(List.of(ExecutionProvider.CPU), true, two, 3, 1, List.of(1)).allSessions())
                .isEqualTo(3);
    }

    @Test
    void servesAModelThatTakesBytes() throws Exception {
        byte[] model = TinyModel.bytes().toByteArray();
        Path onnx = Files.write(folder.resolve("bytes.onnx"), model);
        ByteBuffer bright = ByteBuffer.allocate(3 * TinyModel.SIDE * TinyModel.SIDE);
        for (int i = 0; i < bright.capacity(); i++) {
            bright.put(i, (byte) (i % 7 == 0 ? 250 : 3 * i));
        }
        // The same values as floats, as TinyModel's card would have them normalised.
        ByteBuffer floats = ByteBuffer.allocate(Float.BYTES * bright.capacity());
        for (int i = 0; i < bright.capacity(); i++) {
            floats.putFloat(((bright.get(i) & 0xFF) / 255f - 0.5f) / 0.25f);
        }
        Path same = TinyModel.write(folder);
        try (OnnxSession session = only(OnnxModel.load(onnx, TinyModel.cardOfBytes(model), cpu(1, 2)));
                OnnxSession reference = only(OnnxModel.load(same, card(same), cpu(1)))) {
            float[] expected = reference.run(List.of(floats.flip())).getFirst();

            assertThat(session.run(List.of(bright)).getFirst()).containsExactly(expected, within(1e-5f));
            assertThat(session.run(List.of(ByteBuffer.allocate(bright.capacity()), bright))
                            .getLast())
                    .containsExactly(expected, within(1e-5f));
        }
    }

    @Test
    void refusesAModelWhoseInputIsOfAnotherTypeThanItsCardSays() throws Exception {
        Path floats = TinyModel.write(folder);
        byte[] model = TinyModel.bytes().toByteArray();
        Path bytes = Files.write(folder.resolve("bytes.onnx"), model);

        refused(
                floats,
                with(
                        card(floats),
                        of(ElementType.UINT8, card(floats).input()),
                        card(floats).output()),
                "(expected: UINT8, as its card says)");
        ModelCard card = TinyModel.cardOfBytes(model);
        refused(
                bytes,
                with(card, of(ElementType.FLOAT32, card.input()), card.output()),
                "(expected: FLOAT, as its card says)");
    }

    private static ModelCard.Input of(ElementType type, ModelCard.Input in) {
        return new ModelCard.Input(
                in.name(), type, in.height(), in.width(), in.oversampling(), in.channelOrder(), in.mean(), in.std());
    }
}
