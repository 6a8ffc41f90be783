package dev.mekiki.gallery.milvus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.gallery.Addition;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.LabelCount;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.gallery.RegistrationKey;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import dev.mekiki.gallery.contract.Specimens;
import dev.mekiki.milvus.server.MilvusServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What callers are told of changes that others make at the same time, or made a moment ago. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@Execution(ExecutionMode.CONCURRENT)
class ChangesIT {

    private static final Gallery GALLERY = Specimens.gallery("documents", Specimens.space(16));
    private static final GalleryId ID = GALLERY.id();
    private static final List<LabelPath> LABELS =
            List.of(LabelPath.parse("a"), LabelPath.parse("a/x"), LabelPath.parse("b"));

    @TempDir
    private Path folder;

    private MilvusGallery store;

    @BeforeEach
    void open() {
        store = MilvusGallery.open(
                MilvusGallerySettings.at(MilvusServer.shared().uri()).withNames("default", TestMilvus.prefix(folder)),
                _ -> {});
        store.catalogue().create(GALLERY);
    }

    @AfterEach
    void drop() {
        store.close();
        try (TestMilvus milvus = new TestMilvus(MilvusServer.shared())) {
            milvus.dropAll(TestMilvus.prefix(folder));
        }
    }

    @Test
    void anIdThatSomebodyChoseIsTakenThoughTheContentThatItWouldFollowFromIsAbsent() {
        LabelPath label = LABELS.getFirst();
        ContentDigest absent = Specimens.content("absent");
        RegistrationId id = RegistrationId.derived(ID, label, absent);
        Specimens specimens = new Specimens(GALLERY.space(), 1);
        Registration chosen = new Registration(
                ID, id, label, Specimens.content("present"), specimens.vector(), Map.of(), Specimens.TIME);
        Registration derived = new Registration(ID, id, label, absent, specimens.vector(), Map.of(), Specimens.TIME);
        store.registrations().addAll(ID, List.of(chosen));

        assertThat(store.search().withContents(ID, Set.of(absent))).isEmpty();
        assertThat(store.registrations().addAll(ID, List.of(derived)))
                .containsExactly(new Addition.Taken(chosen.key()));
        try (MilvusGallery another = MilvusGallery.open(
                MilvusGallerySettings.at(MilvusServer.shared().uri()).withNames("default", TestMilvus.prefix(folder)),
                _ -> {})) {
            while (another.registrations().find(ID, id).isEmpty()) {
                Thread.onSpinWait(); // other processes see it after a while
            }
            assertThat(another.search().withContents(ID, Set.of(absent))).isEmpty();
            assertThat(another.registrations().addAll(ID, List.of(derived)))
                    .containsExactly(new Addition.Taken(chosen.key()));
        }
        assertThat(store.labels().list(ID, PageRequest.first(10)).items())
                .extracting(LabelCount::main)
                .containsExactly(label.main());
    }

    @Test
    void someOrderExplainsWhatThoseWereToldWhoChangedTheSame() throws Exception {
        int changes = 60;
        List<History> histories = IntStream.range(0, 12)
                .mapToObj(i -> new History(new RegistrationId("id-" + i)))
                .toList();
        inParallel(8, thread -> {
            Random random = new Random(thread);
            Specimens specimens = new Specimens(GALLERY.space(), thread);
            for (int i = 0; i < changes; i++) {
                History history = histories.get(random.nextInt(histories.size()));
                LabelPath label = LABELS.get(random.nextInt(LABELS.size()));
                switch (random.nextInt(5)) {
                    case 0, 1 -> {
                        List<History> some = new ArrayList<>(histories);
                        Collections.shuffle(some, random);
                        add(some.subList(0, 1 + random.nextInt(3)), random, specimens);
                    }
                    case 2, 3 -> relabel(history, label);
                    default -> delete(history);
                }
            }
        });

        Map<RegistrationId, RegistrationKey> left =
                store.search().withIds(ID, histories.stream().map(History::id).collect(Collectors.toSet())).stream()
                        .collect(Collectors.toMap(RegistrationKey::id, key -> key));
        for (History history : histories) {
            long now = System.nanoTime();
            history.add(new History.Read(Optional.ofNullable(left.get(history.id()))), now, now);
            assertThat(history.isExplained()).as(history.toString()).isTrue();
            assertThat(store.registrations().find(ID, history.id()).map(Registration::key))
                    .isEqualTo(Optional.ofNullable(left.get(history.id())));
        }
        assertThat(store.labels().count(ID, LabelScope.ALL)).isEqualTo(left.size());
    }

