package dev.mekiki.service.grpc;

import dev.mekiki.inference.InferenceSettings;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.session.ExecutionProvider;
import dev.mekiki.inference.session.SessionSettings;
import dev.mekiki.openinference.DataType;
import dev.mekiki.openinference.InferBatchStatistics;
import dev.mekiki.openinference.InferStatistics;
import dev.mekiki.openinference.ModelConfig;
import dev.mekiki.openinference.ModelDynamicBatching;
import dev.mekiki.openinference.ModelInput;
import dev.mekiki.openinference.ModelInstanceGroup;
import dev.mekiki.openinference.ModelMetadataResponse;
import dev.mekiki.openinference.ModelMetadataResponse.TensorMetadata;
import dev.mekiki.openinference.ModelOutput;
import dev.mekiki.openinference.ModelStatistics;
import dev.mekiki.openinference.RepositoryIndexResponse;
import dev.mekiki.openinference.StatisticDuration;
import dev.mekiki.service.models.Model;
import dev.mekiki.service.models.ModelActivity.Figures;
import dev.mekiki.service.models.ModelActivity.Total;
import dev.mekiki.service.models.Models;
import java.util.List;

/** What is said of models in the messages of the Open Inference Protocol. */
final class ModelMessages {

    private static final String PLATFORM = "onnxruntime_onnx";
    private static final String BACKEND = "onnxruntime";

    private ModelMessages() {}

    /** @param versions of the model's name that serve */
    static ModelMetadataResponse metadata(Model model, List<String> versions) {
        ModelCard card = model.card();
        return ModelMetadataResponse.newBuilder()
                .setName(card.name())
                .addAllVersions(versions)
                .setPlatform(PLATFORM)
                .addInputs(tensor(InferenceInput.ENCODED, InferenceInput.BYTES, -1, 1))
                .addInputs(tensor(
                        card.input().name(),
                        InferenceInput.datatype(card.input()),
                        -1,
                        3,
                        card.input().height(),
                        card.input().width()))
                .addOutputs(tensor(
                        card.output().name(),
                        InferenceInput.FP32,
                        -1,
                        card.output().dimension()))
                .build();
    }

    private static TensorMetadata tensor(String name, String datatype, long... shape) {
        TensorMetadata.Builder tensor =
                TensorMetadata.newBuilder().setName(name).setDatatype(datatype);
        for (long dimension : shape) {
            tensor.addShape(dimension);
        }
        return tensor.build();
    }

    static ModelConfig config(Model model) {
        ModelCard card = model.card();
        InferenceSettings settings = model.settings();
        return ModelConfig.newBuilder()
                .setName(card.name())
                .setPlatform(PLATFORM)
                .setBackend(BACKEND)
                .setMaxBatchSize(model.mostImages())
                .addInput(ModelInput.newBuilder()
                        .setName(InferenceInput.ENCODED)
                        .setDataType(DataType.TYPE_STRING)
                        .addDims(1)
                        .setOptional(true))
                .addInput(ModelInput.newBuilder()
                        .setName(card.input().name())
                        .setDataType(
                                switch (card.input().type()) {
                                    case FLOAT32 -> DataType.TYPE_FP32;
                                    case UINT8 -> DataType.TYPE_UINT8;
                                })
                        .addDims(3)
                        .addDims(card.input().height())
                        .addDims(card.input().width())
                        .setOptional(true))
                .addOutput(ModelOutput.newBuilder()
                        .setName(card.output().name())
                        .setDataType(DataType.TYPE_FP32)
                        .addDims(card.output().dimension()))
                .addInstanceGroup(sessions(model.embedder().provider(), settings.session()))
                .setDynamicBatching(ModelDynamicBatching.newBuilder()
                        .addAllPreferredBatchSize(settings.session().batchSizes())
                        .setMaxQueueDelayMicroseconds(settings.maxDelay().toNanos() / 1_000))
                .build();
    }

    private static ModelInstanceGroup.Builder sessions(ExecutionProvider provider, SessionSettings session) {
        ModelInstanceGroup.Builder group =
                ModelInstanceGroup.newBuilder().setName("sessions").setCount(session.sessions());
        return provider == ExecutionProvider.CPU
                ? group.setKind(ModelInstanceGroup.Kind.KIND_CPU)
                : group.setKind(ModelInstanceGroup.Kind.KIND_GPU)
                        .addAllGpus(session.gpu().devices());
    }

    static ModelStatistics statistics(Model model) {
        Figures figures = model.activity().figures();
        ModelStatistics.Builder statistics = ModelStatistics.newBuilder()
                .setName(model.id().name())
                .setVersion(model.id().version())
                .setLastInference(figures.lastRequestMillis())
                .setInferenceCount(figures.images())
                .setExecutionCount(
                        figures.runs().values().stream().mapToLong(Total::count).sum())
                .setInferenceStats(InferStatistics.newBuilder()
                        .setSuccess(duration(figures.succeeded()))
                        .setFail(duration(figures.failed()))
                        .setQueue(duration(figures.queued()))
                        .setComputeInput(duration(figures.prepared()))
                        .setComputeInfer(duration(figures.inferred()))
                        .setComputeOutput(nothing(figures.succeeded()))
                        .setCacheHit(StatisticDuration.getDefaultInstance())
                        .setCacheMiss(StatisticDuration.getDefaultInstance()));
        figures.runs()
                .forEach((images, runs) -> statistics.addBatchStats(InferBatchStatistics.newBuilder()
                        .setBatchSize(images)
                        .setComputeInput(nothing(runs))
                        .setComputeInfer(duration(runs))
                        .setComputeOutput(nothing(runs))));
        return statistics.build();
    }

    private static StatisticDuration duration(Total total) {
        return StatisticDuration.newBuilder()
                .setCount(total.count())
                .setNs(total.nanos())
                .build();
    }

    /** As often as something else, and took no time. */
    private static StatisticDuration nothing(Total total) {
        return StatisticDuration.newBuilder().setCount(total.count()).build();
    }

    static RepositoryIndexResponse.ModelIndex listing(Models.Listing listing) {
        return RepositoryIndexResponse.ModelIndex.newBuilder()
                .setName(listing.id().name())
                .setVersion(listing.id().version())
                .setState(listing.state().name())
                .setReason(listing.reason())
                .build();
    }
}
