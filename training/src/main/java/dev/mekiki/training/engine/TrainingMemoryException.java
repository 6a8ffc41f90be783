package dev.mekiki.training.engine;

/** There is not enough memory for a step; the message says what takes it and what to make smaller. */
public final class TrainingMemoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TrainingMemoryException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether a failure of the engine, or what caused it, is for want of memory. */
    static boolean isShortage(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            String message = String.valueOf(t.getMessage());
            if (t instanceof OutOfMemoryError
                    || message.contains("out of memory")
                    || message.contains("can't allocate memory")
                    || message.contains("bad_alloc")) {
                return true;
            }
        }
        return false;
    }
}
