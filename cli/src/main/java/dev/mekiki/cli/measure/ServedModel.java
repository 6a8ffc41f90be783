package dev.mekiki.cli.measure;

import com.google.protobuf.UnsafeByteOperations;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Refusal;
import dev.mekiki.client.Retrying;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.core.time.StageDurations;
import dev.mekiki.v1.EmbedRequest;
import dev.mekiki.v1.EmbedResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The model that a running service embeds with, asked over the network. What the service refuses for a passing reason is
 * asked again. Closing it abandons calls under way. Thread-safe.
 */
public final class ServedModel implements Embedder, AutoCloseable {

    private final Connection connection;
    private final Retrying retrying;
    private final String model;
    private final EmbeddingSpace space;
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * Asks the service for its model with a first image.
     *
     * @param connection stays open
     * @param model name or digest of a served model; empty for the main one
     * @param image any that the service can decode
     * @throws StatusRuntimeException if it refuses
     */
    public ServedModel(Connection connection, Retrying retrying, String model, EncodedImage image)
            throws InterruptedException {
        this.connection = connection;
        this.retrying = retrying;
        this.model = model;
        dev.mekiki.v1.EmbeddingSpace told = ask(image).getEmbeddingSpace();
        this.space = new EmbeddingSpace(told.getModelId(), told.getDimension(), told.getDigest());
    }

    @Override
    public EmbeddingSpace space() {
        return space;
    }

    /** As the port says; tenant and deadline are the connection's. */
    @Override
    public CompletableFuture<EmbeddedImage> embed(EncodedImage image, Tenant tenant, Deadline deadline) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        EmbedResponse answer = ask(image);
                        float[] vector = new float[answer.getEmbedding().getValuesCount()];
                        for (int i = 0; i < vector.length; i++) {
                            vector[i] = answer.getEmbedding().getValues(i);
                        }
                        return new EmbeddedImage(Embedding.ofUnit(space, vector), StageDurations.NONE);
                    } catch (StatusRuntimeException e) {
                        if (e.getStatus().getCode() == Status.Code.INVALID_ARGUMENT) {
                            throw new InvalidInput("image", Refusal.of(e).message(), "what the service can decode");
                        }
                        throw e;
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new CompletionException(e);
                    }
                },
                callers);
    }

    private EmbedResponse ask(EncodedImage image) throws InterruptedException {
        EmbedRequest request = EmbedRequest.newBuilder()
                .setImage(UnsafeByteOperations.unsafeWrap(image.bytes()))
                .setModel(model)
                .build();
        return retrying.call(() -> connection.recognition().embed(request));
    }

    @Override
    public void close() {
        callers.shutdownNow();
    }
}
