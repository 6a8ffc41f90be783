package dev.mekiki.gallery.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.core.gallery.LabelCount;
import dev.mekiki.core.gallery.LookUp;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.label.LabelScope;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was acknowledged outlives SIGKILL, whatever the process was doing. */
class KilledWriterIT {

    /**
     * @param writers how many threads change the gallery
     * @param kill after how many acknowledged changes the process is killed
     */
    private record Round(String name, int writers, int kill) {}

    private static final List<Round> ROUNDS = List.of(
            new Round("a", 1, 1),
            new Round("b", 1, 40),
            new Round("c", 16, 150),
            new Round("d", 4, 90),
            new Round("e", 16, 333));

    @TempDir
    private Path folder;

    private enum State {
        ADDED,
        RELABELLED,
        DELETED
    }

    @Test
    void everyAcknowledgedChangeOutlivesTheKill() throws IOException, InterruptedException {
        Map<String, State> acknowledged = new HashMap<>();
        int writersSoFar = 0;
        for (Round round : ROUNDS) {
            writeUntilKilled(round, acknowledged);
            writersSoFar += round.writers();
            try (EmbeddedGallery store = EmbeddedGallery.open(EmbeddedGallerySettings.in(folder))) {
                acknowledged.forEach((id, state) -> requireSurvived(store, id, state));
                long expected = acknowledged.values().stream()
                        .filter(state -> state != State.DELETED)
                        .count();
                // each writer that was killed had at most one change under way, which may be there or not
                assertThat(count(store)).isBetween(expected - writersSoFar, expected + writersSoFar);
            }
        }
    }

    @Test
    void secondProcessIsRefused() throws IOException, InterruptedException {
        try (EmbeddedGallery store = EmbeddedGallery.open(EmbeddedGallerySettings.in(folder))) {
            store.catalogue().create(WriterProcess.GALLERY);
            Process second = start("second", 1);
            try (BufferedReader lines = second.inputReader(StandardCharsets.UTF_8)) {
                assertThat(lines.readLine())
                        .contains(
                                "refused " + folder + ": in use by another process (expected: one process at a time)");
            } finally {
                second.destroyForcibly();
            }
            store.registrations().add(WriterProcess.registration("still-ours"));
        }
    }

    private void writeUntilKilled(Round round, Map<String, State> acknowledged)
            throws IOException, InterruptedException {
        Process process = start(round.name(), round.writers());
        int changes = 0;
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            // what is in the pipe when the process dies was acknowledged, too
            for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.endsWith(".")) {
                    break;
                }
                String[] words = line.substring(0, line.length() - 1).split(" ");
                switch (words[0]) {
                    case "opened" -> assertThat(words[1]).isEqualTo(round.name());
                    case "added" -> acknowledged.put(words[1], State.ADDED);
                    case "relabelled" -> acknowledged.put(words[1], State.RELABELLED);
                    case "deleted" -> acknowledged.put(words[1], State.DELETED);
                    default -> throw new AssertionError(line);
                }
                changes += words[0].equals("opened") ? 0 : 1;
                if (changes == round.kill()) {
                    // by its handle, because the process itself would close the pipe with what is still to be read
                    process.toHandle().destroyForcibly();
                }
            }
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(changes).isGreaterThanOrEqualTo(round.kill());
    }

    private Process start(String round, int writers) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--add-modules=jdk.incubator.vector",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WriterProcess.class.getName(),
                        folder.toString(),
                        round,
                        Integer.toString(writers))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static void requireSurvived(EmbeddedGallery store, String id, State state) {
        Registration added = WriterProcess.registration(id);
        var found = store.registrations().find(WriterProcess.GALLERY.id(), added.id());
        var nearest = store.search()
                .lookUp(new LookUp(WriterProcess.GALLERY.id(), added.embedding(), LabelScope.ALL, 1, 1))
                .matches();
        switch (state) {
            case ADDED -> {
                // the change after this one may have been made without having been acknowledged
                if (found.isPresent()) {
                    assertThat(found.get().label()).isIn(added.label(), WriterProcess.MOVED);
                    assertThat(nearest).extracting(match -> match.id()).containsExactly(added.id());
                } else {
                    assertThat(mayHaveBeenDeleted(id)).as("%s is lost", id).isTrue();
                }
            }
            case RELABELLED -> {
                if (found.isPresent()) {
                    assertThat(found).contains(added.withLabel(WriterProcess.MOVED));
                    assertThat(nearest).extracting(match -> match.id()).containsExactly(added.id());
                } else {
                    assertThat(mayHaveBeenDeleted(id)).as("%s is lost", id).isTrue();
                }
            }
            case DELETED -> assertThat(found).isEmpty();
        }
    }

    /** The writer deletes every seventh. */
    private static boolean mayHaveBeenDeleted(String id) {
        return Integer.parseInt(id.substring(id.lastIndexOf('-') + 1)) % 7 == 2;
    }

    private static long count(EmbeddedGallery store) {
        long count = 0;
        PageRequest page = PageRequest.first(1000);
        while (true) {
            var labels = store.labels().list(WriterProcess.GALLERY.id(), page);
            count +=
                    labels.items().stream().mapToLong(LabelCount::registrations).sum();
            if (labels.nextToken().isEmpty()) {
                return count;
            }
            page = new PageRequest(1000, labels.nextToken());
        }
    }
}
