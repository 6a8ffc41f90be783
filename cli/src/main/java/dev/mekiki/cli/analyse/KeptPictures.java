package dev.mekiki.cli.analyse;

import dev.mekiki.analysis.Snapshot;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.report.HtmlPage.Picture;
import dev.mekiki.training.evaluation.Thumbnail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Small pictures of registrations, from the folder in which the service keeps images. */
public final class KeptPictures {

    private final @Nullable Path folder;
    private final Map<RegistrationId, Integer> numbers = new HashMap<>();
    private final Snapshot snapshot;

    /** @param folder what {@code mekiki.images.directory} names; null for no pictures */
    public KeptPictures(Snapshot snapshot, @Nullable Path folder) {
        this.snapshot = snapshot;
        this.folder = folder;
        for (int i = 0; i < snapshot.count(); i++) {
            numbers.put(snapshot.id(i), i);
        }
    }

    /** Those that are there, with their labels. */
    List<Picture> of(List<RegistrationId> registrations) {
        return registrations.stream().flatMap(r -> of(r).stream()).toList();
    }

    private Optional<Picture> of(RegistrationId registration) {
        Integer number = numbers.get(registration);
        if (folder == null || number == null) {
            return Optional.empty();
        }
        ContentDigest content = snapshot.content(number);
        Path file =
                folder.resolve("images").resolve(content.hex().substring(0, 2)).resolve(content.hex());
        try {
            if (!Files.isRegularFile(file)) {
                return Optional.empty();
            }
            return Optional.of(Thumbnail.of(
                    Files.readAllBytes(file), snapshot.label(number).toString()));
        } catch (IOException _) {
            // A damaged image must not cost the page.
            return Optional.empty();
        }
    }
}
