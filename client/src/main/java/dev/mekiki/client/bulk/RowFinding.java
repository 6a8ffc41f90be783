package dev.mekiki.client.bulk;

import dev.mekiki.v1.ImportFinding;
import java.util.Locale;

/**
 * What is to be told about one row.
 *
 * @param origin where the row comes from, see {@link SourceRow#origin()}
 * @param finding what was found; its offsets are those of the source
 */
public record RowFinding(String origin, ImportFinding finding) {

    /** In words, on one line. */
    public String reason() {
        String message = finding.getError().getMessage().replaceAll("\\s+", " ").strip();
        if (!message.isEmpty()) {
            return message;
        }
        String other = finding.hasOtherOffset() ? "row " + finding.getOtherOffset() : finding.getOtherRegistration();
        String under = finding.getOtherLabel().isEmpty() ? other : other + " under " + finding.getOtherLabel();
        return switch (finding.getKind()) {
            case KIND_DUPLICATE -> "same content as " + under;
            case KIND_CONFLICTING_CONTENT -> "same content as " + under + ", another main label";
            case KIND_CONFLICTING_EMBEDDING ->
                String.format(Locale.ROOT, "cosine %.4f to %s, another main label", finding.getScore(), under);
            case KIND_REJECTED, KIND_UNSPECIFIED, UNRECOGNIZED -> "no reason given";
        };
    }
}
