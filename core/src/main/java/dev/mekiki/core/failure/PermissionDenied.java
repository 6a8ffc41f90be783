package dev.mekiki.core.failure;

/** The caller is known and may not do this. It is said before anybody looks whether there is such a thing. */
public final class PermissionDenied extends Failure {

    private static final long serialVersionUID = 1L;

    private final String resource;

    /**
     * @param caller who asks
     * @param action what they may not do, such as "register in"
     * @param resource resource name of what they may not do it with
     */
    public PermissionDenied(String caller, String action, String resource) {
        super("\"" + caller + "\" may not " + action + " " + resource);
        this.resource = resource;
    }

    /** The resource's name. */
    public String resource() {
        return resource;
    }
}
