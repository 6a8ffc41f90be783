package dev.mekiki.service.grpc;

import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.openinference.GRPCInferenceServiceGrpc;
import dev.mekiki.openinference.ModelConfigRequest;
import dev.mekiki.openinference.ModelConfigResponse;
import dev.mekiki.openinference.ModelInferRequest;
import dev.mekiki.openinference.ModelInferResponse;
import dev.mekiki.openinference.ModelMetadataRequest;
import dev.mekiki.openinference.ModelMetadataResponse;
import dev.mekiki.openinference.ModelReadyRequest;
import dev.mekiki.openinference.ModelReadyResponse;
import dev.mekiki.openinference.ModelStatisticsRequest;
import dev.mekiki.openinference.ModelStatisticsResponse;
import dev.mekiki.openinference.ModelStreamInferResponse;
import dev.mekiki.openinference.RepositoryIndexRequest;
import dev.mekiki.openinference.RepositoryIndexResponse;
import dev.mekiki.openinference.RepositoryModelLoadRequest;
import dev.mekiki.openinference.RepositoryModelLoadResponse;
import dev.mekiki.openinference.RepositoryModelUnloadRequest;
import dev.mekiki.openinference.RepositoryModelUnloadResponse;
import dev.mekiki.openinference.ServerLiveRequest;
import dev.mekiki.openinference.ServerLiveResponse;
import dev.mekiki.openinference.ServerMetadataRequest;
import dev.mekiki.openinference.ServerMetadataResponse;
import dev.mekiki.openinference.ServerReadyRequest;
import dev.mekiki.openinference.ServerReadyResponse;
import dev.mekiki.service.lifecycle.Engine;
import dev.mekiki.service.lifecycle.Lifecycle;
import dev.mekiki.service.models.Model;
import dev.mekiki.service.models.Models;
import dev.mekiki.service.settings.AdmissionConfig;
import dev.mekiki.service.telemetry.Telemetry;
import dev.mekiki.service.telemetry.Trace;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** {@code inference.GRPCInferenceService}, the Open Inference Protocol. */
@GrpcService
public class OpenInferenceService extends GRPCInferenceServiceGrpc.GRPCInferenceServiceImplBase {

    private static final String NAME = "mekiki";

    private final Lifecycle lifecycle;
    private final Telemetry telemetry;
    private final AdmissionConfig admission;
    private final String version;

    public OpenInferenceService(
            Lifecycle lifecycle,
            Telemetry telemetry,
            AdmissionConfig admission,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        this.lifecycle = lifecycle;
        this.telemetry = telemetry;
        this.admission = admission;
        this.version = version;
    }

    @Override
    public void serverLive(ServerLiveRequest request, StreamObserver<ServerLiveResponse> caller) {
        send(caller, () -> ServerLiveResponse.newBuilder().setLive(true).build());
    }

    @Override
    public void serverReady(ServerReadyRequest request, StreamObserver<ServerReadyResponse> caller) {
        send(
                caller,
                () -> ServerReadyResponse.newBuilder()
                        .setReady(lifecycle.servesModels())
                        .build());
    }

    @Override
    public void modelReady(ModelReadyRequest request, StreamObserver<ModelReadyResponse> caller) {
        send(
                caller,
                () -> ModelReadyResponse.newBuilder()
                        .setReady(lifecycle.servesModels()
                                && models().find(request.getName(), request.getVersion())
                                        .isPresent())
                        .build());
    }

    @Override
    public void serverMetadata(ServerMetadataRequest request, StreamObserver<ServerMetadataResponse> caller) {
        send(caller, () -> {
            ServerMetadataResponse.Builder metadata = ServerMetadataResponse.newBuilder()
                    .setName(NAME)
                    .setVersion(version)
                    .addExtensions("model_configuration")
                    .addExtensions("statistics");
            if (models().canChange()) {
                metadata.addExtensions("model_repository");
            }
            return metadata.build();
        });
    }

    @Override
    public void modelMetadata(ModelMetadataRequest request, StreamObserver<ModelMetadataResponse> caller) {
        send(caller, () -> {
            Model model = Inference.model(models(), request.getName(), request.getVersion());
            return ModelMessages.metadata(
                    model,
                    served(request.getName(), "").stream()
                            .map(other -> other.id().version())
                            .toList());
        });
    }

    @Override
    public void modelConfig(ModelConfigRequest request, StreamObserver<ModelConfigResponse> caller) {
        send(
                caller,
                () -> ModelConfigResponse.newBuilder()
                        .setConfig(ModelMessages.config(
                                Inference.model(models(), request.getName(), request.getVersion())))
                        .build());
    }

