package dev.mekiki.service.grpc;

import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.openinference.GRPCInferenceServiceGrpc;
import dev.mekiki.openinference.ModelInferRequest;
import dev.mekiki.openinference.RepositoryModelLoadRequest;
import dev.mekiki.openinference.RepositoryModelUnloadRequest;
import dev.mekiki.service.access.Caller;
import dev.mekiki.service.access.Role;
import dev.mekiki.v1.CountRegistrationsRequest;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.DeleteGalleryRequest;
import dev.mekiki.v1.DeleteLabelRequest;
import dev.mekiki.v1.DeleteRegistrationRequest;
import dev.mekiki.v1.ExchangeGalleriesRequest;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.GetGalleryRequest;
import dev.mekiki.v1.GetRegistrationRequest;
import dev.mekiki.v1.ImportOptions;
import dev.mekiki.v1.ImportRegistrationsRequest;
import dev.mekiki.v1.LabelsGrpc;
import dev.mekiki.v1.ListDecisionSketchesRequest;
import dev.mekiki.v1.ListLabelsRequest;
import dev.mekiki.v1.ListRegistrationsRequest;
import dev.mekiki.v1.MoveLabelRequest;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeStreamRequest;
import dev.mekiki.v1.ReembedGalleryRequest;
import dev.mekiki.v1.RegistrationsGrpc;
import dev.mekiki.v1.RelabelRegistrationRequest;
import dev.mekiki.v1.UpdateGalleryRequest;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** What each method of the API asks of its caller, all of it here. */
final class Permissions {

    /** Answered to anybody: nothing is learnt from them but that the service is there. */
    private static final Set<MethodDescriptor<?, ?>> OPEN = Set.of(
            GRPCInferenceServiceGrpc.getServerLiveMethod(),
            GRPCInferenceServiceGrpc.getServerReadyMethod(),
            GRPCInferenceServiceGrpc.getModelReadyMethod());

    /** The field of a change that is only tried. */
    static final String VALIDATE_ONLY = "validate_only";

    private static final Map<String, Permission<?>> BY_METHOD = new HashMap<>();

