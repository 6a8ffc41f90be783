package dev.mekiki.benchmarks.load;

import io.grpc.Status;
import java.util.List;

/**
 * Requests as they go over the wire, made once, so that sending one costs no serialisation.
 *
 * @param method full name, {@code package.Service/Method}
 * @param requests at least one; not copied, not to be changed
 * @param status that every call is to end with, if it is not refused
 * @param check looks at answers, where the status is {@code OK}
 */
public record Workload(String method, List<byte[]> requests, Status.Code status, AnswerCheck check) {

    /** Says whether an answer is right. Thread-safe. */
    @FunctionalInterface
    public interface AnswerCheck {

        /**
         * @param request index into {@link Workload#requests}
         * @param answer the whole message
         * @throws IllegalStateException if it is wrong
         */
        void check(int request, byte[] answer);
    }

    public Workload {
        if (requests.isEmpty()) {
            throw new IllegalArgumentException("requests: none (expected: at least one)");
        }
        requests = List.copyOf(requests);
    }
}
