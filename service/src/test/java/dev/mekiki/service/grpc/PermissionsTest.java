package dev.mekiki.service.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.MethodDescriptor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PermissionsTest {

    @ParameterizedTest
    @MethodSource("dev.mekiki.service.grpc.ApiMethods#all")
    void saysOfEveryMethodWhoMayCallIt(MethodDescriptor<?, ?> method) {
        if (!Permissions.isOpen(method)) {
            assertThat(Permissions.of(method)).isNotNull();
        }
    }

    /** By the names that AIP gives to methods that change nothing. */
    @ParameterizedTest
    @MethodSource("dev.mekiki.service.grpc.ApiMethods#all")
    void writesDownWhatChangesSomething(MethodDescriptor<?, ?> method) {
        String name = String.valueOf(method.getBareMethodName());
        boolean reads = name.matches("(Get|List|Count|Recognize|Embed|Server|Model|RepositoryIndex).*");
        if (!Permissions.isOpen(method)) {
            assertThat(Permissions.of(method).change().isEmpty()).isEqualTo(reads);
        }
    }
}
