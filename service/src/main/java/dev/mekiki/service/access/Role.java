package dev.mekiki.service.access;

/** What somebody may do with a gallery. Each role includes those before it. */
public enum Role {
    /** Ask what images show, and see which labels there are. */
    RECOGNISE("recognise in"),

    /** Read and change registrations and labels. */
    REGISTER("register in"),

    /** Make, change, exchange and delete galleries, and see what was decided in them. */
    ADMINISTER("administer");

    private final String words;

    Role(String words) {
        this.words = words;
    }

    /** Whether who has this role may do what asks for the other one. */
    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }

    /** What who has this role does with a gallery, for people: its name follows. */
    public String words() {
        return words;
    }
}
