package dev.mekiki.service.grpc;

import dev.mekiki.openinference.GRPCInferenceServiceGrpc;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.LabelsGrpc;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RegistrationsGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every method of the API. */
public final class ApiMethods {

    private ApiMethods() {}

    public static List<MethodDescriptor<?, ?>> all() {
        return Stream.of(
                        GalleriesGrpc.getServiceDescriptor(),
                        LabelsGrpc.getServiceDescriptor(),
                        RecognitionGrpc.getServiceDescriptor(),
                        RegistrationsGrpc.getServiceDescriptor(),
                        GRPCInferenceServiceGrpc.getServiceDescriptor())
                .map(ServiceDescriptor::getMethods)
                .flatMap(Collection::stream)
                .collect(Collectors.toList());
    }
}
