package dev.mekiki.core.failure;

/** Something else of that name exists already. */
public final class AlreadyExists extends Failure {

    private static final long serialVersionUID = 1L;

    private final String resource;

    /** @param resource the resource name, for example {@code galleries/passports} */
    public AlreadyExists(String resource) {
        super(resource + " exists already with other content");
        this.resource = resource;
    }

    public String resource() {
        return resource;
    }
}
