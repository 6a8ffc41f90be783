package dev.mekiki.service.doctor;

import java.util.Locale;

/**
 * Something that was looked at.
 *
 * @param verdict how it is
 * @param subject what it is, a word or two
 * @param found for people; if something is wrong, with what was expected or what helps
 */
public record Finding(Verdict verdict, String subject, String found) {

    /** How something is. */
    public enum Verdict {
        /** As it should be. */
        GOOD,
        /** The service works, but not as well, or not for long. */
        WARNING,
        /** The service does not work. */
        PROBLEM
    }

    static Finding good(String subject, String found) {
        return new Finding(Verdict.GOOD, subject, found);
    }

    static Finding warning(String subject, String found) {
        return new Finding(Verdict.WARNING, subject, found);
    }

    static Finding problem(String subject, String found) {
        return new Finding(Verdict.PROBLEM, subject, found);
    }

    /** A line of a report. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%-8s %-14s %s", verdict.name().toLowerCase(Locale.ROOT), subject, found);
    }
}
