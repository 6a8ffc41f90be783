package dev.mekiki.inference.session;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxSessionTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Non-zero status code returned while running Conv node. Name:'c' Status Message: bfc_arena.cc:376 void* "
                        + "onnxruntime::BFCArena::AllocateRawInternal(size_t, bool) Failed to allocate memory for "
                        + "requested buffer of size 4194304",
                "Non-zero status code returned while running Conv node. Name:'c' Status Message: Available memory of "
                        + "1048576 is smaller than requested bytes of 4194304",
                "CUDA failure 2: out of memory ; GPU=0 ; hostname=h ; expr=cudaMalloc((void**)&p, size);",
                "CUDNN failure 4: CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED ; GPU=0 ; hostname=h",
                "CUBLAS failure 3: CUBLAS_STATUS_ALLOC_FAILED ; GPU=0 ; hostname=h ; expr=cublasCreate(&handle);",
                "std::bad_alloc"
            })
    void knowsWhatTheDeviceSaysWithoutMemory(String message) {
        assertThat(OnnxSession.saysNoMemory(new OrtException(OrtErrorCode.ORT_RUNTIME_EXCEPTION, message)))
                .isTrue();
    }

    @Test
    void takesNoOtherFailureForWantOfMemory() {
        assertThat(OnnxSession.saysNoMemory(new OrtException(
                        OrtErrorCode.ORT_INVALID_ARGUMENT,
                        "Got invalid dimensions for input: images for the following indices")))
                .isFalse();
        assertThat(OnnxSession.saysNoMemory(
                        new OrtException(OrtErrorCode.ORT_FAIL, "CUDA failure 719: unspecified launch failure")))
                .isFalse();
    }
}
