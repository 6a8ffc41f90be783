package dev.mekiki.service.grpc;

import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.service.lifecycle.Lifecycle;
import dev.mekiki.v1.LabelsGrpc;
import dev.mekiki.v1.ListLabelsRequest;
import dev.mekiki.v1.ListLabelsResponse;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;

/** {@code mekiki.v1.Labels}. */
@GrpcService
public class LabelsService extends LabelsGrpc.LabelsImplBase {

    private static final RequestFields FIELDS = RequestFields.AS_THEY_ARE.with("gallery", "parent");

    private final Lifecycle lifecycle;

    public LabelsService(Lifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @Override
    public void listLabels(ListLabelsRequest request, StreamObserver<ListLabelsResponse> caller) {
        UnaryAnswer.send(
                caller,
                FIELDS,
                () -> {
                    GalleryId gallery = ResourceNames.gallery(request.getParent());
                    PageRequest page = Requests.page(request.getPageSize(), request.getPageToken());
                    return lifecycle
                            .engineOfTakenCall()
                            .withGalleries(galleries -> galleries.labels().list(gallery, page));
                },
                page -> ListLabelsResponse.newBuilder()
                        .addAllLabels(page.items().stream().map(Replies::label).toList())
                        .setNextPageToken(Replies.nextToken(page))
                        .build());
    }
}
