package dev.mekiki.service.grpc;

import com.google.protobuf.Empty;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.reembedding.ReembedRequest;
import dev.mekiki.service.lifecycle.Engine;
import dev.mekiki.service.lifecycle.Lifecycle;
import dev.mekiki.service.telemetry.Telemetry;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.DeleteGalleryRequest;
import dev.mekiki.v1.ExchangeGalleriesRequest;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.Gallery;
import dev.mekiki.v1.GetGalleryRequest;
import dev.mekiki.v1.ListGalleriesRequest;
import dev.mekiki.v1.ListGalleriesResponse;
import dev.mekiki.v1.ReembedGalleryRequest;
import dev.mekiki.v1.ReembedGalleryResponse;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import java.time.temporal.ChronoUnit;

/** {@code mekiki.v1.Galleries}. */
@GrpcService
public class GalleriesService extends GalleriesGrpc.GalleriesImplBase {

    private static final RequestFields CREATE =
            RequestFields.AS_THEY_ARE.with("gallery", "gallery_id").with("decision_policy", "gallery.decision_policy.");
    private static final RequestFields NAMED = RequestFields.AS_THEY_ARE.with("gallery", "name");
    private static final int MOST_NAME = 256;

    private final Lifecycle lifecycle;
    private final Telemetry telemetry;

    public GalleriesService(Lifecycle lifecycle, Telemetry telemetry) {
        this.lifecycle = lifecycle;
        this.telemetry = telemetry;
    }

    @Override
    public void createGallery(CreateGalleryRequest request, StreamObserver<Gallery> caller) {
        UnaryAnswer.send(
                caller,
                CREATE,
                () -> {
                    Engine engine = lifecycle.engineOfTakenCall();
                    dev.mekiki.core.gallery.Gallery gallery = gallery(request, engine);
                    return engine.withGalleries(galleries -> {
                        galleries.catalogue().create(gallery);
                        return gallery;
                    });
                },
                Replies::gallery);
    }

    private static dev.mekiki.core.gallery.Gallery gallery(CreateGalleryRequest request, Engine engine) {
        String displayName = request.getGallery().getDisplayName();
        if (displayName.length() > MOST_NAME) {
            throw new InvalidInput(
                    "gallery.display_name", displayName.length() + " characters", "at most " + MOST_NAME);
        }
        EmbeddingSpace space = Requests.space(request.getModel(), engine.embedders());
        return new dev.mekiki.core.gallery.Gallery(
                new GalleryId(request.getGalleryId()),
                displayName,
                space,
                request.getGallery().hasDecisionPolicy()
                        ? Requests.policy(request.getGallery().getDecisionPolicy())
                        : engine.calibrated(space),
                engine.clock().instant().truncatedTo(ChronoUnit.MILLIS));
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
                        .addAllGalleries(
                                page.items().stream().map(Replies::gallery).toList())
                        .setNextPageToken(Replies.nextToken(page))
                        .build());
    }

    @Override
    public void deleteGallery(DeleteGalleryRequest request, StreamObserver<Empty> caller) {
        UnaryAnswer.send(
                caller,
                NAMED,
                () -> {
                    GalleryId id = ResourceNames.gallery(request.getName());
                    return lifecycle.engineOfTakenCall().withGalleries(galleries -> {
                        galleries.catalogue().delete(id);
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
}
