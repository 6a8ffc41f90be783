package dev.mekiki.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.openinference.InferParameter;
import dev.mekiki.openinference.InferTensorContents;
import dev.mekiki.openinference.ModelInferRequest;
import dev.mekiki.openinference.ModelInferRequest.InferInputTensor;
import dev.mekiki.openinference.ModelInferRequest.InferRequestedOutputTensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class InferenceInputTest {

    private static final int FLOATS = 3 * 8 * 16;
    private static final ModelCard CARD = card("pixels");

    private static ModelCard card(String input) {
        return card(input, ModelCard.ElementType.FLOAT32);
    }

    /** Of a model that takes 8 rows of 16 pixels. */
    static ModelCard card(String input, ModelCard.ElementType type) {
        return new ModelCard(
                "m",
                1,
                "0".repeat(64),
                new ModelCard.Input(
                        input,
                        type,
                        8,
                        16,
                        ModelCard.Input.CLEAN_OVERSAMPLING,
                        ModelCard.ChannelOrder.RGB,
                        Collections.nCopies(3, 0.0),
                        Collections.nCopies(3, 1.0)),
                new ModelCard.Output("embedding", 4),
                64,
                new ModelCard.Calibration(1e-3, 0.5, 0.02, 1, "none"),
                new ModelCard.Provenance("none", 1, "test", "test", Map.of()));
    }

    private static InferenceInput read(ModelInferRequest request) {
        return InferenceInput.read(request, CARD, 3);
    }

    private static InferInputTensor.Builder files(long... shape) {
        return InferInputTensor.newBuilder()
                .setName("encoded_image")
                .setDatatype("BYTES")
                .addAllShape(Arrays.stream(shape).boxed().toList());
    }

    private static InferInputTensor.Builder tensors(long... shape) {
        return InferInputTensor.newBuilder()
                .setName("pixels")
                .setDatatype("FP32")
                .addAllShape(Arrays.stream(shape).boxed().toList());
    }

    private static ModelInferRequest.Builder request(InferInputTensor.Builder input) {
        return ModelInferRequest.newBuilder().addInputs(input);
    }

    /** Each after its length. */
    private static ByteString elements(byte[]... elements) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] element : elements) {
            all.writeBytes(ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(element.length)
                    .array());
            all.writeBytes(element);
        }
        return ByteString.copyFrom(all.toByteArray());
    }

    private static ByteString floats(int count) {
        ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
            bytes.putFloat(i + 0.5f);
        }
        return ByteString.copyFrom(bytes.array());
    }

    @Test
    void readsFilesFromRawContents() {
        byte[] first = {1, 2, 3};
        byte[] second = {};
        byte[] third = new byte[300];
        for (long[] shape : new long[][] {{3}, {3, 1}}) {
            InferenceInput input = read(request(files(shape))
                    .addRawInputContents(elements(first, second, third))
                    .build());

            assertThat(((InferenceInput.Files) input).files())
                    .containsExactly(
                            ByteString.copyFrom(first), ByteString.copyFrom(second), ByteString.copyFrom(third));
            assertThat(input.name()).isEqualTo("encoded_image");
        }
    }

    @Test
    void readsFilesFromTheInputsOwnContents() {
        List<ByteString> two = List.of(ByteString.copyFromUtf8("one"), ByteString.copyFromUtf8("two"));

        InferenceInput input = read(
                request(files(2).setContents(InferTensorContents.newBuilder().addAllBytesContents(two)))
                        .build());

        assertThat(((InferenceInput.Files) input).files()).isEqualTo(two);
        assertThat(input.count()).isEqualTo(2);
    }

    @Test
    void readsTensorsFromEitherPlace() {
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        for (int i = 0; i < 2 * FLOATS; i++) {
            contents.addFp32Contents(i + 0.5f);
        }
        for (ModelInferRequest request : List.of(
                request(tensors(2, 3, 8, 16))
                        .addRawInputContents(floats(2 * FLOATS))
                        .build(),
                request(tensors(2, 3, 8, 16).setContents(contents)).build())) {
            InferenceInput.Tensors input = (InferenceInput.Tensors) read(request);

            assertThat(input.count()).isEqualTo(2);
            assertThat(input.bytes()).isEqualTo(4 * FLOATS);
            assertThat(input.name()).isEqualTo("pixels");
            for (int i = 0; i < 2 * FLOATS; i++) {
                assertThat(input.values().getFloat(4 * i)).isEqualTo(i + 0.5f);
            }
        }
    }

    private static InferenceInput readBytes(ModelInferRequest.Builder request) {
        return InferenceInput.read(request.build(), card("pixels", ModelCard.ElementType.UINT8), 3);
    }

    @Test
    void readsBytesFromEitherPlaceForAModelThatTakesThem() {
        byte[] values = new byte[2 * FLOATS];
        InferTensorContents.Builder contents = InferTensorContents.newBuilder();
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) i;
            contents.addUintContents(i & 0xFF);
        }
        for (ModelInferRequest.Builder request : List.of(
                request(tensors(2, 3, 8, 16).setDatatype("UINT8")).addRawInputContents(ByteString.copyFrom(values)),
                request(tensors(2, 3, 8, 16).setDatatype("UINT8").setContents(contents)))) {
            InferenceInput.Tensors input = (InferenceInput.Tensors) readBytes(request);

            assertThat(input.count()).isEqualTo(2);
            assertThat(input.bytes()).isEqualTo(FLOATS);
            assertThat(input.values()).isEqualTo(ByteBuffer.wrap(values));
        }
    }

    @Test
    void saysWhatIsWrongWithBytes() {
        InferTensorContents.Builder beyond = InferTensorContents.newBuilder();
        Collections.nCopies(FLOATS, 256).forEach(beyond::addUintContents);
        wrongBytes(
                request(tensors(1, 3, 8, 16)).addRawInputContents(floats(FLOATS)),
                "inputs.datatype: \"FP32\" (expected: UINT8, the type of pixels)");
        wrongBytes(
                request(tensors(1, 3, 8, 16).setDatatype("UINT8")).addRawInputContents(floats(FLOATS)),
                "raw_input_contents: 1536 bytes (expected: 384 bytes, UINT8 of shape [1, 3, 8, 16])");
        wrongBytes(
                request(tensors(1, 3, 8, 16).setDatatype("UINT8")),
                "inputs.contents.uint_contents: 0 values (expected: 384 values, UINT8 of shape [1, 3, 8, 16])");
        wrongBytes(
                request(tensors(1, 3, 8, 16).setDatatype("UINT8").setContents(beyond)),
                "inputs.contents.uint_contents: the value 256 (expected: 0..255)");
        wrongBytes(
                request(files(1).setName("image")),
                "inputs.name: \"image\" (expected: encoded_image (BYTES) or pixels (UINT8))");
    }

    private static void wrongBytes(ModelInferRequest.Builder request, String message) {
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> readBytes(request))
                .withMessageStartingWith(message);
    }

    @Test
    void theTypeDecidesWhereAModelCallsItsOwnInputAsFilesAreCalled() {
        ModelCard same = card("encoded_image");

        assertThat(InferenceInput.read(
                        request(files(1))
                                .addRawInputContents(elements(new byte[1]))
                                .build(),
                        same,
                        1))
                .isInstanceOf(InferenceInput.Files.class);
        assertThat(InferenceInput.read(
                        request(tensors(1, 3, 8, 16).setName("encoded_image"))
                                .addRawInputContents(floats(FLOATS))
                                .build(),
                        same,
                        1))
                .isInstanceOf(InferenceInput.Tensors.class);
    }

    static Stream<Arguments> wrong() {
        ByteString one = elements(new byte[] {7});
        InferParameter region = InferParameter.newBuilder().setStringParam("r").build();
        return Stream.of(
                Arguments.of(
                        ModelInferRequest.newBuilder(),
                        "inputs: 0 tensors (expected: one: encoded_image (BYTES) or pixels (FP32))"),
                Arguments.of(request(files(1)).addInputs(tensors(1, 3, 8, 16)), "inputs: 2 tensors (expected: one:"),
                Arguments.of(
                        request(files(1).setName("image")).addRawInputContents(one),
                        "inputs.name: \"image\" (expected: encoded_image (BYTES) or pixels (FP32))"),
                Arguments.of(
                        request(files(1).setName("x".repeat(1000))).addRawInputContents(one),
                        "inputs.name: 1000 characters (expected: "),
                Arguments.of(
                        request(files(1).setDatatype("UINT8")).addRawInputContents(one),
                        "inputs.datatype: \"UINT8\" (expected: BYTES, the type of encoded_image)"),
                Arguments.of(
                        request(tensors(1, 3, 8, 16).setDatatype("FP16")),
                        "inputs.datatype: \"FP16\" (expected: FP32, the type of pixels)"),
                Arguments.of(
                        request(files(1, 2)).addRawInputContents(one),
                        "inputs.shape: [1, 2] (expected: [n] or [n, 1], n of 1..3)"),
                Arguments.of(request(files()).addRawInputContents(one), "inputs.shape: [] (expected: [n] or"),
                Arguments.of(request(files(0)).addRawInputContents(one), "inputs.shape: [0] (expected: "),
                Arguments.of(request(files(4)).addRawInputContents(one), "inputs.shape: [4] (expected: "),
                Arguments.of(request(files(-1)).addRawInputContents(one), "inputs.shape: [-1] (expected: "),
                Arguments.of(
                        request(tensors(1, 3, 16, 8)).addRawInputContents(floats(FLOATS)),
                        "inputs.shape: [1, 3, 16, 8] (expected: [n, 3, 8, 16], n of 1..3)"),
                Arguments.of(
                        request(tensors(3, 8, 16)).addRawInputContents(floats(FLOATS)), "inputs.shape: [3, 8, 16]"),
                Arguments.of(request(tensors(1, 1, 1, 1, 1, 1, 1, 1, 1)), "inputs.shape: 9 dimensions (expected: "),
                Arguments.of(
                        request(tensors(2, 3, 8, 16)).addRawInputContents(floats(FLOATS)),
                        "raw_input_contents: 1536 bytes (expected: 3072 bytes, FP32 of shape [2, 3, 8, 16])"),
                Arguments.of(
                        request(tensors(1, 3, 8, 16)),
                        "inputs.contents.fp32_contents: 0 values (expected: 384 values, FP32 of shape [1, 3, 8, 16])"),
                Arguments.of(
                        request(files(1)),
                        "inputs.contents.bytes_contents: 0 elements (expected: 1, as its shape says)"),
                Arguments.of(
                        request(files(1)).addRawInputContents(one).addRawInputContents(one),
                        "raw_input_contents: 2 entries (expected: one"),
                Arguments.of(
                        request(files(1).setContents(InferTensorContents.newBuilder()))
                                .addRawInputContents(one),
                        "inputs.contents: contents beside raw_input_contents (expected: one of them)"),
                Arguments.of(
                        request(files(2)).addRawInputContents(one),
                        "raw_input_contents: 0 bytes left for element 1 of 2 (expected: its length in 4 bytes"),
                Arguments.of(
                        request(files(1)).addRawInputContents(one.substring(0, 3)),
                        "raw_input_contents: 3 bytes left for element 0 of 1 (expected: its length in 4 bytes"),
                Arguments.of(
                        request(files(1))
                                .addRawInputContents(ByteString.copyFrom(new byte[] {5, 0, 0, (byte) 0x80, 9})),
                        "raw_input_contents: 1 bytes left for element 0 of 1 (expected: 2147483653 bytes"),
                Arguments.of(
                        request(files(1)).addRawInputContents(one.concat(one)),
                        "raw_input_contents: 5 bytes after the last of 1 elements (expected: none)"),
                Arguments.of(
                        request(files(1).putParameters("shared_memory_region", region)),
                        "inputs.parameters: shared_memory_region (expected: the tensor within the message"),
                Arguments.of(
                        request(files(1))
                                .addRawInputContents(one)
                                .addOutputs(
                                        InferRequestedOutputTensor.newBuilder().setName("logits")),
                        "outputs.name: \"logits\" (expected: embedding)"),
                Arguments.of(
                        request(files(1))
                                .addRawInputContents(one)
                                .addOutputs(InferRequestedOutputTensor.newBuilder()
                                        .setName("embedding")
                                        .putParameters("classification", region)),
                        "outputs.parameters: \"classification\" (expected: none;"));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void saysWhatIsWrong(ModelInferRequest.Builder request, String message) {
        assertThatExceptionOfType(InvalidInput.class)
                .isThrownBy(() -> read(request.build()))
                .withMessageStartingWith(message);
    }
}
