package dev.mekiki.training.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.training.Drawings;
import dev.mekiki.training.engine.EngineSettings;
import dev.mekiki.training.engine.Hardware;
import dev.mekiki.training.engine.OptimiserSettings;
import dev.mekiki.training.engine.TrainingEngine;
import dev.mekiki.training.network.Backbone;
import dev.mekiki.training.network.Neck;
import dev.mekiki.training.network.NetworkSettings;
import dev.mekiki.training.network.StartingWeights;
import dev.mekiki.training.network.TrainedNetwork;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModelStartTest {
    private static final int CLASSES = 3;

    @TempDir
    private Path folder;

    static Stream<NetworkSettings> networks() {
        return Stream.concat(
                Arrays.stream(Neck.values()).map(n -> new NetworkSettings(Backbone.LCNET_025, n, 64, 48)),
                Stream.of(
                        new NetworkSettings(Backbone.LCNET_025, Neck.SQUEEZE, 128, 48, 48),
                        new NetworkSettings(Backbone.IR_18, Neck.BN, 32, 48)));
    }

    @ParameterizedTest
    @MethodSource("networks")
    void whatIsReadBackEmbedsAsTheModelThatWasExported(NetworkSettings settings) throws IOException {
        TrainedNetwork trained = Drawings.train(settings, settings.backbone() == Backbone.IR_18 ? 10 : 40);
        FloatBuffer images = noise(settings, CLASSES);
        float[] expected = TrainingEngine.embed(trained, images, CLASSES);

        try (TrainingEngine engine = engine(settings)) {
            assertThat(TrainingEngine.embed(engine.averaged(), images, CLASSES)).isNotEqualTo(expected);
            engine.startFrom(ModelStart.read(export(trained), settings));
            float[] found = TrainingEngine.embed(engine.averaged(), images, CLASSES);
            for (int i = 0; i < expected.length; i++) {
                assertThat(found[i]).isCloseTo(expected[i], within(1e-3f));
            }
        }
    }

    @Test
    void classesStartAtTheEmbeddingsOfTheirImages() throws IOException {
        NetworkSettings settings = new NetworkSettings(Backbone.LCNET_025, Neck.SQUEEZE, 64, 48);
        FloatBuffer images = noise(settings, CLASSES);
        int floats = settings.inputFloats();
        try (TrainingEngine engine = engine(settings)) {
            engine.startFrom(ModelStart.read(export(Drawings.train(settings, 40)), settings));
            engine.startClasses((label, into, offset) -> {
                for (int i = 0; i < floats; i++) {
                    into.put(offset + i, images.get(label * floats + i));
                }
            });
            float[] units = TrainingEngine.embed(engine.averaged(), images, CLASSES);
            float[] all = engine.state().weights();
            float length = (float) (.1 * Math.sqrt(settings.dimension()));
            for (int i = 0; i < units.length; i++) {
                assertThat(all[all.length - units.length + i]).isCloseTo(length * units[i], within(1e-4f));
            }
        }
    }

    @Test
    void resamplesALayerOverAMapOfAnotherSize() throws IOException {
        NetworkSettings large = new NetworkSettings(Backbone.LCNET_025, Neck.SQUEEZE, 128, 48);
        NetworkSettings small = new NetworkSettings(Backbone.LCNET_025, Neck.SQUEEZE, 96, 48);
        TrainedNetwork trained = Drawings.train(large, 3);
        float[] before = trained.parameter("neck.first.weight");

        StartingWeights start = ModelStart.read(export(trained), small);

        float[] after = Objects.requireNonNull(start.parameters().get("neck.first.weight"));
        assertThat(after).hasSize(48 * 64 * 9);
        for (int plane = 0; plane < 48 * 64; plane++) {
            // What a map of one value gives stays the same, and so does what one gives that rises from row to row.
            assertThat(answer(after, plane, 3, _ -> 1)).isCloseTo(answer(before, plane, 4, _ -> 1), within(1e-5));
            assertThat(answer(after, plane, 3, row -> (row + .5) / 3))
                    .isCloseTo(
                            answer(before, plane, 4, row -> Math.clamp((row + .5) / 4, 1 / 6.0, 5 / 6.0)),
                            within(1e-5));
        }
    }

    private static double answer(float[] weights, int plane, int side, IntToDoubleFunction ofRow) {
        double sum = 0;
        for (int i = 0; i < side * side; i++) {
            sum += weights[plane * side * side + i] * ofRow.applyAsDouble(i / side);
        }
        return sum;
    }

    @Test
    void leavesToChanceWhatTheModelDoesNotHave() throws IOException {
        NetworkSettings plain = new NetworkSettings(Backbone.LCNET_025, Neck.SQUEEZE, 64, 48);
        NetworkSettings locating = new NetworkSettings(Backbone.LCNET_025, Neck.SQUEEZE, 64, 64, 48);

        StartingWeights start = ModelStart.read(export(Drawings.train(plain, 1)), locating);

        assertThat(start.parameters()).containsKey("stem.weight").containsKey("neck.second.weight");
        assertThat(start.parameters().keySet()).noneMatch(name -> name.startsWith("localiser"));
    }

    @Test
    void refusesWhatHasNothingToGive() throws IOException {
        NetworkSettings plain = new NetworkSettings(Backbone.LCNET_025, Neck.SQUEEZE, 64, 48);
        NetworkSettings other = new NetworkSettings(Backbone.IR_18, Neck.BN, 64, 48);
        Path model = export(Drawings.train(plain, 1));
        assertThatThrownBy(() -> ModelStart.read(model, other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no layer in common");
        Path text = Files.writeString(folder.resolve("text.onnx"), "not a model");
        assertThatThrownBy(() -> ModelStart.read(text, plain))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not an ONNX file");
    }

    private static TrainingEngine engine(NetworkSettings network) {
        return new TrainingEngine(new EngineSettings(
                network,
                CLASSES,
                1,
                2,
                .1,
                1,
                0,
                0,
                false,
                new OptimiserSettings(.9, .99, 1e-8, .01, 5, .8),
                Hardware.CPU,
                17));
    }

    private static FloatBuffer noise(NetworkSettings network, int images) {
        SplittableRandom random = new SplittableRandom(2);
        FloatBuffer noise = ByteBuffer.allocateDirect(images * network.inputFloats() * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        for (int i = 0; i < noise.capacity(); i++) {
            noise.put(i, random.nextFloat());
        }
        return noise;
    }

    private Path export(TrainedNetwork network) throws IOException {
        ModelExport.write(
                network,
                folder,
                "start",
                1,
                new ModelCard.Calibration(.01, .5, .1, 0, "none"),
                new ModelCard.Provenance("data", 1, "test", "jvm", Map.of()));
        return folder.resolve("start.onnx");
    }
}
