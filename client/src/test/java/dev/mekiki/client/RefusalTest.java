package dev.mekiki.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class RefusalTest {

    private static final RetryInfo IN_A_SECOND = RetryInfo.newBuilder()
            .setRetryDelay(com.google.protobuf.Duration.newBuilder().setSeconds(1))
            .build();

    @Test
    void aRateIsWorthWaitingForAndAnAmountIsNot() {
        Refusal rate = refusal(Code.RESOURCE_EXHAUSTED, reason("RATE_EXCEEDED"), IN_A_SECOND);
        Refusal amount = refusal(Code.RESOURCE_EXHAUSTED, reason("QUOTA_EXCEEDED"));

        assertThat(rate.isPassing()).isTrue();
        assertThat(rate.retryAfter()).contains(Duration.ofSeconds(1));
        assertThat(amount.isPassing()).isFalse();
        assertThat(amount.reason()).contains("QUOTA_EXCEEDED");
    }

    /** Who has used up what a tenant may have is told so for every request, and none of them is to blame. */
    @Test
    void whatATenantMayNotHaveIsNoFaultOfOneRequest() {
        assertThat(refusal(Code.RESOURCE_EXHAUSTED, reason("QUOTA_EXCEEDED")).concernsOneRequest())
                .isFalse();
        assertThat(refusal(Code.RESOURCE_EXHAUSTED, reason("QUOTA_EXCEEDED")).mayBeTooLarge())
                .isFalse();
        assertThat(refusal(Code.RESOURCE_EXHAUSTED).mayBeTooLarge())
                .as("of a proxy, or of gRPC itself")
                .isTrue();
        assertThat(refusal(Code.INVALID_ARGUMENT, reason("INVALID_INPUT")).mayBeTooLarge())
                .isTrue();
        assertThat(refusal(Code.UNAUTHENTICATED, reason("UNAUTHENTICATED")).isPassing())
                .isFalse();
    }

    @Test
    void saysSomethingWhereTheStatusDoesNot() {
        Refusal refusal = Refusal.of(Status.ABORTED.asRuntimeException());

        assertThat(refusal).hasToString("ABORTED");
        assertThat(refusal.reason()).isEmpty();
    }

    private static ErrorInfo reason(String reason) {
        return ErrorInfo.newBuilder().setDomain("mekiki.dev").setReason(reason).build();
    }

    private static Refusal refusal(Code code, Message... details) {
        com.google.rpc.Status.Builder status =
                com.google.rpc.Status.newBuilder().setCode(code.getNumber()).setMessage("why");
        for (Message detail : details) {
            status.addDetails(Any.pack(detail));
        }
        return Refusal.of(StatusProto.toStatusRuntimeException(status.build()));
    }
}
