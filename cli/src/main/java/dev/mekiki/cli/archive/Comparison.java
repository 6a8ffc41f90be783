package dev.mekiki.cli.archive;

import dev.mekiki.cli.bulk.Progress;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Retrying;
import dev.mekiki.v1.Gallery;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An archive and a gallery, side by side.
 *
 * @param count registrations of the gallery
 * @param digest of the gallery, see {@link RegistrationsDigest}
 * @param different how many registrations differ, those that only one of the two has included
 * @param examples of what differs, a line each
 */
public record Comparison(long count, String digest, long different, List<String> examples) {

    private static final int MOST_EXAMPLES = 20;

    public Comparison {
        examples = List.copyOf(examples);
    }

    /**
     * Reads both.
     *
     * @param gallery what the service says of it
     * @param progress reaches the number of registrations of the gallery
     * @throws IOException if the archive cannot be read
     */
    public static Comparison of(
            GalleryArchive archive, Connection connection, Gallery gallery, Retrying retrying, Progress progress)
            throws IOException, InterruptedException {
        try (RegistrationCursor expected = archive.registrations();
                RegistrationCursor found = new StoredRegistrations(connection, gallery.getName(), retrying)) {
            return of(expected, found, about(archive.notes().gallery(), gallery), progress);
        }
    }

    /** What does not concern single registrations. */
    private static List<String> about(Gallery expected, Gallery found) {
        List<String> differences = new ArrayList<>();
        if (!found.getEmbeddingSpace().equals(expected.getEmbeddingSpace())) {
            differences.add("embedding space: " + found.getEmbeddingSpace().getDigest() + " (expected: "
                    + expected.getEmbeddingSpace().getDigest() + ")");
        }
        if (!found.getDecisionPolicy().equals(expected.getDecisionPolicy())) {
            differences.add("decision policy: " + oneLine(found.getDecisionPolicy()) + " (expected: "
                    + oneLine(expected.getDecisionPolicy()) + ")");
        }
        return differences;
    }

    private static String oneLine(Object message) {
        return message.toString().replaceAll("\\s+", " ").strip();
    }

    static Comparison of(
            RegistrationCursor expected, RegistrationCursor found, List<String> differences, Progress progress)
            throws IOException, InterruptedException {
        List<String> examples = new ArrayList<>(differences);
        RegistrationsDigest digest = new RegistrationsDigest();
        long count = 0;
        long different = differences.size();
        ArchivedRegistration left = expected.next();
        ArchivedRegistration right = found.next();
        while (left != null || right != null) {
            int order = order(left, right);
            String line = null;
            if (left != null && order < 0) {
                line = left.id() + ": missing";
            } else if (right != null && order > 0) {
                line = right.id() + ": not in the archive";
            } else if (left != null && right != null) {
                List<String> fields = left.differencesTo(right);
                line = fields.isEmpty() ? null : left.id() + ": another " + String.join(", ", fields);
            }
            if (line != null) {
                different++;
                if (examples.size() < MOST_EXAMPLES) {
                    examples.add(line);
                }
            }
            if (right != null && order >= 0) {
                digest.add(right);
                progress.reach(++count);
                right = found.next();
            }
            if (left != null && order <= 0) {
                left = expected.next();
            }
        }
        return new Comparison(count, digest.hex(), different, examples);
    }

    private static int order(@Nullable ArchivedRegistration left, @Nullable ArchivedRegistration right) {
        if (left == null) {
            return 1;
        }
        return right == null ? -1 : left.id().compareTo(right.id());
    }
}
