package dev.mekiki.training.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.inference.InferenceSettings;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.session.OnnxModel;
import dev.mekiki.inference.session.OnnxSession;
import dev.mekiki.training.Drawings;
import dev.mekiki.training.engine.LossSettings;
import dev.mekiki.training.engine.OptimiserSettings;
import dev.mekiki.training.engine.TrainingEngine;
import dev.mekiki.training.network.LcNet;
import dev.mekiki.training.network.TrainedNetwork;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelExportTest {
    private static final int IMAGES = 4;

    @TempDir
    private static Path folder;

    private static TrainedNetwork network;
    private static ModelCard card;

    /** Enough steps for the running statistics to have forgotten what they started as. */
    @BeforeAll
    static void trainAndExport() throws IOException {
        OptimiserSettings optimiser = new OptimiserSettings(.9, .99, 1e-8, .01, 5, .8);
        try (TrainingEngine engine = new TrainingEngine(4, 1, 4, .1, optimiser, 3)) {
            for (int i = 0; i < 60; i++) {
                engine.step(Drawings::stripes, new LossSettings(16, 0, 1, .1), 1e-3);
            }
            network = engine.averaged();
        }
        card = ModelExport.write(
                network,
                folder,
                "tiny",
                1,
                new ModelCard.Calibration(.001, .5, .1, 0, "none"),
                new ModelCard.Provenance("data", 3, "test", "jvm", Map.of()));
    }

    @Test
    void givesTheTrainersEmbeddings() throws Exception {
        FloatBuffer images = images();
        float[] trainer = TrainingEngine.embed(network, images, IMAGES);
        List<float[]> exported = run(slots(images));
        double spread = 0;
        for (int i = 0; i < IMAGES; i++) {
            double length = 0;
            for (int d = 0; d < LcNet.DIMENSION; d++) {
                float expected = trainer[i * LcNet.DIMENSION + d];
                assertThat(exported.get(i)[d]).isCloseTo(expected, within(1e-4f));
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
            for (int d = 0; d < LcNet.DIMENSION; d++) {
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
        OnnxModel model = OnnxModel.load(
                folder.resolve("tiny.onnx"), card, InferenceSettings.forCpu(1).session());
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
