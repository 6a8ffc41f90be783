package dev.mekiki.service.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.SpaceMismatch;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.openinference.GRPCInferenceServiceGrpc;
import dev.mekiki.openinference.ModelInferRequest;
import dev.mekiki.v1.ImportRegistrationsRequest;
import dev.mekiki.v1.RegistrationsGrpc;

/** What comes in as messages, whatever it is: it is read, or refused with a failure for the caller. */
public final class FuzzedMessages {

    private static final EmbeddingSpace SPACE = new EmbeddingSpace("m", 4, "0".repeat(64));

    private static final ModelCard CARD = InferenceInputTest.card("pixels", ModelCard.ElementType.UINT8);

    private FuzzedMessages() {}

    /** A message of an import. */
    public static void importMessage(byte[] bytes) {
        ImportRegistrationsRequest message;
        try {
            message = ImportRegistrationsRequest.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            return;
        }
        try {
            ImportMessages.options(message.getOptions());
            ResourceNames.gallery(message.getOptions().getParent());
        } catch (InvalidInput e) {
            requireWords(e);
        }
        int rows = ImportMessages.rows(message.getAppend().getRowsList(), SPACE).size();
        if (rows != message.getAppend().getRowsCount()) {
            throw new AssertionError(
                    rows + " rows (expected: " + message.getAppend().getRowsCount() + ")");
        }
        long images = Permissions.of(RegistrationsGrpc.getImportRegistrationsMethod())
                .images()
                .orElseThrow()
                .applyAsLong(message);
        if (images != rows) {
            throw new AssertionError(images + " images (expected: " + rows + ")");
        }
    }

    /** A request of the Open Inference Protocol. */
    public static void tensors(byte[] bytes) {
        ModelInferRequest request;
        try {
            request = ModelInferRequest.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            return;
        }
        long images = Permissions.of(GRPCInferenceServiceGrpc.getModelInferMethod())
                .images()
                .orElseThrow()
                .applyAsLong(request);
        if (images < 1) {
            throw new AssertionError(images + " images (expected: at least 1)");
        }
        try {
            InferenceInput.read(request, CARD, 8);
        } catch (InvalidInput e) {
            requireWords(e);
        }
    }

    /** A vector as it comes with a question. */
    public static void vector(byte[] bytes) {
        dev.mekiki.v1.Embedding vector;
        try {
            vector = dev.mekiki.v1.Embedding.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            return;
        }
        try {
            Requests.requireSpace(vector.getSpaceDigest(), vector.getValuesCount(), SPACE);
        } catch (InvalidInput | SpaceMismatch e) {
            requireWords(e);
        }
    }

    private static void requireWords(RuntimeException e) {
        if (e.getMessage() == null || e.getMessage().isBlank()) {
            throw new AssertionError("a failure that says nothing", e);
        }
    }
}
