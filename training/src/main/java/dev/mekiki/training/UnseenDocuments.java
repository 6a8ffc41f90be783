package dev.mekiki.training;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The documents of DocClassifier's UniquePool that the published model was not trained on and is measured with: the 100
 * files with the smallest SHA-256 of their names, but for one that nearly repeats a training document.
 */
public final class UnseenDocuments {
    private static final String LIST = "unseen-documents.txt";

    private UnseenDocuments() {}

    /** File names without folder. */
    public static Set<String> names() {
        try (InputStream in = Objects.requireNonNull(UnseenDocuments.class.getResourceAsStream(LIST), LIST);
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return lines.lines().filter(l -> !l.isBlank()).collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(LIST + " cannot be read", e);
        }
    }
}
