package dev.mekiki.gallery.milvus;

import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Conditions in Milvus' language. The empty text is the condition that everything meets.
 *
 * <p>Every value goes in as an escaped literal, because templates with values aside are unknown to older servers.
 */
final class Filters {

    static final String EVERYTHING = "";

    private Filters() {}

    /** A text as Milvus reads it back, whatever is in it. */
    static String literal(String text) {
        StringBuilder quoted = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c < ' ' || c == '\u007f') {
                // three octal digits are the one escape of control characters that Milvus' grammar and Go agree on
                quoted.append('\\').append((char) ('0' + (c >> 6)));
                quoted.append((char) ('0' + ((c >> 3) & 7))).append((char) ('0' + (c & 7)));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    static String equal(String field, String value) {
        return field + " == " + literal(value);
    }

    static String different(String field, String value) {
        return field + " != " + literal(value);
    }

    static String after(String field, String value) {
        return field + " > " + literal(value);
    }

    static String notBefore(String field, String value) {
        return field + " >= " + literal(value);
    }

    /** @param values at least one */
    static String oneOf(String field, Collection<String> values) {
        return field + " in " + list(values);
    }

    static String noneOf(String field, Collection<String> values) {
        return values.isEmpty() ? EVERYTHING : field + " not in " + list(values);
    }

    static String both(String one, String other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one + other;
        }
        return "(" + one + ") and (" + other + ")";
    }

    /** The registrations under a scope. */
    static String within(LabelScope scope) {
        List<String> mains = new ArrayList<>();
        Map<String, List<String>> subs = new TreeMap<>();
        for (LabelPath path : scope.paths()) {
            path.sub()
                    .ifPresentOrElse(
                            sub -> subs.computeIfAbsent(path.main(), _ -> new ArrayList<>())
                                    .add(sub),
                            () -> mains.add(path.main()));
        }
        List<String> either = new ArrayList<>();
        if (!mains.isEmpty()) {
            either.add(oneOf(RegistrationRows.MAIN, mains));
        }
        subs.forEach(
                (main, of) -> either.add(both(equal(RegistrationRows.MAIN, main), oneOf(RegistrationRows.SUB, of))));
        return either.stream().map(condition -> "(" + condition + ")").collect(Collectors.joining(" or "));
    }

    private static String list(Collection<String> values) {
        return values.stream().map(Filters::literal).collect(Collectors.joining(", ", "[", "]"));
    }
}
