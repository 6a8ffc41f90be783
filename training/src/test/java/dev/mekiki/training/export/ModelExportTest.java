package dev.mekiki.training.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.inference.InferenceSettings;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.session.OnnxModel;
import dev.mekiki.inference.session.OnnxSession;
import dev.mekiki.training.Drawings;
import dev.mekiki.training.engine.TrainingEngine;
import dev.mekiki.training.network.Backbone;
import dev.mekiki.training.network.Neck;
import dev.mekiki.training.network.NetworkSettings;
import dev.mekiki.training.network.TrainedNetwork;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModelExportTest {
    private static final int IMAGES = 4;

    /** Where corners lie is rounded too, and the edges of stripes make much of it. */
    private static final float PLACED = 5e-4f;

    private static final int DIMENSION = NetworkSettings.DOCUMENTS.dimension();

    @TempDir
    private static Path folder;

    private static TrainedNetwork network;
    private static ModelCard card;

    /** Enough steps for the running statistics to have forgotten what they started as. */
    @BeforeAll
    static void trainAndExport() throws IOException {
        network = Drawings.train(NetworkSettings.DOCUMENTS, 60);
        card = ModelExport.write(
                network,
                folder,
                "tiny",
                1,
                new ModelCard.Calibration(.001, .5, .1, 0, "none"),
                new ModelCard.Provenance("data", 3, "test", "jvm", Map.of()));
    }

    static Stream<NetworkSettings> networks() {
        return Stream.concat(
                Arrays.stream(Neck.values()).map(n -> new NetworkSettings(Backbone.LCNET_025, n, 64, 48)),
                Stream.of(
                        new NetworkSettings(Backbone.LCNET_100, Neck.SQUEEZE, 64, 48),
                        new NetworkSettings(Backbone.LCNET_025, Neck.SQUEEZE, 128, 48, 48),
                        new NetworkSettings(Backbone.IR_18, Neck.BN, 128, 32, 48),
                        new NetworkSettings(Backbone.IR_18, Neck.BN, 32, 48)));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void everyNetworkGivesTheEnginesEmbeddingsWhenExported(NetworkSettings settings) throws Exception {
        TrainedNetwork trained = Drawings.train(settings, settings.backbone() == Backbone.IR_18 ? 10 : 60);
        ModelCard written = ModelExport.write(
                trained,
                folder.resolve("networks"),
                "one",
                1,
                new ModelCard.Calibration(.001, .5, .1, 0, "none"),
                new ModelCard.Provenance("data", 3, "test", "jvm", Map.of()));
        FloatBuffer images = direct(IMAGES * settings.inputFloats());
        Drawings.stripes(100, 0, images, new int[IMAGES]);
        float[] engine = TrainingEngine.embed(trained, images, IMAGES);
        List<ByteBuffer> slots = new ArrayList<>();
        int floats = settings.inputFloats();
        for (int i = 0; i < IMAGES; i++) {
            ByteBuffer slot = ByteBuffer.allocateDirect(floats * Float.BYTES).order(ByteOrder.nativeOrder());
            slot.asFloatBuffer().put(0, images, i * floats, floats);
            slots.add(slot);
        }
        List<float[]> exported = run(folder.resolve("networks/one.onnx"), written, slots);
        double spread = 0;
        for (int i = 0; i < IMAGES; i++) {
            for (int d = 0; d < settings.dimension(); d++) {
                float expected = engine[i * settings.dimension() + d];
                assertThat(exported.get(i)[d]).isCloseTo(expected, within(settings.localises() ? PLACED : 1e-5f));
                spread += Math.abs(expected - engine[d]);
            }
        }
        assertThat(spread).isGreaterThan(.1);
    }

    private static FloatBuffer direct(int floats) {
        return ByteBuffer.allocateDirect(floats * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    @Test
    void givesTheTrainersEmbeddings() throws Exception {
        FloatBuffer images = images();
        float[] trainer = TrainingEngine.embed(network, images, IMAGES);
        List<float[]> exported = run(slots(images));
        double spread = 0;
        for (int i = 0; i < IMAGES; i++) {
            double length = 0;
            for (int d = 0; d < DIMENSION; d++) {
                float expected = trainer[i * DIMENSION + d];
                assertThat(exported.get(i)[d]).isCloseTo(expected, within(PLACED));
                length += exported.get(i)[d] * exported.get(i)[d];
                spread += Math.abs(expected - trainer[d]);
            }
            assertThat(length).isCloseTo(1, within(1e-5));
        }
        // Agreement would mean little if every image had the same embedding.
        assertThat(spread).isGreaterThan(1);
    }

    @Test
    void aBatchGivesWhatItsImagesGiveAlone() throws Exception {
        List<ByteBuffer> slots = slots(images());
        List<float[]> together = run(slots);
        for (int i = 0; i < IMAGES; i++) {
            float[] alone = run(List.of(slots.get(i))).getFirst();
            for (int d = 0; d < DIMENSION; d++) {
                assertThat(alone[d]).isCloseTo(together.get(i)[d], within(1e-6f));
            }
        }
    }

    @Test
    void writesACardThatFitsItsModel() throws Exception {
        assertThat(ModelCard.read(folder.resolve("tiny.json"))).isEqualTo(card);
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(folder.resolve("tiny.onnx")));
        assertThat(card.sha256()).isEqualTo(HexFormat.of().formatHex(digest));
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
    }

    private static List<float[]> run(List<ByteBuffer> slots) throws Exception {
        return run(folder.resolve("tiny.onnx"), card, slots);
    }

    private static List<float[]> run(Path onnx, ModelCard card, List<ByteBuffer> slots) throws Exception {
        OnnxModel model = OnnxModel.load(onnx, card, InferenceSettings.forCpu(1).session());
        try (OnnxSession session = model.sessions().getFirst()) {
            return session.run(slots);
        }
    }

    private static FloatBuffer images() {
        FloatBuffer images = Drawings.tensor(IMAGES);
        Drawings.stripes(100, 0, images, new int[IMAGES]);
        return images;
    }

    private static List<ByteBuffer> slots(FloatBuffer images) {
        List<ByteBuffer> slots = new ArrayList<>();
        for (int i = 0; i < IMAGES; i++) {
            ByteBuffer slot =
                    ByteBuffer.allocateDirect(Drawings.FLOATS * Float.BYTES).order(ByteOrder.nativeOrder());
            slot.asFloatBuffer().put(0, images, i * Drawings.FLOATS, Drawings.FLOATS);
            slots.add(slot);
        }
        return slots;
    }
}
