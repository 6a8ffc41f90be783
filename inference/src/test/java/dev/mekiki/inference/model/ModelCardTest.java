package dev.mekiki.inference.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mekiki.inference.TinyModel;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelCardTest {

    @TempDir
    private Path folder;

    private final ModelCard card = TinyModel.card(new byte[] {1});

    @Test
    void readsWhatItWrote() {
        Path file = folder.resolve("card.json");
        card.write(file);
        assertThat(ModelCard.read(file)).isEqualTo(card);
    }

    @Test
    void aCardThatDoesNotSayWhatItsInputIsMeansFloatsDecodedAtTwiceTheirSize() throws Exception {
        Path file = folder.resolve("card.json");
        card.write(file);
        Files.writeString(
                file,
                Files.readString(file)
                        .replaceFirst("\"type\" : \"FLOAT32\",\\s*", "")
                        .replaceFirst("\"oversampling\" : 2,\\s*", ""));

        assertThat(Files.readString(file)).doesNotContain("FLOAT32").doesNotContain("oversampling");
        assertThat(ModelCard.read(file)).isEqualTo(card);

        ModelCard bytes = TinyModel.cardOfBytes(new byte[] {1});
        bytes.write(file);
        assertThat(ModelCard.read(file).input().type()).isEqualTo(ModelCard.ElementType.UINT8);
    }

    @Test
    void namesTheFileAndWhatIsWrongWithIt() throws Exception {
        Path file = folder.resolve("card.json");
        card.write(file);
        String json = Files.readString(file);

        Files.writeString(file, json.replace("\"version\" : 3,", ""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelCard.read(file))
                .withMessageContaining("card.json")
                .withMessageContaining("version");
        Files.writeString(file, json.replace("\"version\" : 3", "\"version\" : 0"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelCard.read(file))
                .withMessageContaining("card.json")
                .withMessageContaining("version: 0");
        Files.writeString(file, json.replace("FLOAT32", "FLOAT8"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelCard.read(file))
                .withMessageContaining("card.json")
                .withMessageContaining("FLOAT8");
        for (String noObject : new String[] {"", "[]", "7"}) {
            Files.writeString(file, noObject);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> ModelCard.read(file))
                    .withMessageContaining("card.json: no JSON object");
        }
        Files.writeString(file, "not json");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ModelCard.read(file))
                .withMessageContaining("card.json");
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> ModelCard.read(folder.resolve("none.json")))
                .withMessageContaining("none.json");
    }

    @Test
    void refusesImpossibleValues() {
        ModelCard.Input in = card.input();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ModelCard.Input(in.name(), 7, in.width(), in.channelOrder(), in.mean(), in.std()))
                .withMessage("input.height: 7 (expected: 8..4096)");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new ModelCard.Input(in.name(), in.type(), 8, 8, 9, in.channelOrder(), in.mean(), in.std()))
                .withMessage("input.oversampling: 9 (expected: 1..8)");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        new ModelCard.Input(in.name(), 8, 8, in.channelOrder(), in.mean(), List.of(1.0, 1.0, 0.0)))
                .withMessageContaining("input.std");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ModelCard.Calibration(0, 0.5, 0, 1, "x"))
                .withMessageContaining("falseAcceptRate");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ModelCard.Calibration(0.1, Double.NaN, 0, 1, "x"))
                .withMessageContaining("threshold");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ModelCard.Output("x", 1))
                .withMessageContaining("output.dimension: 1");
    }
}
