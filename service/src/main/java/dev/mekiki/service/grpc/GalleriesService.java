package dev.mekiki.service.grpc;

import com.google.protobuf.Empty;
import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.reembedding.ReembedRequest;
import dev.mekiki.service.access.Caller;
import dev.mekiki.service.access.Role;
import dev.mekiki.service.access.Tenant;
import dev.mekiki.service.access.TenantGalleries;
import dev.mekiki.service.drift.SketchMessages;
import dev.mekiki.service.lifecycle.Engine;
import dev.mekiki.service.lifecycle.Lifecycle;
import dev.mekiki.service.telemetry.Telemetry;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.DeleteGalleryRequest;
import dev.mekiki.v1.ExchangeGalleriesRequest;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.Gallery;
import dev.mekiki.v1.GetGalleryRequest;
import dev.mekiki.v1.ListDecisionSketchesRequest;
import dev.mekiki.v1.ListDecisionSketchesResponse;
import dev.mekiki.v1.ListGalleriesRequest;
import dev.mekiki.v1.ListGalleriesResponse;
import dev.mekiki.v1.ReembedGalleryRequest;
import dev.mekiki.v1.ReembedGalleryResponse;
import dev.mekiki.v1.UpdateGalleryRequest;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** {@code mekiki.v1.Galleries}. */
@GrpcService
public class GalleriesService extends GalleriesGrpc.GalleriesImplBase {

    private static final RequestFields OF_A_GALLERY = RequestFields.AS_THEY_ARE
            .with("display_name", "gallery.display_name")
            .with("policy", "gallery.decision_policy")
            .with("decision_policy", "gallery.decision_policy.");
    private static final RequestFields CREATE = OF_A_GALLERY.with("gallery", "gallery_id");
    private static final RequestFields UPDATE = OF_A_GALLERY.with("gallery", "gallery.name");
    private static final RequestFields NAMED = RequestFields.AS_THEY_ARE.with("gallery", "name");
    private static final String DISPLAY_NAME = "display_name";
    private static final String DECISION_POLICY = "decision_policy";

    private final Lifecycle lifecycle;
    private final Telemetry telemetry;

    public GalleriesService(Lifecycle lifecycle, Telemetry telemetry) {
        this.lifecycle = lifecycle;
        this.telemetry = telemetry;
    }

    @Override
    public void createGallery(CreateGalleryRequest request, StreamObserver<Gallery> caller) {
        Optional<Tenant> tenant = Guard.callerOfThisCall().flatMap(Caller::tenant);
        UnaryAnswer.send(
                caller,
                CREATE,
                () -> {
                    Engine engine = lifecycle.engineOfTakenCall();
                    dev.mekiki.core.gallery.Gallery gallery = gallery(request, engine);
                    return engine.withGalleries(galleries -> {
                        tenant.ifPresent(owner -> TenantGalleries.requireRoom(owner, galleries.catalogue()));
                        galleries.catalogue().create(gallery);
                        return gallery;
                    });
                },
                Replies::gallery);
    }

    private static dev.mekiki.core.gallery.Gallery gallery(CreateGalleryRequest request, Engine engine) {
        String displayName = Requests.displayName(request.getGallery().getDisplayName());
        EmbeddingSpace space = Requests.space(request.getModel(), engine.embedders());
        Instant now = engine.clock().instant().truncatedTo(ChronoUnit.MILLIS);
        return new dev.mekiki.core.gallery.Gallery(
                new GalleryId(request.getGalleryId()),
                displayName,
                space,
                request.getGallery().hasDecisionPolicy()
                        ? Requests.policy(request.getGallery().getDecisionPolicy(), now)
                        : engine.calibrated(space, now),
                now);
    }

    @Override
    public void getGallery(GetGalleryRequest request, StreamObserver<Gallery> caller) {
        UnaryAnswer.send(
                caller,
                NAMED,
                () -> {
                    GalleryId id = ResourceNames.gallery(request.getName());
                    return lifecycle
                            .engineOfTakenCall()
                            .withGalleries(galleries ->
                                    galleries.catalogue().find(id).orElseThrow(() -> new NotFound(id.resource())));
                },
                Replies::gallery);
    }

    @Override
    public void listGalleries(ListGalleriesRequest request, StreamObserver<ListGalleriesResponse> caller) {
        Optional<Caller> asking = Guard.callerOfThisCall();
        UnaryAnswer.send(
                caller,
                RequestFields.AS_THEY_ARE,
                () -> {
                    PageRequest page = Requests.page(request.getPageSize(), request.getPageToken());
                    return lifecycle
                            .engineOfTakenCall()
                            .withGalleries(galleries -> galleries.catalogue().list(page));
                },
                page -> ListGalleriesResponse.newBuilder()
                        .addAllGalleries(page.items().stream()
                                .filter(gallery -> asking.map(who -> who.may(Role.RECOGNISE, gallery.id()))
                                        .orElse(true))
                                .map(Replies::gallery)
                                .toList())
                        .setNextPageToken(Replies.nextToken(page))
                        .build());
    }

