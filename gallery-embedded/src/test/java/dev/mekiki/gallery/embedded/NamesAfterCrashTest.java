package dev.mekiki.gallery.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.LabelCount;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.gallery.contract.Specimens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is under which name after a process has died, or the power has gone, at any step of changing the catalogue. */
class NamesAfterCrashTest {

    private static final EmbeddingSpace SPACE = Specimens.space(16);

    /**
     * @param name for messages
     * @param change what is done
     * @param expected what is to be under the names then, by what it was registered as
     */
    private record Step(String name, Consumer<GalleryBackend> change, Map<String, String> expected) {}

    private static final Map<String, String> AT_FIRST = Map.of("a", "A", "b", "B", "c", "C");

    /** Exchanges, and everything that may come between them. */
    private static final List<Step> STEPS = List.of(
            new Step("a <-> b", exchange("a", "b"), Map.of("a", "B", "b", "A", "c", "C")),
            new Step("b <-> c", exchange("b", "c"), Map.of("a", "B", "b", "C", "c", "A")),
            new Step("delete a", delete("a"), Map.of("b", "C", "c", "A")),
            new Step("create a", create("a"), Map.of("a", "", "b", "C", "c", "A")),
            new Step("fill a", fill("a", "second A"), Map.of("a", "second A", "b", "C", "c", "A")),
            new Step("a <-> c", exchange("a", "c"), Map.of("a", "A", "b", "C", "c", "second A")),
            new Step("delete c", delete("c"), Map.of("a", "A", "b", "C")),
            new Step("delete b", delete("b"), Map.of("a", "A")),
            new Step("create b", create("b"), Map.of("a", "A", "b", "")),
            new Step("create c", create("c"), Map.of("a", "A", "b", "", "c", "")),
            new Step("fill c", fill("c", "second C"), Map.of("a", "A", "b", "", "c", "second C")),
            new Step("c <-> a", exchange("c", "a"), Map.of("a", "second C", "b", "", "c", "A")),
            new Step("a <-> c", exchange("a", "c"), Map.of("a", "A", "b", "", "c", "second C")));

    @TempDir
    private Path folder;

    private int stores;

    /** Of the store that was made last. */
    private Path root;

    private ForgetfulFolder disk = new ForgetfulFolder();

    @BeforeEach
    void begin() {
        root = folder;
    }

    private static Consumer<GalleryBackend> exchange(String one, String other) {
        return store -> store.catalogue().exchange(new GalleryId(one), new GalleryId(other));
    }

    private static Consumer<GalleryBackend> delete(String name) {
        return store -> store.catalogue().delete(new GalleryId(name));
    }

    private static Consumer<GalleryBackend> create(String name) {
        return store -> store.catalogue().create(Specimens.gallery(name, SPACE));
    }

    private static Consumer<GalleryBackend> fill(String name, String label) {
        return store -> {
            Gallery gallery = store.catalogue().find(new GalleryId(name)).orElseThrow();
            store.registrations().add(Specimens.registration(gallery, "r1", label, new Specimens(SPACE, 1).vector()));
        };
    }

    /** By name what a gallery's only registration is labelled, or nothing if it is empty. */
    private static Map<String, String> names(GalleryBackend store) {
        Map<String, String> names = new TreeMap<>();
        for (Gallery gallery : store.catalogue().list(PageRequest.first(100)).items()) {
            List<LabelCount> labels =
                    store.labels().list(gallery.id(), PageRequest.first(10)).items();
            names.put(
                    gallery.id().value(),
                    labels.isEmpty() ? "" : labels.getFirst().main());
        }
        return names;
    }

    private EmbeddedGallery openWithThree() {
        root = folder.resolve("store-" + stores++);
        disk = new ForgetfulFolder();
        EmbeddedGallery store =
                EmbeddedGallery.open(EmbeddedGallerySettings.in(root), GalleryIndex::onFileSystem, disk);
        AT_FIRST.forEach((name, label) -> {
            create(name).accept(store);
            fill(name, label).accept(store);
        });
        return store;
    }

