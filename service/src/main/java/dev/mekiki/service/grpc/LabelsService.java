package dev.mekiki.service.grpc;

import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import dev.mekiki.service.lifecycle.Lifecycle;
import dev.mekiki.v1.CountRegistrationsRequest;
import dev.mekiki.v1.CountRegistrationsResponse;
import dev.mekiki.v1.DeleteLabelRequest;
import dev.mekiki.v1.DeleteLabelResponse;
import dev.mekiki.v1.LabelsGrpc;
import dev.mekiki.v1.ListLabelsRequest;
import dev.mekiki.v1.ListLabelsResponse;
import dev.mekiki.v1.MoveLabelRequest;
import dev.mekiki.v1.MoveLabelResponse;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;

/** {@code mekiki.v1.Labels}. */
@GrpcService
public class LabelsService extends LabelsGrpc.LabelsImplBase {

    private static final RequestFields FIELDS =
            RequestFields.AS_THEY_ARE.with("gallery", "parent").with("label", "label");
    private static final RequestFields COUNT =
            RequestFields.AS_THEY_ARE.with("gallery", "parent").with("label", "label_scope");

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

    @Override
    public void countRegistrations(
            CountRegistrationsRequest request, StreamObserver<CountRegistrationsResponse> caller) {
        UnaryAnswer.send(
                caller,
                COUNT,
                () -> {
                    GalleryId gallery = ResourceNames.gallery(request.getParent());
                    LabelScope scope = Requests.scope(request.getLabelScopeList());
                    return lifecycle
                            .engineOfTakenCall()
                            .withGalleries(galleries -> galleries.labels().count(gallery, scope));
                },
                count -> CountRegistrationsResponse.newBuilder()
                        .setRegistrationCount(count)
                        .build());
    }

    @Override
    public void moveLabel(MoveLabelRequest request, StreamObserver<MoveLabelResponse> caller) {
        UnaryAnswer.send(
                caller,
                FIELDS,
                () -> {
                    GalleryId gallery = ResourceNames.gallery(request.getParent());
                    LabelPath from = LabelPath.parse(request.getLabel());
                    LabelPath to = Requests.newLabel(request.getNewLabel());
                    LabelPath.requireMovable(from, to);
                    int most = Requests.step(request.getMaxRegistrations());
                    return lifecycle
                            .engineOfTakenCall()
                            .withGalleries(galleries -> galleries.labels().move(gallery, from, to, most));
                },
                moved -> MoveLabelResponse.newBuilder().setMovedCount(moved).build());
    }

    @Override
    public void deleteLabel(DeleteLabelRequest request, StreamObserver<DeleteLabelResponse> caller) {
        UnaryAnswer.send(
                caller,
                FIELDS,
                () -> {
                    GalleryId gallery = ResourceNames.gallery(request.getParent());
                    LabelPath label = LabelPath.parse(request.getLabel());
                    int most = Requests.step(request.getMaxRegistrations());
                    return lifecycle
                            .engineOfTakenCall()
                            .withGalleries(galleries -> galleries.labels().delete(gallery, label, most));
                },
                deleted -> DeleteLabelResponse.newBuilder()
                        .setDeletedCount(deleted)
                        .build());
    }
}