    private void add(List<History> histories, Random random, Specimens specimens) {
        List<Registration> registrations = histories.stream()
                .map(history -> new Registration(
                        ID,
                        history.id(),
                        LABELS.get(random.nextInt(LABELS.size())),
                        Specimens.content("content " + random.nextInt(2)),
                        specimens.vector(),
                        Map.of(),
                        Specimens.TIME))
                .toList();
        long begin = System.nanoTime();
        List<Addition> told = store.registrations().addAll(ID, registrations);
        long end = System.nanoTime();
        for (int i = 0; i < histories.size(); i++) {
            histories.get(i).add(new History.Add(registrations.get(i).key(), told.get(i)), begin, end);
        }
    }

    private void relabel(History history, LabelPath label) {
        long begin = System.nanoTime();
        Optional<RegistrationKey> told;
        try {
            told = Optional.of(
                    store.registrations().relabel(ID, history.id(), label).key());
            assertThat(told.get().label()).isEqualTo(label);
        } catch (NotFound e) {
            told = Optional.empty();
        }
        history.add(new History.Relabel(told), begin, System.nanoTime());
    }

    private void delete(History history) {
        long begin = System.nanoTime();
        boolean told = true;
        try {
            store.registrations().delete(ID, history.id());
        } catch (NotFound e) {
            told = false;
        }
        history.add(new History.Delete(told), begin, System.nanoTime());
    }

    @Test
    void oneOfManyThatAddTheSameIsToldThatItWasAdded() throws Exception {
        int threads = 16;
        List<Registration> registrations = registrations("same", 300);
        Map<RegistrationId, List<Addition>> told = new HashMap<>();

        inParallel(threads, thread -> {
            List<Registration> mine = new ArrayList<>(registrations);
            Collections.shuffle(mine, new Random(thread));
            for (List<Registration> batch : GalleryCollection.slices(mine, 50)) {
                List<Addition> additions = store.registrations().addAll(ID, batch);
                synchronized (told) {
                    for (int i = 0; i < batch.size(); i++) {
                        told.computeIfAbsent(batch.get(i).id(), _ -> new ArrayList<>())
                                .add(additions.get(i));
                    }
                }
            }
        });

        registrations.forEach(registration -> assertOneAdded(threads, told.getOrDefault(registration.id(), List.of())));
        assertThat(store.labels().count(ID, LabelScope.ALL)).isEqualTo(registrations.size());
    }

    private static void assertOneAdded(int all, List<Addition> told) {
        assertThat(told).hasSize(all).hasOnlyElementsOfTypes(Addition.Added.class, Addition.Present.class);
        assertThat(told).filteredOn(Addition.Added.class::isInstance).hasSize(1);
    }

    @Test
    void replayRightAfterTheAcknowledgementFindsAllPresent() throws Exception {
        inParallel(4, thread -> {
            for (int round = 0; round < 4; round++) {
                List<Registration> batch = registrations("t" + thread + "-" + round, 1_000);
                assertAdded(store.registrations().addAll(ID, batch), batch);
                assertPresent(store.registrations().addAll(ID, batch), batch);
            }
        });

        assertThat(store.labels().count(ID, LabelScope.ALL)).isEqualTo(4 * 4 * 1_000);
    }

    @Test
    void whatWasDeletedIsAddedAgain() throws Exception {
        inParallel(8, thread -> {
            Registration one = registrations("t" + thread, 1).getFirst();
            for (int round = 0; round < 4; round++) {
                assertAdded(store.registrations().addAll(ID, List.of(one)), List.of(one));
                store.registrations().delete(ID, one.id());
                assertThat(store.registrations().find(ID, one.id())).isEmpty();
            }
            assertAdded(store.registrations().addAll(ID, List.of(one)), List.of(one));
            assertPresent(store.registrations().addAll(ID, List.of(one)), List.of(one));
        });

        assertThat(store.labels().count(ID, LabelScope.ALL)).isEqualTo(8);
    }

    @Test
    void importThatIsRepeatedAtOnceFindsAllPresent() throws Exception {
        inParallel(4, thread -> {
            for (int round = 0; round < 4; round++) {
                List<Registration> batch = derived("t" + thread + "-" + round, 500);
                assertThat(store.search().withContents(ID, contents(batch))).isEmpty();

                assertAdded(store.registrations().addAll(ID, batch), batch);
                assertPresent(store.registrations().addAll(ID, batch), batch);
                assertThat(store.search().withContents(ID, contents(batch)))
                        .containsExactlyInAnyOrderElementsOf(
                                batch.stream().map(Registration::key).toList());
                assertPresent(store.registrations().addAll(ID, batch), batch);
            }
        });
    }