    private EmbeddedGallery reopen() {
        return EmbeddedGallery.open(EmbeddedGallerySettings.in(root));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void changeThatACrashInterruptsIsMadeAltogetherOrNotAtAll(boolean powerGoes) throws IOException {
        int deaths = 0;
        while (diesAfter(deaths, powerGoes)) {
            deaths++;
        }
        assertThat(deaths).isGreaterThan(2 * STEPS.size());
    }

    /** @return false if everything was done before so many steps */
    private boolean diesAfter(int steps, boolean powerGoes) throws IOException {
        Map<String, String> before = AT_FIRST;
        Map<String, String> after = AT_FIRST;
        String under = "nothing";
        try (EmbeddedGallery store = openWithThree()) {
            disk.dieAfter(steps);
            for (Step step : STEPS) {
                under = step.name();
                after = step.expected();
                try {
                    step.change().accept(store);
                } catch (Unavailable e) {
                    break;
                }
                if (!disk.hasNotFailed()) {
                    break; // deleting succeeds although a leftover stays
                }
                before = after;
                assertThat(names(store)).as(step.name()).isEqualTo(after);
            }
        }
        if (disk.hasNotFailed()) {
            return false;
        }
        if (powerGoes) {
            disk.losePower();
        }
        try (EmbeddedGallery store = reopen()) {
            assertThat(names(store))
                    .as("dead after %d steps, during \"%s\"", steps, under)
                    .isIn(before, after);
            requireUsable(store);
        }
        return true;
    }

    /** Whatever was left behind is in nobody's way. */
    private void requireUsable(GalleryBackend store) {
        for (String name : List.of("a", "b", "c")) {
            if (store.catalogue().find(new GalleryId(name)).isPresent()) {
                delete(name).accept(store);
            }
            create(name).accept(store);
            fill(name, "new " + name).accept(store);
        }
        exchange("a", "c").accept(store);
        exchange("b", "c").accept(store);
        Map<String, String> expected = Map.of("a", "new c", "b", "new a", "c", "new b");
        assertThat(names(store)).isEqualTo(expected);
        store.close();
        try (EmbeddedGallery again = reopen()) {
            assertThat(names(again)).isEqualTo(expected);
        }
    }

    @Test
    void exchangeThatFailsLeavesBothAsTheyWere() throws IOException {
        boolean failed = true;
        for (int steps = 0; failed; steps++) {
            try (EmbeddedGallery store = openWithThree()) {
                exchange("b", "c").accept(store);
                Map<String, String> before = names(store);
                disk.failOnceAfter(steps);
                try {
                    exchange("a", "b").accept(store);
                } catch (Unavailable e) {
                    assertThat(e).hasMessageContaining("galleries/a could not be exchanged");
                }
                failed = !disk.hasNotFailed();
                if (failed) {
                    assertThat(names(store)).as("failed after %d steps", steps).isEqualTo(before);
                    disk.losePower();
                    store.close();
                    try (EmbeddedGallery again = reopen()) {
                        assertThat(names(again))
                                .as("failed after %d steps", steps)
                                .isEqualTo(before);
                        exchange("a", "b").accept(again);
                        assertThat(names(again)).isEqualTo(Map.of("a", "C", "b", "A", "c", "B"));
                    }
                }
            }
        }
    }

    @Test
    void damagedFileOfNamesIsRefused() throws IOException {
        openWithThree().close();
        FolderWrites.ON_FILE_SYSTEM.write(root.resolve("names"), "a\n");

        assertThatThrownBy(this::reopen)
                .isInstanceOf(UnusableGalleryDirectory.class)
                .hasMessageContaining("names: \"a\" (expected: lines of a gallery and its folder)");
    }

    @Test
    void twoFoldersOfOneGalleryAreRefused() throws IOException {
        openWithThree().close();
        FolderWrites.ON_FILE_SYSTEM.write(root.resolve("names"), "a b\n");

        assertThatThrownBy(this::reopen)
                .isInstanceOf(UnusableGalleryDirectory.class)
                .hasMessageContaining("a second folder of the gallery in \"b\"");
    }
}
