package dev.mekiki.core.completion;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What runs when a future completes. */
public final class Callbacks {

    private Callbacks() {}

    /**
     * A callback for {@link CompletableFuture#whenComplete} that is to complete {@code answer}, and does so even if it
     * throws: {@code answer} fails with what was thrown. Otherwise that would be in a stage that nobody holds, and
     * whoever waits for {@code answer} would wait for ever. Errors count as well: where no file can be opened, even a
     * class that is used for the first time cannot be found.
     */
    public static <T> BiConsumer<@Nullable T, @Nullable Throwable> orFail(
            CompletableFuture<?> answer, BiConsumer<@Nullable T, @Nullable Throwable> callback) {
        return (result, failure) -> {
            try {
                callback.accept(result, failure);
            } catch (Throwable e) {
                answer.completeExceptionally(e);
            }
        };
    }
}