    static {
        put(
                RecognitionGrpc.getRecognizeMethod(),
                Permission.<RecognizeRequest>in(Role.RECOGNISE, request -> galleries(request.getGallery()))
                        .costing(_ -> 1));
        put(
                RecognitionGrpc.getRecognizeStreamMethod(),
                Permission.<RecognizeStreamRequest>in(
                                Role.RECOGNISE,
                                question -> galleries(question.getRequest().getGallery()))
                        .costing(_ -> 1));
        put(
                RecognitionGrpc.getEmbedMethod(),
                Permission.<dev.mekiki.v1.EmbedRequest>somewhere(Role.RECOGNISE).costing(_ -> 1));

        put(
                RegistrationsGrpc.getCreateRegistrationMethod(),
                Permission.<CreateRegistrationRequest>in(Role.REGISTER, request -> galleries(request.getParent()))
                        .costing(_ -> 1)
                        .changing(request -> Map.of(
                                "gallery", request.getParent(),
                                "label", request.getRegistration().getLabel())));
        put(
                RegistrationsGrpc.getImportRegistrationsMethod(),
                Permission.<ImportRegistrationsRequest>in(
                                Role.REGISTER,
                                message -> message.hasOptions()
                                        ? galleries(message.getOptions().getParent())
                                        : List.of())
                        .costing(message -> message.getAppend().getRowsCount())
                        .changing(message -> message.hasOptions() ? change(message.getOptions()) : Map.of()));
        put(
                RegistrationsGrpc.getGetRegistrationMethod(),
                Permission.<GetRegistrationRequest>in(
                        Role.REGISTER, request -> galleriesOfRegistration(request.getName())));
        put(
                RegistrationsGrpc.getListRegistrationsMethod(),
                Permission.<ListRegistrationsRequest>in(Role.REGISTER, request -> galleries(request.getParent())));
        put(
                RegistrationsGrpc.getRelabelRegistrationMethod(),
                Permission.<RelabelRegistrationRequest>in(
                                Role.REGISTER, request -> galleriesOfRegistration(request.getName()))
                        .changing(request -> Map.of("registration", request.getName(), "label", request.getLabel())));
        put(
                RegistrationsGrpc.getDeleteRegistrationMethod(),
                Permission.<DeleteRegistrationRequest>in(
                                Role.REGISTER, request -> galleriesOfRegistration(request.getName()))
                        .changing(request -> Map.of("registration", request.getName())));

        put(
                LabelsGrpc.getListLabelsMethod(),
                Permission.<ListLabelsRequest>in(Role.RECOGNISE, request -> galleries(request.getParent())));
        put(
                LabelsGrpc.getCountRegistrationsMethod(),
                Permission.<CountRegistrationsRequest>in(Role.RECOGNISE, request -> galleries(request.getParent())));
        put(
                LabelsGrpc.getMoveLabelMethod(),
                Permission.<MoveLabelRequest>in(Role.REGISTER, request -> galleries(request.getParent()))
                        .changing(request -> Map.of(
                                "gallery", request.getParent(),
                                "label", request.getLabel(),
                                "new_label", request.getNewLabel())));
        put(
                LabelsGrpc.getDeleteLabelMethod(),
                Permission.<DeleteLabelRequest>in(Role.REGISTER, request -> galleries(request.getParent()))
                        .changing(request -> Map.of("gallery", request.getParent(), "label", request.getLabel())));

        put(
                GalleriesGrpc.getCreateGalleryMethod(),
                Permission.<CreateGalleryRequest>in(
                                Role.ADMINISTER, request -> List.of(new GalleryId(request.getGalleryId())))
                        .changing(request -> Map.of("gallery", "galleries/" + request.getGalleryId())));
        put(
                GalleriesGrpc.getGetGalleryMethod(),
                Permission.<GetGalleryRequest>in(Role.RECOGNISE, request -> galleries(request.getName())));
        // Those that the caller may not see are left out of the answer.
        put(GalleriesGrpc.getListGalleriesMethod(), Permission.somewhere(Role.RECOGNISE));
        put(
                GalleriesGrpc.getUpdateGalleryMethod(),
                Permission.<UpdateGalleryRequest>in(
                                Role.ADMINISTER,
                                request -> galleries(request.getGallery().getName()))
                        .changing(request ->
                                Map.of("gallery", request.getGallery().getName())));
        put(
                GalleriesGrpc.getDeleteGalleryMethod(),
                Permission.<DeleteGalleryRequest>in(Role.ADMINISTER, request -> galleries(request.getName()))
                        .changing(request -> Map.of("gallery", request.getName())));
        put(
                GalleriesGrpc.getExchangeGalleriesMethod(),
                Permission.<ExchangeGalleriesRequest>in(
                                Role.ADMINISTER, request -> galleries(request.getName(), request.getOther()))
                        .changing(request -> Map.of("gallery", request.getName(), "other", request.getOther())));
        put(
                GalleriesGrpc.getReembedGalleryMethod(),
                Permission.<ReembedGalleryRequest>in(
                                Role.ADMINISTER, request -> galleries(request.getName(), request.getTarget()))
                        .changing(request -> Map.of("gallery", request.getName(), "target", request.getTarget())));
        put(
                GalleriesGrpc.getListDecisionSketchesMethod(),
                Permission.<ListDecisionSketchesRequest>in(
                        Role.ADMINISTER, request -> galleries(request.getGallery())));

        put(GRPCInferenceServiceGrpc.getServerMetadataMethod(), Permission.somewhere(Role.RECOGNISE));
        put(GRPCInferenceServiceGrpc.getModelMetadataMethod(), Permission.somewhere(Role.RECOGNISE));
        put(GRPCInferenceServiceGrpc.getModelConfigMethod(), Permission.somewhere(Role.RECOGNISE));
        put(GRPCInferenceServiceGrpc.getModelStatisticsMethod(), Permission.somewhere(Role.RECOGNISE));
        put(GRPCInferenceServiceGrpc.getRepositoryIndexMethod(), Permission.somewhere(Role.RECOGNISE));
        put(
                GRPCInferenceServiceGrpc.getModelInferMethod(),
                Permission.<ModelInferRequest>somewhere(Role.RECOGNISE).costing(Permissions::images));
        put(
                GRPCInferenceServiceGrpc.getModelStreamInferMethod(),
                Permission.<ModelInferRequest>somewhere(Role.RECOGNISE).costing(Permissions::images));
        put(
                GRPCInferenceServiceGrpc.getRepositoryModelLoadMethod(),
                Permission.<RepositoryModelLoadRequest>everywhere(Role.ADMINISTER)
                        .changing(request -> Map.of("model", request.getModelName())));
        put(
                GRPCInferenceServiceGrpc.getRepositoryModelUnloadMethod(),
                Permission.<RepositoryModelUnloadRequest>everywhere(Role.ADMINISTER)
                        .changing(request -> Map.of("model", request.getModelName())));
    }

