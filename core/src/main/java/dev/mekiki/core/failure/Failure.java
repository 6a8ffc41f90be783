package dev.mekiki.core.failure;

/**
 * What a caller can meet. The family is sealed so that one exhaustive switch turns it into a wire status; anything else
 * that is thrown is a defect of this project.
 *
 * <p>Failures carry no stack trace: they tell the caller what was wrong, and under overload they must cost next to
 * nothing.
 */
public abstract sealed class Failure extends RuntimeException
        permits InvalidInput,
                NotFound,
                AlreadyExists,
                SpaceMismatch,
                PreconditionUnmet,
                Overloaded,
                Unavailable,
                DeadlineExpired,
                Unauthenticated,
                PermissionDenied,
                QuotaExceeded {

    private static final long serialVersionUID = 1L;

    Failure(String message) {
        super(message, null, false, false);
    }

    Failure(String message, Throwable cause) {
        super(message, cause, false, false);
    }
}
