package dev.mekiki.gallery.milvus;

import io.milvus.grpc.Status;

/** Milvus answered that it did not do what was asked. Never leaves this package. */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private static final int NO_COLLECTION = 100;
    private static final int COLLECTION_NOT_LOADED = 101;
    private static final int COLLECTION_NOT_FULLY_LOADED = 103;
    private static final int ALIAS_ELSEWHERE = 1602;

    private final int code;
    private final boolean retriable;

    private Refusal(int code, boolean retriable, String reason) {
        super(reason + " (code " + code + ")", null, false, false);
        this.code = code;
        this.retriable = retriable;
    }

    /** @throws Refusal unless it says success */
    static void check(Status status) {
        if (status.getCode() != 0 || status.getErrorCodeValue() != 0) {
            int code = status.getCode() != 0 ? status.getCode() : status.getErrorCodeValue();
            throw new Refusal(code, status.getRetriable(), status.getReason());
        }
    }

    static Refusal of(int code, String reason) {
        return new Refusal(code, false, reason);
    }

    boolean isNoCollection() {
        return code == NO_COLLECTION;
    }

    boolean isAliasElsewhere() {
        return code == ALIAS_ELSEWHERE;
    }

    /** Whether the rows are not in memory, or not all of them. */
    boolean isNotLoaded() {
        return code == COLLECTION_NOT_LOADED || code == COLLECTION_NOT_FULLY_LOADED;
    }

    /** Whether a part of Milvus is starting, moving or overloaded, so that asking again soon makes sense. */
    boolean isPassing() {
        return retriable
                || isNotLoaded()
                || code == 1 // not ready
                || code == 2 // unavailable
                || code == 4 // too many requests
                || code == 8 // rate limit
                || (code >= 400 && code < 700) // replica, channel, segment
                || (code >= 900 && code < 1000) // node
                || code == 65_535; // anything; while a node recovers, mostly that
    }
}
