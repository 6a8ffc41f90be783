package dev.mekiki.cli.process;

/** The service did not become ready; the message tells why. */
public final class ServiceStartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ServiceStartException(String message) {
        super(message);
    }
}
