package dev.mekiki.core.bulk;

import dev.mekiki.core.failure.Failure;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.recognition.Query;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** One row of an import, as it came. */
public sealed interface ImportRow {

    /**
     * A row that could not even be read; it is reported in its turn.
     *
     * @param why what is wrong with it
     */
    record Unreadable(Failure why) implements ImportRow {}

    /**
     * Something to register.
     *
     * @param label what it shows
     * @param source the image or its vector
     * @param attributes the caller's own key-value pairs
     * @param id its name, or empty for the one that follows from the content
     * @param content only beside a vector: digest of the image that it was made of, or empty for that of the vector
     * @param createTime when it was first registered, or empty for now
     */
    record Readable(
            LabelPath label,
            Query source,
            Map<String, String> attributes,
            Optional<RegistrationId> id,
            Optional<ContentDigest> content,
            Optional<Instant> createTime)
            implements ImportRow {

        /** @throws InvalidInput if the attributes are beyond their limits, or an image comes with a digest */
        public Readable {
            Registration.requireLegal(attributes);
            attributes = Map.copyOf(attributes);
            if (content.isPresent() && source instanceof Query.OfImage) {
                throw new InvalidInput("content_digest", "a digest beside an image", "none, it is computed");
            }
        }
    }
}
