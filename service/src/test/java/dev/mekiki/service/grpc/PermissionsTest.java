package dev.mekiki.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.openinference.GRPCInferenceServiceGrpc;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.LabelsGrpc;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RegistrationsGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import java.util.Collection;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PermissionsTest {

    private static Stream<MethodDescriptor<?, ?>> methods() {
        return Stream.of(
                        GalleriesGrpc.getServiceDescriptor(),
                        LabelsGrpc.getServiceDescriptor(),
                        RecognitionGrpc.getServiceDescriptor(),
                        RegistrationsGrpc.getServiceDescriptor(),
                        GRPCInferenceServiceGrpc.getServiceDescriptor())
                .map(ServiceDescriptor::getMethods)
                .flatMap(Collection::stream);
    }

    @ParameterizedTest
    @MethodSource("methods")
    void saysOfEveryMethodWhoMayCallIt(MethodDescriptor<?, ?> method) {
        if (!Permissions.isOpen(method)) {
            assertThat(Permissions.of(method)).isNotNull();
        }
    }

    /** By the names that AIP gives to methods that change nothing. */
    @ParameterizedTest
    @MethodSource("methods")
    void writesDownWhatChangesSomething(MethodDescriptor<?, ?> method) {
        String name = String.valueOf(method.getBareMethodName());
        boolean reads = name.matches("(Get|List|Count|Recognize|Embed|Server|Model|RepositoryIndex).*");
        if (!Permissions.isOpen(method)) {
            assertThat(Permissions.of(method).change().isEmpty()).isEqualTo(reads);
        }
    }
}
