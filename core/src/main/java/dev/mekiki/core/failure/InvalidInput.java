package dev.mekiki.core.failure;

/** The caller sent something that can never work. */
public final class InvalidInput extends Failure {

    private static final long serialVersionUID = 1L;

    private final String field;
    private final String description;

    /**
     * @param field the field of the request, in its own words: {@code image.content}, {@code label.main}, {@code topK}
     * @param found what was sent
     * @param expected what would have been right, the limit included
     */
    public InvalidInput(String field, String found, String expected) {
        super(field + ": " + found + " (expected: " + expected + ")");
        this.field = field;
        this.description = found + " (expected: " + expected + ")";
    }

    /**
     * The same about another field, where one value is read as another is.
     *
     * @param field as above
     * @param other what is wrong with it
     */
    public InvalidInput(String field, InvalidInput other) {
        super(field + ": " + other.description);
        this.field = field;
        this.description = other.description;
    }

    public String field() {
        return field;
    }

    /** What was found and what was expected, without the field. */
    public String description() {
        return description;
    }
}
