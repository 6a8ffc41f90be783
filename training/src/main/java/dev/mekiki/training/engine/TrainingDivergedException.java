package dev.mekiki.training.engine;

/** The loss or the gradient is no longer a number; the message says at which step and what to try. */
public final class TrainingDivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TrainingDivergedException(String message) {
        super(message);
    }
}
