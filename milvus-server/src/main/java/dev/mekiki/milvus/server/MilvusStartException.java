package dev.mekiki.milvus.server;

/** No Milvus server could be started; the message says why, in words for people. */
public final class MilvusStartException extends RuntimeException {

    private static final long serialVersionUID = 1;

    MilvusStartException(String message) {
        super(message);
    }

    MilvusStartException(String message, Throwable cause) {
        super(message, cause);
    }
}
