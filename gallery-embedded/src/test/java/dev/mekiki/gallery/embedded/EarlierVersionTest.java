package dev.mekiki.gallery.embedded;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.LookUp;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.gallery.RegistrationKey;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import dev.mekiki.gallery.contract.Specimens;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.IOUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Galleries that the first version wrote, whose documents cannot be found by their content. It was made as
 * {@link #registered} says, in the order of the ids: 800 registrations were added, every eighth was deleted and every
 * eightieth after the first moved.
 */
class EarlierVersionTest {

    private static final EmbeddingSpace SPACE = Specimens.space(16);
    private static final Gallery PASSPORTS = Specimens.gallery("passports", SPACE);
    private static final Gallery CARDS = new Gallery(
            new GalleryId("cards"),
            "Ausweise",
            SPACE,
            new DecisionPolicy(1e-2, 0.25, Map.of("visa", 0.75), 0.125),
            Specimens.TIME.plusSeconds(1));

    private final List<Registration> registered = registered();

    @TempDir
    private Path folder;

    private Path root;

    @BeforeEach
    void unpack() throws IOException {
        root = unpack("store");
    }

    private Path unpack(String name) throws IOException {
        Path unpacked = folder.resolve(name);
        try (InputStream in = requireNonNull(getClass().getResourceAsStream("galleries-of-version-1.zip"));
                ZipInputStream zip = new ZipInputStream(in)) {
            for (@Nullable ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = unpacked.resolve(entry.getName());
                Files.createDirectories(requireNonNull(file.getParent()));
                Files.copy(zip, file);
            }
        }
        return unpacked;
    }

    private static List<Registration> registered() {
        Specimens specimens = new Specimens(SPACE, 4);
        List<Registration> registered = new ArrayList<>();
        for (int i = 0; i < 800; i++) {
            Registration registration = new Registration(
                    PASSPORTS.id(),
                    new RegistrationId("r%03d".formatted(i)),
                    LabelPath.of("label-" + i % 40, "side-" + i % 2),
                    Specimens.content("content-" + i % 750),
                    specimens.vector(),
                    Map.of("number", Integer.toString(i)),
                    Specimens.TIME.plusSeconds(i));
            if (i % 8 != 0) {
                registered.add(i % 80 == 1 ? registration.withLabel(LabelPath.of("moved")) : registration);
            }
        }
        return registered;
    }

    private static List<Registration> listed(EmbeddedGallery store) {
        List<Registration> listed = new ArrayList<>();
        Optional<String> token = Optional.empty();
        do {
            var page = store.registrations().list(PASSPORTS.id(), LabelScope.ALL, new PageRequest(500, token));
            listed.addAll(page.items());
            token = page.nextToken();
        } while (token.isPresent());
        return listed;
    }

    private void requireEverything(EmbeddedGallery store) {
        assertThat(store.catalogue().list(PageRequest.first(10)).items()).containsExactly(CARDS, PASSPORTS);
        assertThat(listed(store)).isEqualTo(registered);
        assertThat(store.search()
                        .withContents(
                                PASSPORTS.id(),
                                Set.of(
                                        Specimens.content("content-1"),
                                        Specimens.content("content-8"),
                                        Specimens.content("content-48"))))
                .extracting(RegistrationKey::id)
                .extracting(RegistrationId::value)
                // number 751 has the content of number 1, and 758 and 798 those of the deleted 8 and 48
                .containsExactlyInAnyOrder("r001", "r751", "r758", "r798");
        for (Registration registration : List.of(registered.getFirst(), registered.getLast())) {
            assertThat(store.search()
                            .lookUp(new LookUp(PASSPORTS.id(), registration.embedding(), LabelScope.ALL, 1, 1))
                            .matches())
                    .extracting(match -> match.id())
                    .containsExactly(registration.id());
        }
        assertThat(store.labels().count(CARDS.id(), LabelScope.ALL)).isEqualTo(1);
    }

    private String descriptionVersion(String gallery) throws IOException {
        try (Directory index = FSDirectory.open(root.resolve("galleries").resolve(gallery))) {
            return requireNonNull(
                    SegmentInfos.readLatestCommit(index).getUserData().get("version"));
        }
    }

    private long generation(String gallery) throws IOException {
        try (Directory index = FSDirectory.open(root.resolve("galleries").resolve(gallery))) {
            return SegmentInfos.readLatestCommit(index).getGeneration();
        }
    }

    @Test
    void everythingIsThereAndFoundByItsContent() throws IOException {
        assertThat(descriptionVersion("passports")).isEqualTo("1");
        try (EmbeddedGallery store = EmbeddedGallery.open(EmbeddedGallerySettings.in(root))) {
            requireEverything(store);
        }
        assertThat(descriptionVersion("passports")).isEqualTo("2");
        assertThat(descriptionVersion("cards")).isEqualTo("2");
        assertThat(Files.readString(root.resolve("FORMAT"))).isEqualTo(GalleryDirectory.FORMAT + "\n");
    }

    @Test
    void isWrittenAnewOnlyOnce() throws IOException {
        EmbeddedGallery.open(EmbeddedGallerySettings.in(root)).close();
        long passports = generation("passports");
        long cards = generation("cards");

        try (EmbeddedGallery store = EmbeddedGallery.open(EmbeddedGallerySettings.in(root))) {
            requireEverything(store);
        }

        assertThat(generation("passports")).isEqualTo(passports);
        assertThat(generation("cards")).isEqualTo(cards);
    }

    @Test
    void changesGoOn() {
        Registration added = Specimens.registration(PASSPORTS, "r000", "label-0", new Specimens(SPACE, 1).vector());
        try (EmbeddedGallery store = EmbeddedGallery.open(EmbeddedGallerySettings.in(root))) {
            store.registrations().add(added);
            store.registrations().delete(PASSPORTS.id(), new RegistrationId("r001"));
        }
        try (EmbeddedGallery store = EmbeddedGallery.open(EmbeddedGallerySettings.in(root))) {
            List<Registration> expected = new ArrayList<>(registered);
            expected.set(0, added);
            assertThat(listed(store)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void processThatDiesMeanwhileLosesNothing(boolean powerGoes) throws IOException {
        int deaths = 0;
        while (diesAfter(deaths, powerGoes)) {
            deaths++;
        }
        assertThat(deaths).isGreaterThan(20);
    }

    /** @return false if everything was done before so many operations */
    private boolean diesAfter(int operations, boolean powerGoes) throws IOException {
        root = unpack(powerGoes + "-" + operations);
        AtomicInteger left = new AtomicInteger(operations);
        Map<Path, ForgetfulDirectory> disks = new HashMap<>();
        try {
            EmbeddedGallery.open(
                            EmbeddedGallerySettings.in(root),
                            path -> {
                                ForgetfulDirectory disk = new ForgetfulDirectory(FSDirectory.open(path));
                                disks.put(path, disk);
                                return new DyingDisk(disk, left);
                            },
                            FolderWrites.ON_FILE_SYSTEM)
                    .close();
        } catch (UncheckedIOException e) {
            assertThat(e).hasRootCauseMessage("dead");
        }
        if (left.get() >= 0) {
            return false;
        }
        if (powerGoes) {
            for (Map.Entry<Path, ForgetfulDirectory> disk : disks.entrySet()) {
                Path remains = folder.resolve("remains");
                disk.getValue().losePower(remains);
                IOUtils.rm(disk.getKey());
                Files.move(remains, disk.getKey());
            }
        }
        try (EmbeddedGallery store = EmbeddedGallery.open(EmbeddedGallerySettings.in(root))) {
            requireEverything(store);
        }
        return true;
    }

    @Test
    void folderIsSaidToBeOfThisVersionOnlyWhenItIs() throws IOException {
        boolean died = true;
        for (int steps = 0; died; steps++) {
            root = unpack("steps-" + steps);
            ForgetfulFolder disk = new ForgetfulFolder();
            disk.dieAfter(steps);
            try {
                EmbeddedGallery.open(EmbeddedGallerySettings.in(root), GalleryIndex::onFileSystem, disk)
                        .close();
            } catch (UncheckedIOException e) {
                assertThat(e).hasRootCauseMessage("Input/output error");
            }
            died = !disk.hasNotFailed();
            disk.losePower();
            try (EmbeddedGallery store = EmbeddedGallery.open(EmbeddedGallerySettings.in(root))) {
                requireEverything(store);
            }
        }
    }
}