    @Override
    public void modelStatistics(ModelStatisticsRequest request, StreamObserver<ModelStatisticsResponse> caller) {
        send(caller, () -> {
            if (!request.getName().isEmpty()) {
                Inference.model(models(), request.getName(), request.getVersion());
            }
            return ModelStatisticsResponse.newBuilder()
                    .addAllModelStats(served(request.getName(), request.getVersion()).stream()
                            .map(ModelMessages::statistics)
                            .toList())
                    .build();
        });
    }

    @Override
    public void modelInfer(ModelInferRequest request, StreamObserver<ModelInferResponse> caller) {
        Trace trace = Intake.traceOfThisCall();
        UnaryAnswer.send(
                caller,
                RequestFields.AS_THEY_ARE,
                () -> infer(request, lifecycle.engineOfTakenCall(), trace),
                response -> response);
    }

    @Override
    public StreamObserver<ModelInferRequest> modelStreamInfer(StreamObserver<ModelStreamInferResponse> caller) {
        Intake intake = Intake.ofThisCall();
        return InferenceStream.open(
                (ServerCallStreamObserver<ModelStreamInferResponse>) caller,
                admission.maxInFlightPerStream(),
                request -> Intake.traceOfThisCall()
                        .ofQuestion(trace -> infer(request, lifecycle.engineWithoutStore(), trace)),
                new QuestionStream.Watcher() {
                    @Override
                    public Runnable opened(Runnable onDrain) {
                        return lifecycle.streamOpened(onDrain);
                    }

                    @Override
                    public void answered(int requestBytes, Status.Code status) {
                        intake.release(requestBytes);
                        telemetry.streamAnswered(status);
                    }
                });
    }

    @Override
    public void repositoryIndex(RepositoryIndexRequest request, StreamObserver<RepositoryIndexResponse> caller) {
        UnaryAnswer.send(
                caller,
                RequestFields.AS_THEY_ARE,
                () -> {
                    requireTheOne(request.getRepositoryName());
                    return models().index();
                },
                listings -> RepositoryIndexResponse.newBuilder()
                        .addAllModels(listings.stream()
                                .filter(listing -> !request.getReady() || listing.state() == Models.State.READY)
                                .map(ModelMessages::listing)
                                .toList())
                        .build());
    }

    @Override
    public void repositoryModelLoad(
            RepositoryModelLoadRequest request, StreamObserver<RepositoryModelLoadResponse> caller) {
        UnaryAnswer.send(
                caller,
                RequestFields.AS_THEY_ARE,
                () -> {
                    requireTheOne(request.getRepositoryName());
                    for (String parameter : request.getParametersMap().keySet()) {
                        throw new InvalidInput(
                                "parameters",
                                InferenceInput.shown(parameter),
                                "none; a model is loaded from the repository as its card says");
                    }
                    return models().load(named(request.getModelName()));
                },
                _ -> RepositoryModelLoadResponse.getDefaultInstance());
    }

    @Override
    public void repositoryModelUnload(
            RepositoryModelUnloadRequest request, StreamObserver<RepositoryModelUnloadResponse> caller) {
        UnaryAnswer.send(
                caller,
                RequestFields.AS_THEY_ARE,
                () -> {
                    requireTheOne(request.getRepositoryName());
                    return models().unload(named(request.getModelName()));
                },
                _ -> RepositoryModelUnloadResponse.getDefaultInstance());
    }

    private CompletableFuture<ModelInferResponse> infer(ModelInferRequest request, Engine engine, Trace trace) {
        Deadline deadline = Times.ofThisCall(admission.defaultDeadline());
        return Inference.begin(request, engine, deadline, trace);
    }

    private Models models() {
        return lifecycle.engineOfTakenCall().models();
    }

    /** @param name empty for all */
    private List<Model> served(String name, String version) {
        return models().served().stream()
                .filter(model -> name.isEmpty() || model.id().name().equals(name))
                .filter(model -> version.isEmpty() || model.id().version().equals(version))
                .toList();
    }

    private static void requireTheOne(String repository) {
        if (!repository.isEmpty()) {
            throw new InvalidInput(
                    "repository_name", InferenceInput.shown(repository), "empty, as there is one repository");
        }
    }

    private static String named(String model) {
        if (model.isEmpty() || model.length() > InferenceInput.MOST_SHOWN) {
            throw new InvalidInput(
                    "model_name", InferenceInput.shown(model), "1.." + InferenceInput.MOST_SHOWN + " characters");
        }
        return model;
    }

    private static <R> void send(StreamObserver<R> caller, Supplier<R> reply) {
        UnaryAnswer.send(
                caller,
                RequestFields.AS_THEY_ARE,
                () -> CompletableFuture.completedFuture(reply.get()),
                message -> message);
    }
}
