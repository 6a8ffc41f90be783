package dev.mekiki.gallery.embedded;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.failure.Failure;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.LookUp;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import dev.mekiki.gallery.contract.Specimens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PowerLossTest {

    private static final EmbeddingSpace SPACE = Specimens.space(16);
    private static final Gallery GALLERY = Specimens.gallery("passports", SPACE);

    private final AtomicReference<ForgetfulDirectory> disk = new AtomicReference<>();
    private final Specimens specimens = new Specimens(SPACE, 1);

    @TempDir
    private Path folder;

    private int losses;

    @BeforeEach
    void createGallery() {
        try (EmbeddedGallery store = openForgetful()) {
            store.catalogue().create(GALLERY);
        }
    }

    private EmbeddedGallery openForgetful() {
        return EmbeddedGallery.open(
                EmbeddedGallerySettings.in(folder.resolve("store")), this::forgetful, FolderWrites.ON_FILE_SYSTEM);
    }

    private Directory forgetful(Path path) throws IOException {
        ForgetfulDirectory opened = new ForgetfulDirectory(FSDirectory.open(path));
        disk.set(opened);
        return opened;
    }

    private Registration registration(String id) {
        return Specimens.registration(GALLERY, id, "label-" + id, specimens.vector());
    }

    /** The power goes now; what the disk kept is opened elsewhere. */
    private EmbeddedGallery afterPowerLoss() throws IOException {
        Path root = folder.resolve("remains-" + losses++);
        EmbeddedGallerySettings settings = EmbeddedGallerySettings.in(root);
        EmbeddedGallery.open(settings).close();
        requireNonNull(disk.get()).losePower(root.resolve("galleries").resolve("passports"));
        return EmbeddedGallery.open(settings);
    }

    private static void requirePresent(EmbeddedGallery store, Registration registration) {
        assertThat(store.registrations().find(GALLERY.id(), registration.id())).contains(registration);
        assertThat(store.search()
                        .lookUp(new LookUp(GALLERY.id(), registration.embedding(), LabelScope.ALL, 1, 1))
                        .matches())
                .extracting(match -> match.id())
                .containsExactly(registration.id());
    }

    @Test
    void newGalleryIsThere() throws IOException {
        try (EmbeddedGallery store = openForgetful();
                EmbeddedGallery after = afterPowerLoss()) {
            assertThat(after.catalogue().find(GALLERY.id()))
                    .isEqualTo(store.catalogue().find(GALLERY.id()))
                    .contains(GALLERY);
        }
    }

    @Test
    void everyAcknowledgedChangeIsThere() throws IOException {
        try (EmbeddedGallery store = openForgetful()) {
            Registration added = store.registrations().add(registration("added"));
            try (EmbeddedGallery after = afterPowerLoss()) {
                requirePresent(after, added);
            }
            Registration relabelled =
                    store.registrations().relabel(GALLERY.id(), added.id(), LabelPath.of("visa", "new"));
            try (EmbeddedGallery after = afterPowerLoss()) {
                requirePresent(after, relabelled);
            }
            store.registrations().delete(GALLERY.id(), added.id());
            try (EmbeddedGallery after = afterPowerLoss()) {
                assertThat(after.registrations().find(GALLERY.id(), added.id())).isEmpty();
            }
        }
    }

    @Test
    void everythingAcknowledgedToManyWritersIsThereWheneverThePowerGoes() throws Exception {
        int writers = 8;
        int each = 40;
        List<Registration> acknowledged = new ArrayList<>();
        CountDownLatch begun = new CountDownLatch(writers);
        try (EmbeddedGallery store = openForgetful();
                ExecutorService threads = Executors.newFixedThreadPool(writers)) {
            for (int writer = 0; writer < writers; writer++) {
                List<Registration> mine = new ArrayList<>();
                for (int i = 0; i < each; i++) {
                    mine.add(registration("w" + writer + "-" + i));
                }
                threads.execute(() -> {
                    for (Registration registration : mine) {
                        try {
                            store.registrations().add(registration);
                        } catch (Failure e) {
                            break; // the assertion below counts
                        }
                        synchronized (acknowledged) {
                            acknowledged.add(registration);
                            acknowledged.notifyAll();
                        }
                        begun.countDown();
                    }
                });
            }
            begun.await();
            for (int share = 1; share <= 4; share++) {
                List<Registration> before;
                synchronized (acknowledged) {
                    while (acknowledged.size() < writers * each * share / 4) {
                        acknowledged.wait(60_000);
                    }
                    before = List.copyOf(acknowledged);
                }
                try (EmbeddedGallery after = afterPowerLoss()) {
                    before.forEach(registration -> requirePresent(after, registration));
                }
            }
        }
        assertThat(acknowledged).hasSize(writers * each);
    }
}
