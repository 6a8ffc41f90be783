package dev.mekiki.core.failure;

/** Nobody knows who is calling. */
public final class Unauthenticated extends Failure {

    private static final long serialVersionUID = 1L;

    /**
     * @param found what was wrong with the credentials, nothing of them themselves
     * @param expected what they should have been
     */
    public Unauthenticated(String found, String expected) {
        super("credentials: " + found + " (expected: " + expected + ")");
    }
}
