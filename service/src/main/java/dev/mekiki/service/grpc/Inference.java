package dev.mekiki.service.grpc;

import com.google.protobuf.UnsafeByteOperations;
import dev.mekiki.core.completion.Callbacks;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.openinference.InferParameter;
import dev.mekiki.openinference.ModelInferRequest;
import dev.mekiki.openinference.ModelInferResponse;
import dev.mekiki.service.lifecycle.Engine;
import dev.mekiki.service.models.Model;
import dev.mekiki.service.models.Models;
import dev.mekiki.service.telemetry.Trace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers one {@code ModelInfer} request: all of its images, or the first failure. */
final class Inference {

    private static final String TIMEOUT = "timeout";

    private Inference() {}

    /**
     * Begins; what the request itself is to blame for is thrown. Cancelling the result drops the images that have not
     * reached the device.
     *
     * @param usual the deadline of the call
     * @param trace shows the stages of each image
     */
    static CompletableFuture<ModelInferResponse> begin(
            ModelInferRequest request, Engine engine, Deadline usual, Trace trace) {
        long began = System.nanoTime();
        Model model = model(engine.models(), request.getModelName(), request.getModelVersion());
        InferenceInput input;
        try {
            input = InferenceInput.read(request, model.card(), model.mostImages());
        } catch (InvalidInput e) {
            model.activity().failed(System.nanoTime() - began);
            throw e;
        }
        Deadline deadline = deadline(request, usual, began);
        String id = request.getId();
        CompletableFuture<List<EmbeddedImage>> embedded = engine.withRoom(
                Tenant.of(model.embedder().space()), input.count(), () -> embed(input, model, deadline));
        var _ = embedded.whenComplete((images, _) -> {
            long took = System.nanoTime() - began;
            if (images == null) {
                model.activity().failed(took);
            } else {
                model.activity().succeeded(took, images);
            }
        });
        return Cancelling.thenApply(embedded, images -> {
            images.forEach(image -> trace.answered(image.durations()));
            return response(id, model, images);
        });
    }

    /**
     * The model that is asked.
     *
     * @throws NotFound if it does not serve
     */
    static Model model(Models models, String name, String version) {
        return models.find(name, version)
                .orElseThrow(() -> new NotFound("models/"
                        + shortened(name)
                        + (version.isEmpty() || models.find(name, "").isEmpty()
                                ? ""
                                : "/versions/" + shortened(version))));
    }

    private static String shortened(String text) {
        return text.length() > InferenceInput.MOST_SHOWN ? text.substring(0, InferenceInput.MOST_SHOWN) + "..." : text;
    }

    private static Deadline deadline(ModelInferRequest request, Deadline usual, long now) {
        InferParameter timeout = request.getParametersMap().get(TIMEOUT);
        if (timeout == null) {
            return usual;
        }
        long micros = switch (timeout.getParameterChoiceCase()) {
            case INT64_PARAM -> timeout.getInt64Param();
            case UINT64_PARAM -> timeout.getUint64Param();
            default ->
                throw new InvalidInput(
                        "parameters.timeout",
                        timeout.getParameterChoiceCase().toString(),
                        "microseconds, INT64_PARAM or UINT64_PARAM");
        };
        // Zero stands for none.
        if (micros <= 0 || micros > Duration.ofDays(1).toNanos() / 1_000) {
            return usual;
        }
        Deadline own = Deadline.after(Duration.ofNanos(micros * 1_000), now);
        return usual.bounded() && usual.nanoTime() - own.nanoTime() < 0 ? usual : own;
    }

    private static CompletableFuture<List<EmbeddedImage>> embed(InferenceInput input, Model model, Deadline deadline) {
        int count = input.count();
        // Not the input itself, so that a file may go as soon as it is decoded.
        String name = input.name();
        List<CompletableFuture<EmbeddedImage>> images = new ArrayList<>(count);
        CompletableFuture<List<EmbeddedImage>> all = new CompletableFuture<>();
        AtomicInteger missing = new AtomicInteger(count);
        for (int i = 0; i < count && !all.isDone(); i++) {
            int index = i;
            CompletableFuture<EmbeddedImage> image = input.embed(i, model.embedder(), deadline);
            images.add(image);
            var _ = image.whenComplete(Callbacks.orFail(all, (_, failure) -> {
                if (failure instanceof InvalidInput invalid) {
                    all.completeExceptionally(new InvalidInput(name + "[" + index + "]", invalid));
                } else if (failure != null) {
                    all.completeExceptionally(failure);
                } else if (missing.decrementAndGet() == 0) {
                    all.complete(
                            images.stream().map(CompletableFuture::resultNow).toList());
                }
            }));
        }
        var _ = all.whenComplete((_, failure) -> {
            if (failure != null) {
                images.forEach(image -> image.cancel(false));
            }
        });
        return all;
    }

    private static ModelInferResponse response(String id, Model model, List<EmbeddedImage> images) {
        int dimension = model.card().output().dimension();
        ByteBuffer raw =
                ByteBuffer.allocate(images.size() * dimension * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        FloatBuffer vectors = raw.asFloatBuffer();
        images.forEach(image -> image.embedding().put(vectors));
        return ModelInferResponse.newBuilder()
                .setModelName(model.id().name())
                .setModelVersion(model.id().version())
                .setId(id)
                .addOutputs(ModelInferResponse.InferOutputTensor.newBuilder()
                        .setName(model.card().output().name())
                        .setDatatype(InferenceInput.FP32)
                        .addShape(images.size())
                        .addShape(dimension))
                .addRawOutputContents(UnsafeByteOperations.unsafeWrap(raw.array()))
                .build();
    }
}
