package dev.mekiki.core.failure;

/** The named thing does not exist. */
public final class NotFound extends Failure {

    private static final long serialVersionUID = 1L;

    private final String resource;

    /** @param resource the resource name, for example {@code galleries/passports} */
    public NotFound(String resource) {
        super(resource + " does not exist");
        this.resource = resource;
    }

    public String resource() {
        return resource;
    }
}
