package dev.mekiki.service.grpc;

import com.google.protobuf.ByteString;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.openinference.InferTensorContents;
import dev.mekiki.openinference.ModelInferRequest;
import dev.mekiki.openinference.ModelInferRequest.InferInputTensor;
import dev.mekiki.openinference.ModelInferRequest.InferRequestedOutputTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The images of one {@code ModelInfer} request, in one of the two forms that a model takes. */
sealed interface InferenceInput {

    /** The input that takes image files; the other one has the name that the model gives it. */
    String ENCODED = "encoded_image";

    String BYTES = "BYTES";
    String FP32 = "FP32";
    String UINT8 = "UINT8";

    /** Names and types in messages are cut there. */
    int MOST_SHOWN = 100;

    /** How many, at least 1. */
    int count();

    /** Has one embedded; as {@link ImageEmbedder#embed}. */
    CompletableFuture<EmbeddedImage> embed(int index, ImageEmbedder embedder, Deadline deadline);

    /** Of the input. */
    String name();

    /**
     * Image files.
     *
     * @param files parts of the request, not copied
     */
    record Files(List<ByteString> files) implements InferenceInput {

        @Override
        public int count() {
            return files.size();
        }

        @Override
        public CompletableFuture<EmbeddedImage> embed(int index, ImageEmbedder embedder, Deadline deadline) {
            return embedder.embed(
                    new EncodedImage(Requests.bytes(files.get(index))), Tenant.of(embedder.space()), deadline);
        }

        @Override
        public String name() {
            return ENCODED;
        }
    }

    /**
     * Tensors that the caller has preprocessed.
     *
     * @param name of the model's input
     * @param values of all images, not copied
     * @param bytes of one image
     */
    record Tensors(String name, ByteBuffer values, int bytes) implements InferenceInput {

        @Override
        public int count() {
            return values.limit() / bytes;
        }

        @Override
        public CompletableFuture<EmbeddedImage> embed(int index, ImageEmbedder embedder, Deadline deadline) {
            return embedder.embedPrepared(
                    values.slice(index * bytes, bytes).order(values.order()), Tenant.of(embedder.space()), deadline);
        }
    }

    /**
     * Reads a request.
     *
     * @param card of the model that is asked
     * @param mostImages that one request may bring
     * @throws InvalidInput if it is not as the model wants it; the message says what was found and what is expected
     */
    static InferenceInput read(ModelInferRequest request, ModelCard card, int mostImages) {
        String own = card.input().name();
        String ownType = datatype(card.input());
        String inputs = ENCODED + " (" + BYTES + ") or " + own + " (" + ownType + ")";
        if (request.getInputsCount() != 1) {
            throw new InvalidInput("inputs", request.getInputsCount() + " tensors", "one: " + inputs);
        }
        InferInputTensor input = request.getInputs(0);
        boolean encoded = input.getName().equals(ENCODED);
        if (!encoded && !input.getName().equals(own)) {
            throw new InvalidInput("inputs.name", shown(input.getName()), inputs);
        }
        // A model may call its own input as the files are called.
        boolean files = encoded && (!own.equals(ENCODED) || input.getDatatype().equals(BYTES));
        String datatype = files ? BYTES : ownType;
        if (!input.getDatatype().equals(datatype)) {
            throw new InvalidInput(
                    "inputs.datatype", shown(input.getDatatype()), datatype + ", the type of " + input.getName());
        }
        for (String parameter : input.getParametersMap().keySet()) {
            if (parameter.startsWith("shared_memory")) {
                throw new InvalidInput(
                        "inputs.parameters", parameter, "the tensor within the message; shared memory is not served");
            }
        }
        requireOutput(request.getOutputsList(), card.output().name());
        int images = images(input.getShapeList(), files, card.input(), mostImages);
        return files ? files(request, input, images) : tensors(request, input, images, card.input());
    }

    /** What the protocol calls the type of a model's own input. */
    static String datatype(ModelCard.Input own) {
        return switch (own.type()) {
            case FLOAT32 -> FP32;
            case UINT8 -> UINT8;
        };
    }

    private static void requireOutput(List<InferRequestedOutputTensor> outputs, String name) {
        for (InferRequestedOutputTensor output : outputs) {
            if (!output.getName().equals(name)) {
                throw new InvalidInput("outputs.name", shown(output.getName()), name);
            }
            if (output.getParametersCount() > 0) {
                throw new InvalidInput(
                        "outputs.parameters",
                        shown(output.getParametersMap().keySet().iterator().next()),
                        "none; neither classification nor shared memory is served");
            }
        }
    }

