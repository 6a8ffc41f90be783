package dev.mekiki.gallery.milvus;

import static dev.mekiki.gallery.contract.Specimens.registration;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.Addition;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.LookUp;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import dev.mekiki.gallery.contract.Specimens;
import dev.mekiki.milvus.server.MilvusServer;
import dev.mekiki.milvus.server.MilvusSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What callers see of it when Milvus dies, stays away and comes back. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class AvailabilityIT {

    private static final Gallery GALLERY = Specimens.gallery("documents", Specimens.space(16));
    private static final Gallery OTHER = Specimens.gallery("others", Specimens.space(16));

    /** Such that whoever waits for one is found out. */
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    /** Far less than the deadline, but room for a pause of the machine. */
    private static final Duration AT_ONCE = Duration.ofSeconds(2);

    @TempDir
    private static Path folder;

    private static MilvusServer server;

    @TempDir
    private Path name;

    private final Specimens specimens = new Specimens(GALLERY.space(), 1);
    private final BlockingQueue<Boolean> told = new LinkedBlockingQueue<>();
    private MilvusGallery store;

    @BeforeAll
    static void start() {
        server = MilvusServer.start(folder, MilvusSettings.forTestsThatKill());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() {
        assumeThat(server.isKillable())
                .as("a server of this test's own, not the one that %s names", MilvusServer.URI_VARIABLE)
                .isTrue();
        store = MilvusGallery.open(
                MilvusGallerySettings.at(server.uri())
                        .withNames("default", TestMilvus.prefix(name))
                        .withDurations(DEADLINE, DEADLINE, Duration.ofSeconds(1)),
                told::add);
        store.catalogue().create(GALLERY);
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    @Test
    void everyCallFailsAtOnceWhileMilvusIsAwayAndWorksWhenItIsBack() throws Exception {
        store.catalogue().create(OTHER);
        List<Registration> acknowledged = registrations("kept", 3_000);
        store.registrations().addAll(GALLERY.id(), acknowledged);
        Registration one = acknowledged.getFirst();

        server.kill();

        calls(one).forEach((call, work) -> {
            long begin = System.nanoTime();
            assertThatThrownBy(work).as(call).isInstanceOf(Unavailable.class);
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).as(call).isLessThan(AT_ONCE);
        });
        assertThat(next()).isFalse();
        assertThat(store.available()).isFalse();
        calls(one)
                .forEach((call, work) -> assertThatThrownBy(work)
                        .as(call)
                        .isInstanceOfSatisfying(
                                Unavailable.class,
                                away -> assertThat(away.retryAfter()).isBetween(Duration.ofMillis(1), AT_ONCE)));
        assertThat(told).as("told once").isEmpty();

        server.restart();

        assertThat(next()).isTrue();
        assertThat(store.available()).isTrue();
        assertThat(store.labels().count(GALLERY.id(), LabelScope.ALL)).isEqualTo(acknowledged.size());
        assertThat(store.search().withIds(GALLERY.id(), ids(acknowledged.subList(0, 1_000))))
                .containsExactlyInAnyOrderElementsOf(acknowledged.subList(0, 1_000).stream()
                        .map(Registration::key)
                        .toList());
        assertThat(store.search().lookUp(question(one)).matches().getFirst().id())
                .isEqualTo(one.id());
        assertThat(store.registrations().addAll(GALLERY.id(), acknowledged))
                .hasSameSizeAs(acknowledged)
                .hasOnlyElementsOfType(Addition.Present.class);
        // last, because it deletes
        for (Map.Entry<String, ThrowingCallable> call : calls(one).entrySet()) {
            try {
                call.getValue().call();
            } catch (Throwable e) {
                throw new AssertionError(call.getKey() + " does not work again", e);
            }
        }
        assertThat(told).as("told once").isEmpty();
    }

    /** One of each kind, such that they succeed one after the other. */
    private Map<String, ThrowingCallable> calls(Registration one) {
        GalleryId id = GALLERY.id();
        LabelPath moved = LabelPath.parse("moved");
        Registration fresh = registration(GALLERY, "fresh", "fresh", one.embedding());
        Gallery third = Specimens.gallery("third", GALLERY.space());
        Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
        calls.put("look up", () -> store.search().lookUp(question(one)));
        calls.put("with ids", () -> store.search().withIds(id, Set.of(one.id())));
        calls.put("with contents", () -> store.search().withContents(id, Set.of(one.content())));
        calls.put("add", () -> store.registrations().addAll(id, List.of(fresh)));
        calls.put("find", () -> store.registrations().find(id, one.id()));
        calls.put("list", () -> store.registrations().list(id, LabelScope.ALL, PageRequest.first(10)));
        calls.put("relabel", () -> store.registrations().relabel(id, one.id(), moved));
        calls.put("delete", () -> store.registrations().delete(id, fresh.id()));
        calls.put("list labels", () -> store.labels().list(id, PageRequest.first(10)));
        calls.put("count", () -> store.labels().count(id, LabelScope.ALL));
        calls.put("move label", () -> store.labels().move(id, moved, one.label(), 10));
        calls.put("delete label", () -> store.labels().delete(id, one.label(), 10));
        calls.put("create gallery", () -> store.catalogue().create(third));
        calls.put("find gallery", () -> store.catalogue().find(id));
        calls.put("list galleries", () -> store.catalogue().list(PageRequest.first(10)));
        calls.put("exchange galleries", () -> store.catalogue().exchange(id, OTHER.id()));
        calls.put("delete gallery", () -> store.catalogue().delete(third.id()));
        return calls;
    }

    @Test
    void changeUnderWayWhenMilvusDiesIsToldSoAndRepeatingItIsHarmless() throws Exception {
        int writers = 4;
        int batch = 250;
        CountDownLatch underWay = new CountDownLatch(3 * writers);
        List<Future<List<List<Registration>>>> written = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
            for (int writer = 0; writer < writers; writer++) {
                String prefix = "w" + writer;
                written.add(threads.submit(() -> writeUntilAway(prefix, batch, underWay)));
            }
            underWay.await();
            server.kill();
        }
        assertThat(next()).isFalse();
        server.restart();
        assertThat(next()).isTrue();

        long before = store.labels().count(GALLERY.id(), LabelScope.ALL);
        long acknowledged = 0;
        long all = 0;
        for (Future<List<List<Registration>>> batches : written) {
            acknowledged += (batches.get().size() - 1L) * batch;
            all += (long) batches.get().size() * batch;
        }
        assertThat(before).isBetween(acknowledged, all);
        for (Future<List<List<Registration>>> batches : written) {
            for (List<Registration> earlier :
                    batches.get().subList(0, batches.get().size() - 1)) {
                assertThat(store.registrations().addAll(GALLERY.id(), earlier))
                        .hasOnlyElementsOfType(Addition.Present.class);
            }
            assertThat(store.registrations().addAll(GALLERY.id(), batches.get().getLast()))
                    .hasOnlyElementsOfTypes(Addition.Added.class, Addition.Present.class);
            assertThat(store.registrations().addAll(GALLERY.id(), batches.get().getLast()))
                    .hasOnlyElementsOfType(Addition.Present.class);
        }
        assertThat(store.labels().count(GALLERY.id(), LabelScope.ALL)).isEqualTo(all);
    }

    @Test
    void readsAndRefusesChangesWhileMilvusTakesNoneAndTakesThemAgainAfterwards() throws Exception {
        List<Registration> acknowledged = new ArrayList<>(registrations("kept", 300));
        store.registrations().addAll(GALLERY.id(), acknowledged);

        server.restartReadOnly();
        for (Boolean available = next(); !available; available = next()) {}

        Unavailable refused = null;
        List<Registration> refusedOnes = List.of();
        // Milvus looks every three seconds whether it still takes changes.
        for (int i = 0; refused == null; i++) {
            List<Registration> batch = registrations("more-" + i, 10);
            try {
                store.registrations().addAll(GALLERY.id(), batch);
                acknowledged.addAll(batch);
            } catch (Unavailable e) {
                refused = e;
                refusedOnes = batch;
            }
        }
        assertThat(refused).hasMessageContaining("quota");
        assertThatThrownBy(() -> store.registrations()
                        .delete(GALLERY.id(), acknowledged.getFirst().id()))
                .isInstanceOf(Unavailable.class);
        requireExactly(acknowledged);
        assertThat(store.search().withIds(GALLERY.id(), ids(refusedOnes))).isEmpty();

        server.restart();
        for (Boolean available = next(); !available; available = next()) {}

        assertThat(store.registrations().addAll(GALLERY.id(), refusedOnes)).hasOnlyElementsOfType(Addition.Added.class);
        acknowledged.addAll(refusedOnes);
        store.registrations().delete(GALLERY.id(), acknowledged.removeFirst().id());
        requireExactly(acknowledged);
    }

    private void requireExactly(List<Registration> registrations) {
        assertThat(store.labels().count(GALLERY.id(), LabelScope.ALL)).isEqualTo(registrations.size());
        for (Registration registration : registrations) {
            assertThat(store.search()
                            .lookUp(question(registration))
                            .matches()
                            .getFirst()
                            .id())
                    .isEqualTo(registration.id());
        }
    }

    /** All batches; the last one was not acknowledged. */
    private List<List<Registration>> writeUntilAway(String prefix, int size, CountDownLatch underWay) {
        List<List<Registration>> batches = new ArrayList<>();
        while (true) {
            List<Registration> batch = registrations(prefix + "-" + batches.size(), size);
            batches.add(batch);
            try {
                assertThat(store.registrations().addAll(GALLERY.id(), batch))
                        .hasSameSizeAs(batch)
                        .hasOnlyElementsOfType(Addition.Added.class);
            } catch (Unavailable e) {
                return batches;
            }
            underWay.countDown();
        }
    }

    private Boolean next() throws InterruptedException {
        return Optional.ofNullable(told.poll(2, TimeUnit.MINUTES))
                .orElseThrow(() -> new AssertionError("nobody was told"));
    }

    private static LookUp question(Registration of) {
        return new LookUp(GALLERY.id(), of.embedding(), LabelScope.ALL, 5, 5);
    }

    private static Set<RegistrationId> ids(List<Registration> registrations) {
        return registrations.stream().map(Registration::id).collect(Collectors.toSet());
    }

    private List<Registration> registrations(String prefix, int count) {
        synchronized (specimens) {
            return IntStream.range(0, count)
                    .mapToObj(i -> registration(GALLERY, prefix + "-" + i, "label-" + i % 10, specimens.vector()))
                    .toList();
        }
    }
}
