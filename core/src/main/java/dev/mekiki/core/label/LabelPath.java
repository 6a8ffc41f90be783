package dev.mekiki.core.label;

import dev.mekiki.core.failure.InvalidInput;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A main label, optionally with a sub-label: {@code passport}, {@code passport/second-generation}.
 *
 * <p>Each part has 1 to 128 characters: letters and digits of any script, space, {@code . _ -}, starting with a letter
 * or digit and not ending with a space. Labels are compared exactly, case included.
 *
 * @param main the main label
 * @param sub the sub-label, or empty for the main label itself
 */
public record LabelPath(String main, Optional<String> sub) implements Comparable<LabelPath> {

    public static final int MAX_LENGTH = 128;

    private static final Pattern LEGAL =
            Pattern.compile("[\\p{L}\\p{N}](?:[\\p{L}\\p{M}\\p{N} ._-]{0,126}[\\p{L}\\p{M}\\p{N}._-])?");

    /** @throws InvalidInput if a part has illegal characters or length */
    public LabelPath {
        requireLegal("main", main);
        sub.ifPresent(s -> requireLegal("sub", s));
    }

    /** The main label alone. */
    public static LabelPath of(String main) {
        return new LabelPath(main, Optional.empty());
    }

    /** A main label with a sub-label. */
    public static LabelPath of(String main, String sub) {
        return new LabelPath(main, Optional.of(sub));
    }

    /**
     * Reads {@code main} or {@code main/sub}.
     *
     * @throws InvalidInput if the text is neither
     */
    public static LabelPath parse(String text) {
        int slash = text.indexOf('/');
        return slash < 0 ? of(text) : of(text.substring(0, slash), text.substring(slash + 1));
    }

    /** Whether {@code other} is this path or, where this is a main label alone, one of its sub-labels. */
    public boolean covers(LabelPath other) {
        return main.equals(other.main) && (sub.isEmpty() || sub.equals(other.sub));
    }

    /**
     * Refuses moves that would never end or lose a level.
     *
     * @throws InvalidInput if {@code from} covers {@code to}, or {@code to} has a sub-label and {@code from} has none
     */
    public static void requireMovable(LabelPath from, LabelPath to) {
        if (from.covers(to)) {
            throw new InvalidInput("new_label", "\"" + to + "\"", "a label that \"" + from + "\" does not cover");
        }
        if (from.sub.isEmpty() && to.sub.isPresent()) {
            throw new InvalidInput("new_label", "\"" + to + "\"", "a main label, as \"" + from + "\" is one");
        }
    }

    /**
     * What this path is called after {@code from}, which covers it, was moved to {@code to}: a main label takes its
     * sub-labels with it.
     */
    public LabelPath moved(LabelPath from, LabelPath to) {
        return from.sub.isEmpty() ? new LabelPath(to.main, sub) : to;
    }

    @Override
    public int compareTo(LabelPath other) {
        int byMain = main.compareTo(other.main);
        return byMain != 0 ? byMain : sub.orElse("").compareTo(other.sub.orElse(""));
    }

    /** {@code main} or {@code main/sub}; {@link #parse} reads it back. */
    @Override
    public String toString() {
        return sub.map(s -> main + "/" + s).orElse(main);
    }

    private static void requireLegal(String part, String value) {
        if (!LEGAL.matcher(value).matches()) {
            throw new InvalidInput(
                    "label." + part,
                    "\"" + abbreviated(value) + "\"",
                    "1.." + MAX_LENGTH + " letters, digits, spaces, '.', '_' or '-', beginning with a letter or digit");
        }
    }

    private static String abbreviated(String value) {
        String shown = value.length() <= 40 ? value : value.substring(0, 40) + "…";
        return shown.codePoints()
                .map(c -> Character.isISOControl(c) ? '\uFFFD' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}
