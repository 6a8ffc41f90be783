package dev.mekiki.core.bulk;

import java.util.Optional;

/**
 * What became of a row.
 *
 * @param fate whether it is in the gallery now
 * @param finding what is to be told about it; of several, the gravest
 */
public record RowResult(Fate fate, Optional<Finding> finding) {

    static final RowResult PRESENT = new RowResult(Fate.PRESENT, Optional.empty());

    /** Whether a row is in the gallery. */
    public enum Fate {
        /** It was registered; would have been, where rows were only checked. */
        REGISTERED,
        /** It was there before: same name, same content, same label. */
        PRESENT,
        /** It was not registered; the finding says why. */
        REFUSED
    }

    static RowResult refused(Finding why) {
        return new RowResult(Fate.REFUSED, Optional.of(why));
    }
}