    @Test
    void ofImportsOfTheSameAtTheSameTimeOneIsToldThatItWasAdded() throws Exception {
        int threads = 4;
        for (int round = 0; round < 4; round++) {
            List<Registration> batch = derived("round-" + round, 500);
            CyclicBarrier asked = new CyclicBarrier(threads);
            List<List<Addition>> told = Collections.synchronizedList(new ArrayList<>());

            inParallel(threads, _ -> {
                assertThat(store.search().withContents(ID, contents(batch))).isEmpty();
                await(asked);
                told.add(store.registrations().addAll(ID, batch));
            });

            for (int i = 0; i < batch.size(); i++) {
                int row = i;
                assertOneAdded(threads, told.stream().map(of -> of.get(row)).toList());
            }
        }
    }

    @Test
    void importFindsADerivedIdTakenAfterARelabellingAndFreeAfterADeletion() {
        List<Registration> batch = derived("changed", 100);
        assertThat(store.search().withContents(ID, contents(batch))).isEmpty();
        assertAdded(store.registrations().addAll(ID, batch), batch);
        Registration moved = batch.getFirst();
        Registration deleted = batch.getLast();

        RegistrationKey there = store.registrations()
                .relabel(ID, moved.id(), LabelPath.parse("elsewhere"))
                .key();
        store.registrations().delete(ID, deleted.id());

        List<Addition> again = store.registrations().addAll(ID, batch);
        assertThat(again.getFirst()).isEqualTo(new Addition.Taken(there));
        assertPresent(again.subList(1, 99), batch.subList(1, 99));
        assertThat(again.getLast()).isEqualTo(new Addition.Added(deleted));
        assertThat(store.search().withContents(ID, Set.of(deleted.content()))).containsExactly(deleted.key());
    }

    @Test
    void explicitIdsOfOtherContentAreTakenHoweverAbsentTheContentIs() {
        List<Registration> batch = registrations("explicit", 200);
        assertAdded(store.registrations().addAll(ID, batch), batch);
        List<Registration> other = batch.stream()
                .map(registration -> new Registration(
                        ID,
                        registration.id(),
                        registration.label(),
                        Specimens.content("other " + registration.id()),
                        registration.embedding(),
                        Map.of(),
                        Specimens.TIME))
                .toList();
        assertThat(store.search().withContents(ID, contents(other))).isEmpty();

        assertThat(store.registrations().addAll(ID, other))
                .isEqualTo(batch.stream()
                        .<Addition>map(registration -> new Addition.Taken(registration.key()))
                        .toList());
        assertPresent(store.registrations().addAll(ID, batch), batch);
    }

    private static void assertAdded(List<Addition> told, List<Registration> registrations) {
        assertThat(told)
                .isEqualTo(registrations.stream()
                        .<Addition>map(Addition.Added::new)
                        .toList());
    }

    private static void assertPresent(List<Addition> told, List<Registration> registrations) {
        assertThat(told)
                .isEqualTo(registrations.stream()
                        .<Addition>map(Addition.Present::new)
                        .toList());
    }

    private static Set<ContentDigest> contents(List<Registration> registrations) {
        return registrations.stream().map(Registration::content).collect(Collectors.toSet());
    }

    private static List<Registration> registrations(String prefix, int count) {
        Specimens specimens = new Specimens(GALLERY.space(), prefix.hashCode());
        return IntStream.range(0, count)
                .mapToObj(i -> Specimens.registration(
                        GALLERY, prefix + "-" + i, LABELS.get(i % LABELS.size()).toString(), specimens.vector()))
                .toList();
    }

    /** As an import makes them: the id follows from label and content. */
    private static List<Registration> derived(String prefix, int count) {
        return registrations(prefix, count).stream()
                .map(registration -> new Registration(
                        ID,
                        RegistrationId.derived(ID, registration.label(), registration.content()),
                        registration.label(),
                        registration.content(),
                        registration.embedding(),
                        Map.of(),
                        Specimens.TIME))
                .toList();
    }

    private interface Work {
        void of(int thread);
    }

    /** Fails as the first of them does. */
    private static void inParallel(int threads, Work work) throws InterruptedException, ExecutionException {
        List<Future<?>> done = new ArrayList<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                int thread = i;
                done.add(executor.submit(() -> work.of(thread)));
            }
        }
        for (Future<?> one : done) {
            one.get();
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(1, TimeUnit.MINUTES);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }
}