    @Override
    public void updateGallery(UpdateGalleryRequest request, StreamObserver<Gallery> caller) {
        UnaryAnswer.send(
                caller,
                UPDATE,
                () -> {
                    Engine engine = lifecycle.engineOfTakenCall();
                    GalleryId id = ResourceNames.gallery(request.getGallery().getName());
                    UnaryOperator<dev.mekiki.core.gallery.Gallery> change =
                            change(request, engine.clock().instant().truncatedTo(ChronoUnit.MILLIS));
                    return engine.withGalleries(
                            galleries -> galleries.catalogue().update(id, change));
                },
                Replies::gallery);
    }

    private static UnaryOperator<dev.mekiki.core.gallery.Gallery> change(UpdateGalleryRequest request, Instant now) {
        Gallery wanted = request.getGallery();
        Set<String> fields = new HashSet<>(request.getUpdateMask().getPathsList());
        for (String field : fields) {
            if (!field.equals(DISPLAY_NAME) && !field.equals(DECISION_POLICY)) {
                throw new InvalidInput(
                        "update_mask", "\"" + field + "\"", "of " + DISPLAY_NAME + ", " + DECISION_POLICY);
            }
        }
        boolean naming = fields.isEmpty() ? !wanted.getDisplayName().isEmpty() : fields.contains(DISPLAY_NAME);
        boolean deciding = fields.isEmpty() ? wanted.hasDecisionPolicy() : fields.contains(DECISION_POLICY);
        if (deciding && !wanted.hasDecisionPolicy()) {
            throw new InvalidInput("policy", "none", "the one that update_mask names");
        }
        String displayName = Requests.displayName(wanted.getDisplayName());
        Optional<DecisionPolicy> policy =
                deciding ? Optional.of(Requests.policy(wanted.getDecisionPolicy(), now)) : Optional.empty();
        return gallery -> gallery.with(naming ? displayName : gallery.displayName(), policy.orElse(gallery.policy()));
    }

    @Override
    public void deleteGallery(DeleteGalleryRequest request, StreamObserver<Empty> caller) {
        UnaryAnswer.send(
                caller,
                NAMED,
                () -> {
                    GalleryId id = ResourceNames.gallery(request.getName());
                    Engine engine = lifecycle.engineOfTakenCall();
                    return engine.withGalleries(galleries -> {
                        Optional<dev.mekiki.core.gallery.Gallery> gone =
                                galleries.catalogue().find(id);
                        galleries.catalogue().delete(id);
                        gone.ifPresent(engine.decisions()::forget);
                        telemetry.deleted(id);
                        return id;
                    });
                },
                _ -> Empty.getDefaultInstance());
    }

    @Override
    public void exchangeGalleries(ExchangeGalleriesRequest request, StreamObserver<Empty> caller) {
        UnaryAnswer.send(
                caller,
                NAMED,
                () -> {
                    GalleryId one = ResourceNames.gallery(request.getName());
                    GalleryId other = ResourceNames.gallery(request.getOther());
                    return lifecycle.engineOfTakenCall().withGalleries(galleries -> {
                        galleries.catalogue().exchange(one, other);
                        return one;
                    });
                },
                _ -> Empty.getDefaultInstance());
    }

    @Override
    public void reembedGallery(ReembedGalleryRequest request, StreamObserver<ReembedGalleryResponse> caller) {
        UnaryAnswer.send(
                caller,
                NAMED,
                () -> {
                    ReembedRequest step = new ReembedRequest(
                            ResourceNames.gallery(request.getName()),
                            ResourceNames.gallery(request.getTarget()),
                            request.getMirror(),
                            Requests.page(request.getPageSize(), request.getPageToken()));
                    return lifecycle
                            .engineOfTakenCall()
                            .background()
                            .reembedder()
                            .step(step);
                },
                step -> {
                    telemetry.reembedded(step);
                    return Replies.reembedded(ResourceNames.gallery(request.getName()), step);
                });
    }

    @Override
    public void listDecisionSketches(
            ListDecisionSketchesRequest request, StreamObserver<ListDecisionSketchesResponse> caller) {
        UnaryAnswer.send(
                caller,
                RequestFields.AS_THEY_ARE,
                () -> {
                    GalleryId id = ResourceNames.gallery(request.getGallery());
                    Instant from =
                            request.hasStartTime() ? Times.instant("start_time", request.getStartTime()) : Instant.MIN;
                    Instant to = request.hasEndTime() ? Times.instant("end_time", request.getEndTime()) : Instant.MAX;
                    if (!from.isBefore(to)) {
                        throw new InvalidInput("start_time", from.toString(), "before end_time, " + to);
                    }
                    Engine engine = lifecycle.engineOfTakenCall();
                    return engine.withGalleries(galleries -> engine.decisions()
                            .sketches(
                                    galleries.catalogue().find(id).orElseThrow(() -> new NotFound(id.resource())),
                                    from,
                                    to));
                },
                sketches -> ListDecisionSketchesResponse.newBuilder()
                        .addAllDecisionSketches(
                                sketches.stream().map(SketchMessages::message).toList())
                        .setReplica(Replica.name())
                        .build());
    }
}