    private static int images(List<Long> shape, boolean files, ModelCard.Input own, int most) {
        boolean right = files
                ? shape.size() == 1 || (shape.size() == 2 && shape.get(1) == 1)
                : shape.size() == 4 && shape.get(1) == 3 && shape.get(2) == own.height() && shape.get(3) == own.width();
        if (!right || shape.getFirst() < 1 || shape.getFirst() > most) {
            throw new InvalidInput(
                    "inputs.shape",
                    shape.size() > 8 ? shape.size() + " dimensions" : shape.toString(),
                    (files ? "[n] or [n, 1]" : "[n, 3, " + own.height() + ", " + own.width() + "]") + ", n of 1.."
                            + most);
        }
        return Math.toIntExact(shape.getFirst());
    }

    private static InferenceInput files(ModelInferRequest request, InferInputTensor input, int images) {
        if (isRaw(request, input)) {
            return new Files(elements(request.getRawInputContents(0), images));
        }
        List<ByteString> files = input.getContents().getBytesContentsList();
        if (files.size() != images) {
            throw new InvalidInput(
                    "inputs.contents.bytes_contents", files.size() + " elements", images + ", as its shape says");
        }
        return new Files(files);
    }

    private static InferenceInput tensors(
            ModelInferRequest request, InferInputTensor input, int images, ModelCard.Input own) {
        int bytes = 3 * own.height() * own.width() * own.type().bytes();
        // A model's largest batch may be more than one message, or one array, can hold.
        long all = (long) images * bytes;
        if (isRaw(request, input)) {
            ByteString raw = request.getRawInputContents(0);
            if (raw.size() != all) {
                throw new InvalidInput(
                        "raw_input_contents",
                        raw.size() + " bytes",
                        all + " bytes, " + datatype(own) + " of shape " + input.getShapeList());
            }
            return new Tensors(own.name(), raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN), bytes);
        }
        InferTensorContents contents = input.getContents();
        long values = all / own.type().bytes();
        ByteBuffer tensor = switch (own.type()) {
            case FLOAT32 -> {
                requireCount("fp32_contents", contents.getFp32ContentsCount(), values, input, own);
                ByteBuffer floats = ByteBuffer.allocate(Math.toIntExact(all)).order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < values; i++) {
                    floats.putFloat(contents.getFp32Contents(i));
                }
                yield floats;
            }
            case UINT8 -> {
                requireCount("uint_contents", contents.getUintContentsCount(), values, input, own);
                ByteBuffer numbers = ByteBuffer.allocate(Math.toIntExact(all));
                for (int i = 0; i < values; i++) {
                    numbers.put(unsignedByte(contents.getUintContents(i)));
                }
                yield numbers;
            }
        };
        return new Tensors(own.name(), tensor.flip(), bytes);
    }

    private static void requireCount(
            String field, int found, long expected, InferInputTensor input, ModelCard.Input own) {
        if (found != expected) {
            throw new InvalidInput(
                    "inputs.contents." + field,
                    found + " values",
                    expected + " values, " + datatype(own) + " of shape " + input.getShapeList());
        }
    }

    private static byte unsignedByte(int value) {
        if (value < 0 || value > 255) {
            throw new InvalidInput(
                    "inputs.contents.uint_contents", "the value " + Integer.toUnsignedString(value), "0..255");
        }
        return (byte) value;
    }

    /** Whether the elements are in {@code raw_input_contents}; otherwise they are in the input's own contents. */
    private static boolean isRaw(ModelInferRequest request, InferInputTensor input) {
        int raw = request.getRawInputContentsCount();
        if (raw > 1) {
            throw new InvalidInput("raw_input_contents", raw + " entries", "one, as there is one input");
        }
        if (raw == 1 && input.hasContents()) {
            throw new InvalidInput("inputs.contents", "contents beside raw_input_contents", "one of them");
        }
        return raw == 1;
    }

    /** Splits elements that each come after their length. */
    private static List<ByteString> elements(ByteString raw, int count) {
        ByteBuffer bytes = raw.asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
        List<ByteString> elements = new ArrayList<>(count);
        int at = 0;
        for (int i = 0; i < count; i++) {
            int left = raw.size() - at;
            if (left < Integer.BYTES) {
                throw new InvalidInput(
                        "raw_input_contents",
                        left + " bytes left for element " + i + " of " + count,
                        "its length in 4 bytes, and itself");
            }
            long length = Integer.toUnsignedLong(bytes.getInt(at));
            at += Integer.BYTES;
            if (length > raw.size() - at) {
                throw new InvalidInput(
                        "raw_input_contents",
                        raw.size() - at + " bytes left for element " + i + " of " + count,
                        length + " bytes, as its length says");
            }
            elements.add(raw.substring(at, at + (int) length));
            at += (int) length;
        }
        if (at < raw.size()) {
            throw new InvalidInput(
                    "raw_input_contents", raw.size() - at + " bytes after the last of " + count + " elements", "none");
        }
        return elements;
    }

    /** What a caller sent, for the message to the caller. */
    static String shown(String text) {
        return text.length() > MOST_SHOWN ? text.length() + " characters" : "\"" + text + "\"";
    }
}
