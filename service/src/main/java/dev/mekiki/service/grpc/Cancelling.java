package dev.mekiki.service.grpc;

import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Continuations that take the work back when they are cancelled themselves. */
final class Cancelling {

    private Cancelling() {}

    /** As {@link CompletableFuture#thenApply}, but cancelling the result cancels {@code work}. */
    static <T, R> CompletableFuture<R> thenApply(CompletableFuture<T> work, Function<T, R> next) {
        return passingOn(work, work.thenApply(next));
    }

    /** As {@link CompletableFuture#handle}, but cancelling the result cancels {@code work}. */
    static <T, R> CompletableFuture<R> handle(
            CompletableFuture<T> work, BiFunction<@Nullable T, @Nullable Throwable, R> next) {
        return passingOn(work, work.handle(next));
    }

    /** {@code result}, which cancels {@code work} when it is cancelled. */
    static <R> CompletableFuture<R> passingOn(CompletableFuture<?> work, CompletableFuture<R> result) {
        var _ = result.whenComplete((_, _) -> {
            if (result.isCancelled()) {
                work.cancel(false);
            }
        });
        return result;
    }
}
