package dev.mekiki.core.completion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CallbacksTest {

    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private final CompletableFuture<String> work = new CompletableFuture<>();

    @Test
    void letsTheCallbackComplete() {
        var _ = work.whenComplete(Callbacks.orFail(answer, (result, _) -> answer.complete(result)));

        work.complete("done");

        assertThat(answer).isCompletedWithValue("done");
    }

    @Test
    void failsWithWhatTheCallbackThrows() {
        NoClassDefFoundError missing = new NoClassDefFoundError("a/Class");
        var _ = work.whenComplete(Callbacks.orFail(answer, (_, _) -> {
            throw missing;
        }));

        work.completeExceptionally(new IllegalStateException("failed first"));

        assertThat(answer.exceptionNow()).isSameAs(missing);
    }
}
