package dev.mekiki.core.gallery;

/** What became of a registration that was to be added. */
public sealed interface Addition {

    /** It was not there, and is now. */
    record Added(Registration stored) implements Addition {}

    /** One of the same id, label and content was there before; it is left as it was. */
    record Present(Registration stored) implements Addition {}

    /** Its id belongs to another label or other content. */
    record Taken(RegistrationKey by) implements Addition {}
}
