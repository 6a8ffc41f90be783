package dev.mekiki.service.grpc;

import com.google.protobuf.Empty;
import dev.mekiki.core.bulk.BulkImport;
import dev.mekiki.core.bulk.ImportOptions;
import dev.mekiki.core.bulk.RowResult;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.service.grpc.ResourceNames.RegistrationName;
import dev.mekiki.service.lifecycle.Background;
import dev.mekiki.service.lifecycle.Engine;
import dev.mekiki.service.lifecycle.Lifecycle;
import dev.mekiki.service.settings.AdmissionConfig;
import dev.mekiki.service.telemetry.Telemetry;
import dev.mekiki.service.telemetry.Trace;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.DeleteRegistrationRequest;
import dev.mekiki.v1.GetRegistrationRequest;
import dev.mekiki.v1.ImportRegistrationsRequest;
import dev.mekiki.v1.ImportRegistrationsResponse;
import dev.mekiki.v1.ImportRow;
import dev.mekiki.v1.ListRegistrationsRequest;
import dev.mekiki.v1.ListRegistrationsResponse;
import dev.mekiki.v1.Registration;
import dev.mekiki.v1.RegistrationView;
import dev.mekiki.v1.RegistrationsGrpc;
import dev.mekiki.v1.RelabelRegistrationRequest;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code mekiki.v1.Registrations}. */
@GrpcService
public class RegistrationsService extends RegistrationsGrpc.RegistrationsImplBase {

    private static final RequestFields CREATE = RequestFields.AS_THEY_ARE
            .with("gallery", "parent")
            .with("label", "registration.label")
            .with("attributes", "registration.attributes");
    private static final RequestFields LIST =
            RequestFields.AS_THEY_ARE.with("gallery", "parent").with("label", "label_scope");
    private static final RequestFields NAMED = RequestFields.AS_THEY_ARE
            .with("gallery", "name")
            .with("registration_id", "name")
            .with("label", "label");

    private final Lifecycle lifecycle;
    private final Telemetry telemetry;
    private final AdmissionConfig admission;

    public RegistrationsService(Lifecycle lifecycle, Telemetry telemetry, AdmissionConfig admission) {
        this.lifecycle = lifecycle;
        this.telemetry = telemetry;
        this.admission = admission;
    }

    @Override
    public void createRegistration(CreateRegistrationRequest request, StreamObserver<Registration> caller) {
        Trace trace = Intake.traceOfThisCall();
        UnaryAnswer.send(
                caller,
                CREATE,
                () -> {
                    Engine engine = lifecycle.engineOfTakenCall();
                    Deadline deadline = Times.ofThisCall(admission.defaultDeadline());
                    return engine.registrar().register(Requests.registration(request, engine.embedders()), deadline);
                },
                reply -> {
                    trace.answered(reply.durations());
                    telemetry.registered(reply.durations());
                    return Replies.registration(reply.registration(), RegistrationView.REGISTRATION_VIEW_BASIC);
                });
    }

    @Override
    public StreamObserver<ImportRegistrationsRequest> importRegistrations(
            StreamObserver<ImportRegistrationsResponse> caller) {
        Intake intake = Intake.ofThisCall();
        return ImportStream.open(
                (ServerCallStreamObserver<ImportRegistrationsResponse>) caller,
                this::begin,
                new ImportStream.Watcher() {
                    @Override
                    public Runnable opened(Runnable onDrain) {
                        return lifecycle.streamOpened(onDrain);
                    }

                    @Override
                    public boolean hasRoom() {
                        return intake.hasRoom();
                    }

                    @Override
                    public void answered(int messageBytes) {
                        intake.release(messageBytes);
                    }
                });
    }

    private CompletableFuture<Destination> begin(dev.mekiki.v1.ImportOptions message) {
        GalleryId gallery = ResourceNames.gallery(message.getParent());
        ImportOptions options = ImportMessages.options(message);
        Background background = lifecycle.engineOfTakenCall().background();
        return background
                .importer()
                .begin(gallery, options)
                .thenApply(bulk -> new Destination(gallery, bulk, background.rows(bulk)));
    }

    /** A gallery that is imported into. */
    private final class Destination implements ImportStream.Destination {

        private final GalleryId gallery;
        private final BulkImport bulk;
        private final Background.Rows into;

        Destination(GalleryId gallery, BulkImport bulk, Background.Rows into) {
            this.gallery = gallery;
            this.bulk = bulk;
            this.into = into;
        }

        @Override
        public CompletableFuture<List<RowResult>> add(long offset, List<ImportRow> rows) {
            return into.add(offset, () -> ImportMessages.rows(rows, bulk.space()));
        }

        @Override
        public CompletableFuture<Void> shown() {
            return bulk.shown();
        }

        @Override
        public void abandon() {
            bulk.abandon();
        }

        @Override
        public ImportRegistrationsResponse.Builder answer(long offset, List<RowResult> results) {
            telemetry.imported(bulk.isValidateOnly(), results);
            return ImportMessages.response(gallery, offset, results);
        }
    }

    @Override
    public void getRegistration(GetRegistrationRequest request, StreamObserver<Registration> caller) {
        UnaryAnswer.send(
                caller,
                NAMED,
                () -> {
                    RegistrationName name = ResourceNames.registration(request.getName());
                    return lifecycle
                            .engineOfTakenCall()
                            .withGalleries(galleries -> galleries
                                    .registrations()
                                    .find(name.gallery(), name.id())
                                    .orElseThrow(() -> new NotFound(request.getName())));
                },
                registration -> Replies.registration(registration, request.getView()));
    }

    @Override
    public void listRegistrations(ListRegistrationsRequest request, StreamObserver<ListRegistrationsResponse> caller) {
        UnaryAnswer.send(
                caller,
                LIST,
                () -> {
                    GalleryId gallery = ResourceNames.gallery(request.getParent());
                    LabelScope scope = Requests.scope(request.getLabelScopeList());
                    PageRequest page = Requests.page(request.getPageSize(), request.getPageToken());
                    return lifecycle
                            .engineOfTakenCall()
                            .withGalleries(
                                    galleries -> galleries.registrations().list(gallery, scope, page));
                },
                page -> ListRegistrationsResponse.newBuilder()
                        .addAllRegistrations(page.items().stream()
                                .map(registration -> Replies.registration(registration, request.getView()))
                                .toList())
                        .setNextPageToken(Replies.nextToken(page))
                        .build());
    }

    @Override
    public void relabelRegistration(RelabelRegistrationRequest request, StreamObserver<Registration> caller) {
        UnaryAnswer.send(
                caller,
                NAMED,
                () -> {
                    RegistrationName name = ResourceNames.registration(request.getName());
                    LabelPath label = LabelPath.parse(request.getLabel());
                    return lifecycle
                            .engineOfTakenCall()
                            .withGalleries(
                                    galleries -> galleries.registrations().relabel(name.gallery(), name.id(), label));
                },
                registration -> Replies.registration(registration, RegistrationView.REGISTRATION_VIEW_BASIC));
    }

    @Override
    public void deleteRegistration(DeleteRegistrationRequest request, StreamObserver<Empty> caller) {
        UnaryAnswer.send(
                caller,
                NAMED,
                () -> {
                    RegistrationName name = ResourceNames.registration(request.getName());
                    return lifecycle.engineOfTakenCall().withGalleries(galleries -> {
                        galleries.registrations().delete(name.gallery(), name.id());
                        return name;
                    });
                },
                _ -> Empty.getDefaultInstance());
    }
}