    private Permissions() {}

    /** Where the role is needed. */
    enum Where {
        /** In the galleries that a message names. */
        IN_GALLERIES,
        /** In any gallery. */
        SOMEWHERE,
        /** In every gallery there can be, of whatever tenant. */
        EVERYWHERE
    }

    /**
     * What one method asks.
     *
     * @param <Q> its messages
     * @param role that its caller must have
     * @param where in which galleries
     * @param galleries those that a message is about; may throw what is wrong with their names
     * @param images how many a message sends, 0 or more
     * @param change what a message is to change, for the audit log, by field; empty if the method changes nothing
     */
    record Permission<Q>(
            Role role,
            Where where,
            Function<Q, List<GalleryId>> galleries,
            Optional<ToLongFunction<Q>> images,
            Optional<Function<Q, Map<String, String>>> change) {

        static <Q> Permission<Q> in(Role role, Function<Q, List<GalleryId>> galleries) {
            return new Permission<>(role, Where.IN_GALLERIES, galleries, Optional.empty(), Optional.empty());
        }

        static <Q> Permission<Q> somewhere(Role role) {
            return new Permission<>(role, Where.SOMEWHERE, _ -> List.of(), Optional.empty(), Optional.empty());
        }

        static <Q> Permission<Q> everywhere(Role role) {
            return new Permission<>(role, Where.EVERYWHERE, _ -> List.of(), Optional.empty(), Optional.empty());
        }

        Permission<Q> costing(ToLongFunction<Q> found) {
            return new Permission<>(role, where, galleries, Optional.of(found), change);
        }

        Permission<Q> changing(Function<Q, Map<String, String>> what) {
            return new Permission<>(role, where, galleries, images, Optional.of(what));
        }

        /** Whether it makes registrations: it sends images into a gallery, and changes that. */
        boolean registers() {
            return images.isPresent() && change.isPresent();
        }

        /** @throws dev.mekiki.core.failure.PermissionDenied if the caller may not call this at all */
        void requireOf(Caller caller) {
            switch (where) {
                case IN_GALLERIES, SOMEWHERE -> caller.requireSomewhere(role);
                case EVERYWHERE -> caller.requireEverywhere(role);
            }
        }

        /** @throws dev.mekiki.core.failure.PermissionDenied if the caller may not send this message */
        void requireOf(Caller caller, Q message) {
            List<GalleryId> named;
            try {
                named = galleries.apply(message);
            } catch (InvalidInput e) {
                // What is no name names no gallery. The method reads it in the same way, and says what is wrong.
                named = List.of();
            }
            named.forEach(gallery -> caller.require(role, gallery));
        }
    }

    private static Map<String, String> change(ImportOptions options) {
        return options.getValidateOnly()
                ? Map.of("gallery", options.getParent(), VALIDATE_ONLY, "true")
                : Map.of("gallery", options.getParent());
    }

    /** Whether anybody may call this, at any time. */
    static boolean isOpen(MethodDescriptor<?, ?> method) {
        return OPEN.contains(method);
    }

    /**
     * What a method of the API asks.
     *
     * @throws IllegalStateException if nobody has said
     */
    static <Q> Permission<Q> of(MethodDescriptor<Q, ?> method) {
        @SuppressWarnings("unchecked") // By #put.
        Permission<Q> permission = (Permission<Q>) BY_METHOD.get(method.getFullMethodName());
        if (permission == null) {
            throw new IllegalStateException("nothing is said of " + method.getFullMethodName());
        }
        return permission;
    }

    private static <Q> void put(MethodDescriptor<Q, ?> method, Permission<Q> permission) {
        BY_METHOD.put(method.getFullMethodName(), permission);
    }

    private static List<GalleryId> galleries(String... names) {
        List<GalleryId> ids = new ArrayList<>();
        for (String name : names) {
            ids.add(ResourceNames.gallery(name));
        }
        return ids;
    }

    private static List<GalleryId> galleriesOfRegistration(String name) {
        return List.of(ResourceNames.registration(name).gallery());
    }

    /** The first dimension of the first input is the batch, except where there is none. */
    private static long images(ModelInferRequest request) {
        return request.getInputsCount() == 0 || request.getInputs(0).getShapeCount() == 0
                ? 1
                : Math.clamp(request.getInputs(0).getShape(0), 1, 1 << 16);
    }
}
