package dev.mekiki.gallery.milvus;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Of which version Milvus says it is.
 *
 * @param major before the first dot
 * @param minor after it
 */
record ServerVersion(int major, int minor) {

    private static final Pattern FORM = Pattern.compile("v?(\\d{1,4})\\.(\\d{1,4})(?:[.-].*)?");

    /** Upserts and vectors in what a search returns came with it. */
    private static final ServerVersion OLDEST = new ServerVersion(2, 3);

    /** @throws UnusableMilvus if the text is no version, or one that is too old */
    static ServerVersion requireUsable(String uri, String text) {
        Matcher matcher = FORM.matcher(text);
        String expected = OLDEST.major + "." + OLDEST.minor + " or later";
        if (!matcher.matches()) {
            throw new UnusableMilvus("version of " + uri, "\"" + text + "\"", expected);
        }
        ServerVersion version =
                new ServerVersion(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
        if (!version.isAtLeast(OLDEST.major, OLDEST.minor)) {
            throw new UnusableMilvus("version of " + uri, text, expected);
        }
        return version;
    }

    boolean isAtLeast(int otherMajor, int otherMinor) {
        return major > otherMajor || (major == otherMajor && minor >= otherMinor);
    }
}
