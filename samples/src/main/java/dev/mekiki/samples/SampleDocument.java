package dev.mekiki.samples;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A labelled document of the catalogue.
 *
 * @param mainLabel what it is, e.g. {@code northland-passport}: 1..63 of lower-case letters, digits and hyphens
 * @param subLabel which issue of it, e.g. {@code second-generation}; same syntax
 * @param design how it looks
 * @param holder seed of the holder whose copy this is
 */
public record SampleDocument(String mainLabel, String subLabel, DocumentDesign design, long holder) {
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    public SampleDocument {
        check("mainLabel", mainLabel);
        check("subLabel", subLabel);
        Objects.requireNonNull(design, "design");
    }

    private static void check(String name, String label) {
        if (!LABEL.matcher(label).matches()) {
            throw new IllegalArgumentException(name + ": '" + label
                    + "' (expected: 1..63 lower-case letters, digits and hyphens, no hyphen at either end)");
        }
    }

    /** Main and sub-label joined by a slash. */
    public String labelPath() {
        return mainLabel + "/" + subLabel;
    }

    /** The same document made out to another holder. */
    public SampleDocument of(long otherHolder) {
        return new SampleDocument(mainLabel, subLabel, design, otherHolder);
    }
}
