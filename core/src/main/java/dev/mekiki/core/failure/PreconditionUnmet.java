package dev.mekiki.core.failure;

/**
 * What was asked is not possible as things are: a model is not served, images are not kept. It becomes possible when
 * somebody changes that, not by waiting.
 */
public final class PreconditionUnmet extends Failure {

    private static final long serialVersionUID = 1L;

    private final String condition;
    private final String subject;

    /**
     * @param condition which one, for programs: capitals and underscores
     * @param subject what it is about: a resource name or a setting
     * @param message for people: what was found and what is expected
     */
    public PreconditionUnmet(String condition, String subject, String message) {
        super(subject + ": " + message);
        this.condition = condition;
        this.subject = subject;
    }

    public String condition() {
        return condition;
    }

    public String subject() {
        return subject;
    }
}
