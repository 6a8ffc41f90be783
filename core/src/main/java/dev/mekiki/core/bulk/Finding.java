package dev.mekiki.core.bulk;

import dev.mekiki.core.failure.Failure;
import dev.mekiki.core.gallery.ExactScore;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;

/** What is to be told about a row. */
public sealed interface Finding {

    /**
     * It cannot be registered.
     *
     * @param why what is wrong with it
     */
    record Rejected(Failure why) implements Finding {}

    /**
     * The same content is under the same main label already, by another name.
     *
     * @param other what it duplicates
     */
    record Duplicate(Other other) implements Finding {}

    /**
     * The same content is under another main label.
     *
     * @param other what it contradicts
     */
    record ConflictingContent(Other other) implements Finding {}

    /**
     * A nearly identical vector is under another main label.
     *
     * @param other what it contradicts, the nearest
     * @param score cosine of the two
     */
    record ConflictingEmbedding(Other other, ExactScore score) implements Finding {}

    /** What a row duplicates or contradicts. */
    sealed interface Other {

        LabelPath label();

        /**
         * A registration of the gallery.
         *
         * @param id its name
         * @param label its label
         */
        record Stored(RegistrationId id, LabelPath label) implements Other {}

        /**
         * An earlier row of the same import.
         *
         * @param offset its position in the source
         * @param label its label
         */
        record Row(long offset, LabelPath label) implements Other {}
    }
}
