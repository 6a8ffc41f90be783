package dev.mekiki.gallery.contract;

import static dev.mekiki.gallery.contract.Specimens.content;
import static dev.mekiki.gallery.contract.Specimens.registration;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.core.decision.Calibration;
import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.failure.AlreadyExists;
import dev.mekiki.core.failure.Failure;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.SpaceMismatch;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.Addition;
import dev.mekiki.core.gallery.Appended;
import dev.mekiki.core.gallery.Candidates;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.GallerySearch;
import dev.mekiki.core.gallery.LabelCount;
import dev.mekiki.core.gallery.LabelCount.SubLabelCount;
import dev.mekiki.core.gallery.LookUp;
import dev.mekiki.core.gallery.Match;
import dev.mekiki.core.gallery.Page;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.gallery.RegistrationKey;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every gallery backend holds to, whatever it is made of. The tests of a backend extend this class and say how one
 * of its stores is opened; every test gets a store of its own.
 *
 * <p>Which candidates a look-up considers may be approximate, so only {@link Searching#topMatchIsNearlyAlwaysTheNearest}
 * compares the choice with the truth on many registrations, with some tolerance; the other tests leave a gap between
 * right and wrong that no index may miss.
 */
public abstract class GalleryContract {

    private static final int DIMENSION = 64;
    private static final EmbeddingSpace SPACE = Specimens.space(DIMENSION);
    private static final int WRITERS = 64;

    /**
     * Opens a store; one that was opened and closed before under the same name is found as it was left.
     *
     * @param name an absolute path of a folder that exists only during one test; a backend that keeps its data
     *     elsewhere derives a name from it
     */
    protected abstract GalleryBackend open(Path name);

    /** How many registrations the tests of searching and of concurrent changes make; at least 500. */
    protected int size() {
        return 1_000;
    }

    @TempDir
    protected Path folder;

    private GalleryBackend store;

    private static final String FAR_AWAY_LETTER = "\uD840\uDC00"; // U+20000, four bytes in UTF-8

    /**
     * Legal labels that a careless prefix, pattern, case-folding or normalising comparison would mix up, or that an
     * unquoted filter would take for something else.
     */
    private static final List<String> LOOK_ALIKES = List.of(
            "a",
            "a/x",
            "a/X",
            "a/x.",
            "a b",
            "a-b",
            "a.b",
            "a_b",
            "aXb",
            "ab",
            "A",
            "a1",
            "café",
            "cafe\u0301",
            "Straße",
            "Strasse",
            "fin",
            "\uFB01n", // with a ligature
            "9",
            "\uFF19", // a wide nine
            "99",
            "9 or 1",
            "1 or 1",
            "and",
            "not",
            "null/null",
            "true",
            "id",
            "パスポート/新",
            "パス/新",
            "שלום/ישן",
            "مرحبا",
            "x".repeat(128),
            "x".repeat(127),
            FAR_AWAY_LETTER.repeat(128) + "/" + FAR_AWAY_LETTER.repeat(128));

    private final Specimens specimens = new Specimens(SPACE, 20260304);
    private final Gallery passports = Specimens.gallery("passports", SPACE);
    private final Gallery cards = Specimens.gallery("cards", SPACE);

    @BeforeEach
    final void openStore() {
        store = open(folder);
        store.catalogue().create(passports);
    }

    @AfterEach
    final void closeStore() {
        store.close();
    }

    private void reopen() {
        store.close();
        store = open(folder);
    }

    private Registration add(String id, String label, Embedding embedding) {
        return store.registrations().add(registration(passports, id, label, embedding));
    }

    private Candidates lookUp(Embedding query, LabelScope scope, int maxMatches, int maxPerLabel) {
        LookUp question = new LookUp(passports.id(), query, scope, maxMatches, maxPerLabel);
        Candidates found = store.search().lookUp(question);
        requireWellFormed(question, found);
        return found;
    }

    private Candidates lookUp(Embedding query) {
        return lookUp(query, LabelScope.ALL, 10, 10);
    }

    /** What holds of every answer, approximate or not. */
    private static void requireWellFormed(LookUp question, Candidates found) {
        Comparator<Match> bestFirst = Comparator.comparing(Match::score)
                .reversed()
                .thenComparing(match -> match.id().value());
        assertThat(found.mainLabels()).isSortedAccordingTo(bestFirst).hasSizeLessThanOrEqualTo(2);
        assertThat(found.subLabels()).isSortedAccordingTo(bestFirst).hasSizeLessThanOrEqualTo(2);
        assertThat(found.matches()).isSortedAccordingTo(bestFirst).hasSizeLessThanOrEqualTo(question.maxMatches());
        assertThat(found.mainLabels()).extracting(match -> match.label().main()).doesNotHaveDuplicates();
        assertThat(found.subLabels()).extracting(Match::label).doesNotHaveDuplicates();
        assertThat(found.matches()).extracting(Match::id).doesNotHaveDuplicates();
        assertThat(found.subLabels().stream().findFirst())
                .isEqualTo(found.mainLabels().stream().findFirst());
        if (question.maxMatches() > 0) {
            assertThat(found.matches().stream().findFirst())
                    .isEqualTo(found.mainLabels().stream().findFirst());
        }
        found.mainLabels().stream()
                .findFirst()
                .ifPresent(best -> assertThat(found.subLabels())
                        .extracting(match -> match.label().main())
                        .containsOnly(best.label().main()));
        Map<String, Integer> perLabel = new HashMap<>();
        found.matches().forEach(match -> perLabel.merge(match.label().main(), 1, Integer::sum));
        assertThat(perLabel.values()).allMatch(count -> count <= question.maxPerLabel());
        assertThat(Stream.of(found.mainLabels(), found.subLabels(), found.matches())
                        .flatMap(List::stream))
                .allMatch(match -> question.scope().covers(match.label()));
    }

    private static List<String> ids(List<Match> matches) {
        return matches.stream().map(match -> match.id().value()).toList();
    }

    /** Turns pages until the last one; between two pages, {@code meanwhile} happens. */
    private static <T> List<T> all(Function<PageRequest, Page<T>> listing, int pageSize, Runnable meanwhile) {
        List<T> items = new ArrayList<>();
        Optional<String> token = Optional.empty();
        do {
            Page<T> page = listing.apply(new PageRequest(pageSize, token));
            assertThat(page.items()).hasSizeLessThanOrEqualTo(pageSize);
            items.addAll(page.items());
            token = page.nextToken();
            meanwhile.run();
        } while (token.isPresent());
        return items;
    }

    private static <T> List<T> all(Function<PageRequest, Page<T>> listing, int pageSize) {
        return all(listing, pageSize, () -> {});
    }

    private List<String> listedIds(LabelScope scope, int pageSize) {
        return all(page -> store.registrations().list(passports.id(), scope, page), pageSize).stream()
                .map(registration -> registration.id().value())
                .toList();
    }

    private List<LabelCount> labels() {
        return all(page -> store.labels().list(passports.id(), page), 7);
    }

    private static <T> List<T> atOnce(List<? extends Callable<T>> tasks) throws InterruptedException {
        try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
            List<T> results = new ArrayList<>();
            for (Future<T> future : threads.invokeAll(tasks)) {
                try {
                    results.add(future.get());
                } catch (ExecutionException e) {
                    throw new AssertionError(e.getCause());
                }
            }
            return results;
        }
    }

    /** Adds registrations none of which is there, in batches. */
    private void addAll(List<Registration> registrations) {
        registrations.stream()
                .collect(Collectors.groupingBy(Registration::gallery))
                .forEach((gallery, batch) -> assertThat(store.registrations().addAll(gallery, batch))
                        .isEqualTo(batch.stream().map(Addition.Added::new).toList()));
    }

    private void addAll(Stream<Registration> registrations) {
        addAll(registrations.toList());
    }

    /** Registrations of about {@code count / 5} labels, each with a few near its centre. */
    private List<Registration> clustered(int count) {
        List<Embedding> centres =
                IntStream.range(0, count / 5).mapToObj(_ -> specimens.vector()).toList();
        return IntStream.range(0, count)
                .mapToObj(i -> registration(
                        passports,
                        "r%06d".formatted(i),
                        "label-" + i % centres.size() + "/side-" + i % 2,
                        specimens.near(centres.get(i % centres.size()), 0.75)))
                .toList();
    }

    /** One registration, {@code r00}, {@code r01}, …, of each of the {@link #LOOK_ALIKES}. */
    private List<Registration> lookAlikes(Gallery gallery) {
        return IntStream.range(0, LOOK_ALIKES.size())
                .mapToObj(i -> registration(gallery, "r%02d".formatted(i), LOOK_ALIKES.get(i), specimens.vector()))
                .toList();
    }

    private long count(String... labels) {
        return store.labels()
                .count(
                        passports.id(),
                        new LabelScope(
                                Arrays.stream(labels).map(LabelPath::parse).collect(Collectors.toSet())));
    }

    private Registration stored(String id) {
        return store.registrations()
                .find(passports.id(), new RegistrationId(id))
                .orElseThrow();
    }

    private static String name(String prefix, int number) {
        return prefix + "-%05d".formatted(number);
    }

    @Nested
    class Cataloguing {

        @Test
        void foundGalleryIsAsItWasCreated() {
            Gallery gallery = new Gallery(
                    new GalleryId("id-cards"),
                    "Ausweise \"neu\" \\ 身分証\n",
                    new EmbeddingSpace("documents-lcnet050@1", 256, "fedcba9876543210"),
                    new DecisionPolicy(1e-4, 0.123456789, Map.of("führer-schein", 0.75, "a=b.c", -0.5), 0.0625),
                    Specimens.TIME);

            store.catalogue().create(gallery);

            assertThat(store.catalogue().find(gallery.id())).contains(gallery);
        }

        @Test
        void unknownGalleryIsNotFound() {
            assertThat(store.catalogue().find(cards.id())).isEmpty();
            assertThatExceptionOfType(NotFound.class)
                    .isThrownBy(() -> store.catalogue().delete(cards.id()))
                    .satisfies(e -> assertThat(e.resource()).isEqualTo("galleries/cards"));
        }

        @Test
        void changedGalleryIsAsItWasChangedToAndStaysSo() {
            Registration there = add("r", "a", specimens.vector());
            DecisionPolicy policy = new DecisionPolicy(
                    1e-3,
                    0.6180339887,
                    Map.of("führer-schein", 0.75, "a=b.c", -0.5),
                    0.03125,
                    Optional.of(new Calibration(
                            "generalised Pareto tail", "sha256 \"é\"", Specimens.TIME, 1_500, 0, 0.003)));

            Gallery changed = store.catalogue().update(passports.id(), gallery -> gallery.with("新しい", policy));

            assertThat(changed).isEqualTo(passports.with("新しい", policy));
            for (int look = 0; look < 2; look++) {
                assertThat(store.catalogue().find(passports.id())).contains(changed);
                assertThat(store.catalogue().list(PageRequest.first(10)).items())
                        .containsExactly(changed);
                assertThat(store.registrations().find(passports.id(), there.id()))
                        .contains(there);
                reopen();
            }
            // Written after the change, by what it has to be read with.
            add("s", "b", specimens.vector());
            reopen();
            assertThat(store.catalogue().find(passports.id())).contains(changed);
            Gallery again = store.catalogue()
                    .update(passports.id(), gallery -> gallery.with(gallery.displayName(), passports.policy()));
            reopen();
            assertThat(store.catalogue().find(passports.id()))
                    .contains(again)
                    .contains(passports.with("新しい", passports.policy()));
        }

        @Test
        void changeGoesWithTheGalleryWhenNamesAreExchanged() {
            store.catalogue().create(cards);
            Gallery changed =
                    store.catalogue().update(passports.id(), gallery -> gallery.with("changed", gallery.policy()));

            store.catalogue().exchange(passports.id(), cards.id());

            assertThat(store.catalogue().find(cards.id())).contains(changed.withId(cards.id()));
            assertThat(store.catalogue().find(passports.id())).contains(cards.withId(passports.id()));
            reopen();
            assertThat(store.catalogue().find(cards.id())).contains(changed.withId(cards.id()));
        }

        @Test
        void holdsAsManyLabelThresholdsAsAPolicyMayHave() {
            Map<String, Double> thresholds = new HashMap<>();
            for (int i = 0; i < DecisionPolicy.MOST_LABEL_THRESHOLDS; i++) {
                thresholds.put("label " + i, i / 1e5);
            }
            DecisionPolicy policy = new DecisionPolicy(1e-3, 0.5, thresholds, 0.05);

            store.catalogue().update(passports.id(), gallery -> gallery.with("", policy));

            reopen();
            assertThat(store.catalogue().find(passports.id()).orElseThrow().policy())
                    .isEqualTo(policy);
        }

        @Test
        void changesOneAfterTheOther() throws InterruptedException {
            atOnce(IntStream.range(0, 8)
                    .mapToObj(i -> (Callable<Gallery>) () -> store.catalogue()
                            .update(
                                    passports.id(),
                                    gallery -> gallery.with(gallery.displayName() + i, gallery.policy())))
                    .toList());

            assertThat(store.catalogue().find(passports.id()).orElseThrow().displayName())
                    .hasSize(8);
        }

        @Test
        void changesNothingElseAndNoGalleryThatIsNotThere() {
            assertThatExceptionOfType(NotFound.class)
                    .isThrownBy(() -> store.catalogue().update(cards.id(), gallery -> gallery))
                    .satisfies(e -> assertThat(e.resource()).isEqualTo("galleries/cards"));
            assertThatThrownBy(() -> store.catalogue().update(passports.id(), gallery -> gallery.withId(cards.id())))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(store.catalogue().list(PageRequest.first(10)).items()).containsExactly(passports);
        }

        @Test
        void secondGalleryOfAnIdIsRefusedAndTheFirstKept() {
            Gallery second =
                    new Gallery(passports.id(), "other", Specimens.space(8), passports.policy(), Specimens.TIME);

            assertThatExceptionOfType(AlreadyExists.class)
                    .isThrownBy(() -> store.catalogue().create(second))
                    .satisfies(e -> assertThat(e.resource()).isEqualTo("galleries/passports"));
            assertThat(store.catalogue().find(passports.id())).contains(passports);
        }

        @Test
        void oneOfManyCreatorsOfAnIdWins() throws InterruptedException {
            AtomicInteger won = new AtomicInteger();

            atOnce(IntStream.range(0, 8)
                    .mapToObj(_ -> (Callable<Integer>) () -> {
                        try {
                            store.catalogue().create(cards);
                            return won.incrementAndGet();
                        } catch (AlreadyExists e) {
                            return 0;
                        }
                    })
                    .toList());

            assertThat(won).hasValue(1);
        }

        @Test
        void listsInOrderOfIdPageByPage() {
            List<String> names = List.of("zebra", "a", "a-1", "a1", "mid", "b");
            names.forEach(name -> store.catalogue().create(Specimens.gallery(name, SPACE)));

            List<Gallery> listed = all(page -> store.catalogue().list(page), 3);

            assertThat(listed)
                    .extracting(gallery -> gallery.id().value())
                    .containsExactly("a", "a-1", "a1", "b", "mid", "passports", "zebra");
        }

        @Test
        void deletedGalleryIsGoneWithItsRegistrations() {
            Registration registration = registration(passports, "r1", "specimen", specimens.vector());
            store.registrations().add(registration);

            store.catalogue().delete(passports.id());

            assertThat(store.catalogue().find(passports.id())).isEmpty();
            assertThat(store.catalogue().list(PageRequest.first(10)).items()).isEmpty();
            requireEverythingNotFound(passports.id(), registration);
        }

        @Test
        void newGalleryOfADeletedNameIsEmptyAndMayHaveAnotherSpace() {
            add("r1", "specimen", specimens.vector());
            store.catalogue().delete(passports.id());
            EmbeddingSpace wider = Specimens.space(96);
            Gallery again = Specimens.gallery("passports", wider);
            store.catalogue().create(again);

            Embedding query = new Specimens(wider, 5).vector();
            Candidates found = store.search().lookUp(new LookUp(again.id(), query, LabelScope.ALL, 10, 10));

            assertThat(found).isEqualTo(new Candidates(List.of(), List.of(), List.of()));
            assertThat(store.registrations().find(again.id(), new RegistrationId("r1")))
                    .isEmpty();
            assertThat(labels()).isEmpty();
            assertThat(listedIds(LabelScope.ALL, 10)).isEmpty();
        }

        @Test
        void nothingIsFoundInAGalleryThatDoesNotExist() {
            requireEverythingNotFound(cards.id(), registration(cards, "r1", "specimen", specimens.vector()));
        }

        @Test
        void foreignPageTokenIsRefused() {
            store.catalogue().create(cards);
            String galleriesToken =
                    store.catalogue().list(PageRequest.first(1)).nextToken().orElseThrow();
            addAll(IntStream.range(0, 3)
                    .mapToObj(i -> registration(passports, "r" + i, "label-" + i, specimens.vector())));

            requireRefused(token -> store.catalogue().list(token), "", "?", "MQ", "x".repeat(5000));
            requireRefused(token -> store.labels().list(passports.id(), token), galleriesToken);
            requireRefused(token -> store.registrations().list(passports.id(), LabelScope.ALL, token), galleriesToken);
        }
    }

    private void requireEverythingNotFound(GalleryId gallery, Registration registration) {
        RegistrationId id = registration.id();
        PageRequest page = PageRequest.first(10);
        List<Supplier<?>> calls = List.of(
                () -> store.registrations().add(registration),
                () -> store.registrations().addAll(gallery, List.of(registration)),
                () -> store.registrations().addAll(gallery, List.of()),
                () -> store.registrations().find(gallery, id),
                () -> store.registrations().list(gallery, LabelScope.ALL, page),
                () -> store.registrations().relabel(gallery, id, LabelPath.of("other")),
                () -> store.search().lookUp(new LookUp(gallery, registration.embedding(), LabelScope.ALL, 10, 10)),
                () -> store.search().withIds(gallery, Set.of(id)),
                () -> store.search().withContents(gallery, Set.of(registration.content())),
                () -> store.labels().list(gallery, page),
                () -> store.labels().count(gallery, LabelScope.ALL),
                () -> store.labels().count(gallery, LabelScope.of(registration.label())),
                () -> store.labels().move(gallery, registration.label(), LabelPath.of("other"), 10),
                () -> store.labels().delete(gallery, registration.label(), 10));
        for (Supplier<?> call : calls) {
            assertThatExceptionOfType(NotFound.class)
                    .isThrownBy(call::get)
                    .satisfies(e -> assertThat(e.resource()).isEqualTo(gallery.resource()));
        }
        assertThatThrownBy(() -> store.registrations().delete(gallery, id)).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> store.catalogue().delete(gallery)).isInstanceOf(NotFound.class);
    }

    private static void requireRefused(Function<PageRequest, ?> listing, String... tokens) {
        for (String token : tokens) {
            assertThatExceptionOfType(InvalidInput.class)
                    .isThrownBy(() -> listing.apply(new PageRequest(1, Optional.of(token))))
                    .satisfies(e -> assertThat(e.field()).isEqualTo("page_token"));
        }
    }

    @Nested
    class Registering {

        @Test
        void foundRegistrationIsAsItWasAdded() {
            Registration registration = new Registration(
                    passports.id(),
                    new RegistrationId("r1"),
                    LabelPath.of("Führerschein", "第2世代"),
                    content("r1"),
                    specimens.vector(),
                    Map.of(
                            "note",
                            "\"quoted\" \\ and ' % _ \n 日本 \u0000 🂡",
                            "empty",
                            "",
                            "k".repeat(128),
                            "v".repeat(4096)),
                    Specimens.TIME);

            Registration stored = store.registrations().add(registration);

            assertThat(stored).isEqualTo(registration);
            assertThat(store.registrations().find(passports.id(), registration.id()))
                    .contains(registration);
        }

        @Test
        void unknownRegistrationIsNotFound() {
            RegistrationId id = new RegistrationId("r1");

            assertThat(store.registrations().find(passports.id(), id)).isEmpty();
            assertThatExceptionOfType(NotFound.class)
                    .isThrownBy(() -> store.registrations().delete(passports.id(), id))
                    .satisfies(e -> assertThat(e.resource()).isEqualTo("galleries/passports/registrations/r1"));
            assertThatExceptionOfType(NotFound.class)
                    .isThrownBy(() -> store.registrations().relabel(passports.id(), id, LabelPath.of("other")))
                    .satisfies(e -> assertThat(e.resource()).isEqualTo("galleries/passports/registrations/r1"));
        }

        @Test
        void replayReturnsWhatIsStored() {
            Registration first = add("r1", "specimen/front", specimens.vector());
            Registration replay = new Registration(
                    first.gallery(),
                    first.id(),
                    first.label(),
                    first.content(),
                    specimens.vector(),
                    Map.of("attempt", "2"),
                    Specimens.TIME.plusSeconds(60));

            assertThat(store.registrations().add(replay)).isEqualTo(first);
            assertThat(store.registrations().find(first.gallery(), first.id())).contains(first);
            assertThat(labels()).containsExactly(new LabelCount("specimen", 1, List.of(new SubLabelCount("front", 1))));
        }

        @Test
        void idOfAnotherLabelOrContentIsRefused() {
            Registration first = add("r1", "specimen/front", specimens.vector());
            Registration otherLabel = first.withLabel(LabelPath.of("specimen"));
            Registration otherContent = new Registration(
                    first.gallery(),
                    first.id(),
                    first.label(),
                    content("something else"),
                    first.embedding(),
                    Map.of(),
                    Specimens.TIME);

            for (Registration other : List.of(otherLabel, otherContent)) {
                assertThatExceptionOfType(AlreadyExists.class)
                        .isThrownBy(() -> store.registrations().add(other))
                        .satisfies(e -> assertThat(e.resource()).isEqualTo("galleries/passports/registrations/r1"));
            }
            assertThat(store.registrations().find(first.gallery(), first.id())).contains(first);
        }

        @Test
        void vectorOfAnotherSpaceIsRefused() {
            EmbeddingSpace retrained = new EmbeddingSpace(SPACE.modelId(), DIMENSION, "another digest");
            for (EmbeddingSpace space : List.of(retrained, Specimens.space(32))) {
                Embedding foreign = new Specimens(space, 1).vector();

                assertThatThrownBy(() -> add("r1", "specimen", foreign)).isInstanceOf(SpaceMismatch.class);
                assertThatThrownBy(() -> lookUp(foreign)).isInstanceOf(SpaceMismatch.class);
            }
            assertThat(labels()).isEmpty();
        }

        @Test
        void relabelledRegistrationMoves() {
            Embedding vector = specimens.vector();
            Registration before = add("r1", "specimen/front", vector);
            add("r2", "specimen/front", specimens.vector());

            Registration after =
                    store.registrations().relabel(passports.id(), before.id(), LabelPath.parse("visa/new"));

            assertThat(after).isEqualTo(before.withLabel(LabelPath.of("visa", "new")));
            assertThat(store.registrations().find(passports.id(), before.id())).contains(after);
            assertThat(lookUp(vector).mainLabels().getFirst().label()).isEqualTo(after.label());
            assertThat(ids(lookUp(vector, LabelScope.of(LabelPath.of("specimen")), 10, 10)
                            .matches()))
                    .containsExactly("r2");
            assertThat(labels())
                    .containsExactly(
                            new LabelCount("specimen", 1, List.of(new SubLabelCount("front", 1))),
                            new LabelCount("visa", 1, List.of(new SubLabelCount("new", 1))));
        }

        @Test
        void relabellingToTheSameLabelChangesNothing() {
            Registration registration = add("r1", "specimen/front", specimens.vector());

            assertThat(store.registrations().relabel(passports.id(), registration.id(), registration.label()))
                    .isEqualTo(registration);
            assertThat(labels()).containsExactly(new LabelCount("specimen", 1, List.of(new SubLabelCount("front", 1))));
        }

        @Test
        void deletedRegistrationIsGone() {
            Embedding vector = specimens.vector();
            Registration registration = add("r1", "specimen", vector);
            add("r2", "visa", specimens.vector());

            store.registrations().delete(passports.id(), registration.id());

            assertThat(store.registrations().find(passports.id(), registration.id()))
                    .isEmpty();
            assertThat(ids(lookUp(vector).matches())).containsExactly("r2");
            assertThat(listedIds(LabelScope.ALL, 10)).containsExactly("r2");
            assertThat(labels()).containsExactly(new LabelCount("visa", 1, List.of()));
            assertThatThrownBy(() -> store.registrations().delete(passports.id(), registration.id()))
                    .isInstanceOf(NotFound.class);
        }

        @Test
        void idOfADeletedRegistrationMayBeUsedAgain() {
            Registration first = add("r1", "specimen", specimens.vector());
            store.registrations().delete(passports.id(), first.id());

            Registration second = add("r1", "visa", specimens.vector());

            assertThat(store.registrations().find(passports.id(), first.id())).contains(second);
            assertThat(labels()).containsExactly(new LabelCount("visa", 1, List.of()));
        }

        @Test
        void longVectorsAreKept() {
            EmbeddingSpace wide = Specimens.space(2048);
            Gallery gallery = Specimens.gallery("wide", wide);
            store.catalogue().create(gallery);
            Registration registration = registration(gallery, "r1", "specimen", new Specimens(wide, 1).vector());

            store.registrations().add(registration);

            assertThat(store.registrations().find(gallery.id(), registration.id()))
                    .contains(registration);
            assertThat(ids(store.search()
                            .lookUp(new LookUp(gallery.id(), registration.embedding(), LabelScope.ALL, 1, 1))
                            .matches()))
                    .containsExactly("r1");
        }
    }

    @Nested
    class Listing {

        @Test
        void listsInOrderOfIdPageByPage() {
            List<String> ids =
                    IntStream.range(0, 25).mapToObj(i -> "r" + i * 7 % 25).toList();
            addAll(ids.stream().map(id -> registration(passports, id, "specimen", specimens.vector())));

            assertThat(listedIds(LabelScope.ALL, 4))
                    .isEqualTo(ids.stream().sorted().toList());
            assertThat(listedIds(LabelScope.ALL, 5))
                    .isEqualTo(ids.stream().sorted().toList());
            assertThat(listedIds(LabelScope.ALL, 1000))
                    .isEqualTo(ids.stream().sorted().toList());
        }

        @Test
        void scopeCoversExactlyItsLabels() {
            addAll(lookAlikes(passports));
            List<LabelScope> scopes = new ArrayList<>();
            LOOK_ALIKES.forEach(label -> scopes.add(LabelScope.of(LabelPath.parse(label))));
            scopes.add(LabelScope.of(LabelPath.of("a b"), LabelPath.of("a", "x"), LabelPath.of("not there")));
            scopes.add(LabelScope.of(LabelPath.of("not there")));

            for (LabelScope scope : scopes) {
                List<String> expected = IntStream.range(0, LOOK_ALIKES.size())
                        .filter(i -> scope.covers(LabelPath.parse(LOOK_ALIKES.get(i))))
                        .mapToObj("r%02d"::formatted)
                        .toList();
                assertThat(listedIds(scope, 2)).as("%s", scope).isEqualTo(expected);
                assertThat(ids(lookUp(specimens.vector(), scope, 100, 100).matches()))
                        .as("%s", scope)
                        .containsExactlyInAnyOrderElementsOf(expected);
            }
        }

        @Test
        void countsOfLookAlikesStayApart() {
            addAll(lookAlikes(passports));

            List<LabelCount> labels = labels();

            Comparator<String> byCodePoints =
                    Comparator.comparing(label -> label.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);
            assertThat(labels)
                    .extracting(LabelCount::main)
                    .isSortedAccordingTo(byCodePoints)
                    .doesNotHaveDuplicates();
            assertThat(labels)
                    .contains(
                            new LabelCount(
                                    "a",
                                    4,
                                    List.of(
                                            new SubLabelCount("X", 1),
                                            new SubLabelCount("x", 1),
                                            new SubLabelCount("x.", 1))),
                            new LabelCount("a b", 1, List.of()),
                            new LabelCount("A", 1, List.of()));
            assertThat(labels.stream().mapToLong(LabelCount::registrations).sum())
                    .isEqualTo(LOOK_ALIKES.size());
        }

        @Test
        void mainLabelsCountIncludesItsSubLabels() {
            addAll(Stream.of(
                    registration(passports, "r1", "passport", specimens.vector()),
                    registration(passports, "r2", "passport/new", specimens.vector()),
                    registration(passports, "r3", "passport/new", specimens.vector()),
                    registration(passports, "r4", "passport/ancient", specimens.vector()),
                    registration(passports, "r5", "visa", specimens.vector())));

            assertThat(labels())
                    .containsExactly(
                            new LabelCount(
                                    "passport",
                                    4,
                                    List.of(new SubLabelCount("ancient", 1), new SubLabelCount("new", 2))),
                            new LabelCount("visa", 1, List.of()));
        }

        @Test
        void labelsComePageByPage() {
            List<String> names =
                    IntStream.range(0, 23).mapToObj(i -> name("label", i)).toList();
            List<Registration> registrations = new ArrayList<>();
            for (String name : names) {
                registrations.add(registration(passports, name + "-a", name, specimens.vector()));
                registrations.add(registration(passports, name + "-b", name + "/sub", specimens.vector()));
            }
            addAll(registrations);

            for (int size : new int[] {1, 5, 23, 1000}) {
                assertThat(all(page -> store.labels().list(passports.id(), page), size))
                        .as("pages of %d", size)
                        .extracting(LabelCount::main)
                        .isEqualTo(names);
            }
        }

        @Test
        void untouchedItemsAppearOnceWhileOthersComeAndGo() {
            List<String> staying =
                    IntStream.range(0, 40).mapToObj(i -> name("s", i)).toList();
            addAll(staying.stream()
                    .map(id -> registration(passports, id, "label-" + id, specimens.vector()))
                    .toList());
            addAll(staying.subList(0, 20).stream()
                    .map(id -> registration(passports, id + "-going", "label-" + id + " x", specimens.vector()))
                    .toList());
            AtomicInteger next = new AtomicInteger();
            Runnable unrest = () -> {
                int i = next.getAndIncrement();
                add(name("s", i * 3) + "-new", "label-" + name("s", i * 3) + " y", specimens.vector());
                if (i < 20) {
                    store.registrations().delete(passports.id(), new RegistrationId(name("s", i) + "-going"));
                }
            };

            List<Registration> listed =
                    all(page -> store.registrations().list(passports.id(), LabelScope.ALL, page), 7, unrest);
            List<LabelCount> labels = all(page -> store.labels().list(passports.id(), page), 7, unrest);

            assertThat(listed)
                    .extracting(registration -> registration.id().value())
                    .isSorted()
                    .doesNotHaveDuplicates()
                    .containsAll(staying);
            assertThat(labels)
                    .extracting(LabelCount::main)
                    .isSorted()
                    .doesNotHaveDuplicates()
                    .containsAll(staying.stream().map(id -> "label-" + id).toList());
        }

        @Test
        void tokenOfAnotherListingIsRefused() {
            store.catalogue().create(cards);
            for (int i = 0; i < 4; i++) {
                add("r" + i, "label-" + i, specimens.vector());
                store.registrations().add(registration(cards, "r" + i, "label-" + i, specimens.vector()));
            }
            LabelScope scope = LabelScope.of(LabelPath.of("label-1"), LabelPath.of("label-2"));
            String ofRegistrations = store.registrations()
                    .list(passports.id(), LabelScope.ALL, PageRequest.first(1))
                    .nextToken()
                    .orElseThrow();
            String ofScope = store.registrations()
                    .list(passports.id(), scope, PageRequest.first(1))
                    .nextToken()
                    .orElseThrow();
            String ofLabels = store.labels()
                    .list(passports.id(), PageRequest.first(1))
                    .nextToken()
                    .orElseThrow();

            requireRefused(
                    page -> store.registrations().list(passports.id(), LabelScope.ALL, page),
                    ofScope,
                    ofLabels,
                    "",
                    "r1",
                    "%%%");
            requireRefused(page -> store.registrations().list(passports.id(), scope, page), ofRegistrations, ofLabels);
            requireRefused(page -> store.registrations().list(cards.id(), LabelScope.ALL, page), ofRegistrations);
            requireRefused(page -> store.labels().list(passports.id(), page), ofRegistrations, ofScope, "", "label-1");
            requireRefused(page -> store.labels().list(cards.id(), page), ofLabels);
        }
    }

    @Nested
    class Searching {

        @Test
        void emptyGalleryHasNoCandidates() {
            assertThat(lookUp(specimens.vector())).isEqualTo(new Candidates(List.of(), List.of(), List.of()));
        }

        @Test
        void scoresAreTheCosinesOfTheStoredVectors() {
            Map<String, Embedding> vectors = new HashMap<>();
            List<Registration> registrations = new ArrayList<>();
            Embedding centre = specimens.vector();
            for (int i = 0; i < 60; i++) {
                Embedding vector = i % 2 == 0 ? specimens.vector() : specimens.near(centre, 0.3 + i / 100.0);
                vectors.put("r" + i, vector);
                registrations.add(registration(passports, "r" + i, "label-" + i % 7 + "/sub-" + i % 3, vector));
            }
            addAll(registrations);
            for (Embedding query : List.of(centre, specimens.vector(), specimens.vector())) {
                Candidates found = lookUp(query, LabelScope.ALL, 60, 60);

                assertThat(found.matches()).hasSize(60);
                assertThat(Stream.of(found.mainLabels(), found.subLabels(), found.matches())
                                .flatMap(List::stream))
                        .allSatisfy(match -> assertThat(match.score().cosine())
                                .isCloseTo(
                                        BruteForce.cosine(
                                                query,
                                                requireNonNull(
                                                        vectors.get(match.id().value()))),
                                        within(1e-6)));
            }
        }

        @Test
        void opposedAndEqualVectorsScoreMinusOneAndOne() {
            Embedding vector = specimens.vector();
            float[] values = vector.vector();
            for (int i = 0; i < values.length; i++) {
                values[i] = -values[i];
            }
            add("equal", "one", vector);
            add("opposed", "other", Embedding.ofUnit(SPACE, values));

            List<Match> matches = lookUp(vector).matches();

            assertThat(ids(matches)).containsExactly("equal", "opposed");
            assertThat(matches.get(0).score().cosine()).isCloseTo(1, within(1e-6));
            assertThat(matches.get(1).score().cosine()).isCloseTo(-1, within(1e-6));
        }

        @Test
        void galleriesDoNotSeeEachOther() {
            store.catalogue().create(cards);
            Embedding vector = specimens.vector();
            addAll(IntStream.range(0, 30)
                    .mapToObj(i -> registration(cards, "r" + i, "shared", specimens.near(vector, 0.9)))
                    .toList());
            add("r1", "shared", specimens.near(vector, 0.5));
            add("r40", "own", specimens.near(vector, 0.4));

            for (LabelScope scope :
                    List.of(LabelScope.ALL, LabelScope.of(LabelPath.of("shared"), LabelPath.of("own")))) {
                Candidates found = lookUp(vector, scope, 50, 50);

                assertThat(ids(found.matches())).containsExactly("r1", "r40");
                assertThat(ids(found.mainLabels())).containsExactly("r1", "r40");
            }
            assertThat(listedIds(LabelScope.ALL, 10)).containsExactly("r1", "r40");
            store.registrations().delete(passports.id(), new RegistrationId("r1"));
            assertThat(store.registrations().find(cards.id(), new RegistrationId("r1")))
                    .isPresent();
        }

        @Test
        void listIsAsLongAsAskedEvenForNone() {
            addAll(IntStream.range(0, 12)
                    .mapToObj(i -> registration(passports, "r" + i, "label-" + i, specimens.vector())));

            for (int wanted : new int[] {0, 1, 5, 12}) {
                Candidates found = lookUp(specimens.vector(), LabelScope.ALL, wanted, 1);

                assertThat(found.matches()).hasSize(wanted);
                assertThat(found.mainLabels()).hasSize(2);
            }
            assertThat(lookUp(specimens.vector(), LabelScope.ALL, 1000, 1).matches())
                    .hasSize(12);
        }

        @Test
        void scopeNarrowsEveryList() {
            Embedding query = specimens.vector();
            add("best", "passport/new", specimens.near(query, 0.95));
            add("old", "passport/old", specimens.near(query, 0.9));
            add("plain", "passport", specimens.near(query, 0.85));
            add("visa", "visa/new", specimens.near(query, 0.8));
            add("card", "card", specimens.near(query, 0.75));

            Candidates inOld = lookUp(query, LabelScope.of(LabelPath.of("passport", "old")), 10, 10);
            assertThat(ids(inOld.mainLabels())).containsExactly("old");
            assertThat(ids(inOld.subLabels())).containsExactly("old");
            assertThat(ids(inOld.matches())).containsExactly("old");

            Candidates inTwo =
                    lookUp(query, LabelScope.of(LabelPath.of("passport", "old"), LabelPath.of("card")), 10, 10);
            assertThat(ids(inTwo.mainLabels())).containsExactly("old", "card");
            assertThat(ids(inTwo.subLabels())).containsExactly("old");

            Candidates inMain = lookUp(query, LabelScope.of(LabelPath.of("passport")), 10, 10);
            assertThat(ids(inMain.mainLabels())).containsExactly("best");
            assertThat(ids(inMain.subLabels())).containsExactly("best", "old");
            assertThat(ids(inMain.matches())).containsExactly("best", "old", "plain");

            assertThat(lookUp(query, LabelScope.of(LabelPath.of("elsewhere")), 10, 10))
                    .isEqualTo(new Candidates(List.of(), List.of(), List.of()));
        }

        @Test
        void narrowScopeIsFoundBehindManyNearerRegistrations() {
            Embedding query = specimens.vector();
            addAll(IntStream.range(0, size())
                    .mapToObj(
                            i -> registration(passports, name("near", i), "near-" + i % 50, specimens.near(query, 0.8)))
                    .toList());
            addAll(IntStream.range(0, 5)
                    .mapToObj(i -> registration(
                            passports, "far-" + i, "far/sub-" + i, specimens.near(query, 0.3 - 0.04 * i))));

            Candidates found = lookUp(query, LabelScope.of(LabelPath.of("far")), 10, 10);

            assertThat(ids(found.matches())).containsExactly("far-0", "far-1", "far-2", "far-3", "far-4");
            assertThat(ids(found.subLabels())).containsExactly("far-0", "far-1");
        }

        @Test
        void crowdedLabelNeitherFillsTheListNorHidesTheRunnerUp() {
            Embedding query = specimens.vector();
            addAll(IntStream.range(0, size())
                    .mapToObj(i -> registration(passports, name("crowd", i), "crowd/front", specimens.near(query, 0.9)))
                    .toList());
            addAll(IntStream.range(0, 8)
                    .mapToObj(i -> registration(
                            passports, "other-" + i, "other-" + i, specimens.near(query, 0.6 - 0.05 * i))));
            add("back", "crowd/back", specimens.near(query, 0.5));

            Candidates found = lookUp(query, LabelScope.ALL, 10, 3);

            assertThat(found.mainLabels())
                    .extracting(match -> match.label().main())
                    .containsExactly("crowd", "other-0");
            assertThat(found.subLabels())
                    .extracting(Match::label)
                    .containsExactly(LabelPath.of("crowd", "front"), LabelPath.of("crowd", "back"));
            assertThat(found.matches())
                    .extracting(match -> match.label().main())
                    .containsExactly(
                            "crowd", "crowd", "crowd", "other-0", "other-1", "other-2", "other-3", "other-4", "other-5",
                            "other-6");
            assertThat(lookUp(query, LabelScope.ALL, 0, 1).mainLabels())
                    .extracting(match -> match.label().main())
                    .containsExactly("crowd", "other-0");
        }

        @Test
        void severalCrowdedLabelsLeaveRoomForOthers() {
            Embedding query = specimens.vector();
            addAll(IntStream.range(0, size())
                    .mapToObj(i -> registration(
                            passports, name("crowd", i), "crowd-" + i % 4, specimens.near(query, 0.9 - 0.1 * (i % 4))))
                    .toList());
            add("lonely", "lonely", specimens.near(query, 0.1));

            assertThat(lookUp(query, LabelScope.ALL, 10, 1).matches())
                    .extracting(match -> match.label().main())
                    .containsExactly("crowd-0", "crowd-1", "crowd-2", "crowd-3", "lonely");
        }

        @Test
        void subLabelsAreThePathsOfTheWinnerOnly() {
            Embedding query = specimens.vector();
            add("plain", "passport", specimens.near(query, 0.9));
            add("visa-1", "visa/new", specimens.near(query, 0.85));
            add("visa-2", "visa/old", specimens.near(query, 0.8));
            add("new", "passport/new", specimens.near(query, 0.7));
            add("old", "passport/old", specimens.near(query, 0.6));

            Candidates found = lookUp(query);

            assertThat(ids(found.mainLabels())).containsExactly("plain", "visa-1");
            assertThat(ids(found.subLabels())).containsExactly("plain", "new");
            assertThat(ids(found.matches())).containsExactly("plain", "visa-1", "visa-2", "new", "old");
        }

        @Test
        void equalScoresAreInOrderOfId() {
            Embedding vector = specimens.vector();
            List<String> ids =
                    IntStream.range(0, 20).mapToObj(i -> "r" + i * 7 % 20).toList();
            addAll(ids.stream().map(id -> registration(passports, id, "label-" + id, vector)));
            List<String> sorted = ids.stream().sorted().toList();

            for (Embedding query : List.of(vector, specimens.vector())) {
                Candidates found = lookUp(query, LabelScope.ALL, 8, 8);

                assertThat(ids(found.matches())).isEqualTo(sorted.subList(0, 8));
                assertThat(ids(found.mainLabels())).isEqualTo(sorted.subList(0, 2));
            }
        }

        @Test
        void topMatchIsNearlyAlwaysTheNearest() {
            List<Registration> registrations = clustered(size());
            addAll(registrations);
            int queries = 300;
            int right = 0;
            for (int i = 0; i < queries; i++) {
                Embedding query =
                        specimens.near(registrations.get(i * 7 % size()).embedding(), 0.8);

                Match found = lookUp(query, LabelScope.ALL, 1, 1).matches().getFirst();

                Registration nearest = BruteForce.nearest(registrations, query);
                boolean asNear = found.score().cosine() >= BruteForce.cosine(nearest.embedding(), query) - 1e-6;
                right += asNear ? 1 : 0;
            }
            assertThat(right / (double) queries).isGreaterThanOrEqualTo(0.99);
        }

        @Test
        void everyRegistrationIsFoundByItsOwnVector() {
            List<Registration> registrations = clustered(500);
            addAll(registrations);

            for (Registration registration : registrations) {
                assertThat(ids(lookUp(registration.embedding(), LabelScope.ALL, 1, 1)
                                .matches()))
                        .containsExactly(registration.id().value());
            }
        }
    }

    @Nested
    class Concurrency {

        @Test
        void lookUpThatBeginsAfterAChangeSeesIt() {
            for (int i = 0; i < 20; i++) {
                Embedding vector = specimens.vector();
                RegistrationId id = add("r" + i, "first", vector).id();
                assertThat(lookUp(vector).matches().getFirst().label()).isEqualTo(LabelPath.of("first"));
                assertThat(labels()).hasSize(1);

                store.registrations().relabel(passports.id(), id, LabelPath.of("second"));
                assertThat(lookUp(vector).matches().getFirst().label()).isEqualTo(LabelPath.of("second"));
                assertThat(store.registrations()
                                .find(passports.id(), id)
                                .orElseThrow()
                                .label())
                        .isEqualTo(LabelPath.of("second"));

                store.registrations().delete(passports.id(), id);
                assertThat(lookUp(vector).matches()).isEmpty();
                assertThat(labels()).isEmpty();
            }
        }

        @Test
        void manyWritersLoseNothingAndSeeTheirOwn() throws InterruptedException {
            List<Registration> registrations = clustered(size());

            List<Boolean> seen = atOnce(registrations.stream()
                    .map(registration -> (Callable<Boolean>) () -> {
                        store.registrations().add(registration);
                        return ids(lookUp(registration.embedding(), LabelScope.ALL, 1, 1)
                                        .matches())
                                .contains(registration.id().value());
                    })
                    .toList());

            assertThat(seen).hasSize(size()).containsOnly(true);
            assertThat(listedIds(LabelScope.ALL, 1000))
                    .isEqualTo(registrations.stream()
                            .map(registration -> registration.id().value())
                            .toList());
            assertThat(labels().stream().mapToLong(LabelCount::registrations).sum())
                    .isEqualTo(size());
        }

        @Test
        void concurrentReplaysMakeOneRegistration() throws InterruptedException {
            Registration registration = registration(passports, "r1", "specimen", specimens.vector());

            List<Registration> stored = atOnce(IntStream.range(0, 64)
                    .mapToObj(_ ->
                            (Callable<Registration>) () -> store.registrations().add(registration))
                    .toList());

            assertThat(stored).containsOnly(registration);
            assertThat(labels()).containsExactly(new LabelCount("specimen", 1, List.of()));
        }

        @Test
        void oneOfManyRivalsForAnIdWins() throws InterruptedException {
            List<Registration> rivals = IntStream.range(0, 32)
                    .mapToObj(i -> registration(passports, "r1", "label-" + i, specimens.vector()))
                    .toList();

            List<String> outcomes = atOnce(rivals.stream()
                    .map(rival -> (Callable<String>) () -> {
                        try {
                            return store.registrations().add(rival).label().main();
                        } catch (AlreadyExists e) {
                            return "refused";
                        }
                    })
                    .toList());

            String winner = store.registrations()
                    .find(passports.id(), new RegistrationId("r1"))
                    .orElseThrow()
                    .label()
                    .main();
            assertThat(outcomes)
                    .filteredOn(outcome -> !outcome.equals("refused"))
                    .containsExactly(winner);
            assertThat(labels()).containsExactly(new LabelCount(winner, 1, List.of()));
        }

        @Test
        void everyDeletionSucceedsOnce() throws InterruptedException {
            List<Registration> registrations = clustered(100);
            addAll(registrations);
            List<Registration> twice = Stream.concat(registrations.stream(), registrations.stream())
                    .toList();

            List<Boolean> deleted = atOnce(twice.stream()
                    .map(registration -> (Callable<Boolean>) () -> {
                        try {
                            store.registrations().delete(passports.id(), registration.id());
                            return true;
                        } catch (NotFound e) {
                            return false;
                        }
                    })
                    .toList());

            assertThat(deleted).filteredOn(done -> done).hasSize(100);
            assertThat(labels()).isEmpty();
        }

        @Test
        void galleryDeletedUnderWritersAnswersOnlyWithNotFound() throws InterruptedException {
            List<Registration> registrations = clustered(500);
            List<Callable<String>> tasks = new ArrayList<>();
            for (int i = 0; i < registrations.size(); i++) {
                Registration registration = registrations.get(i);
                boolean deletes = i == 250;
                tasks.add(() -> {
                    try {
                        if (deletes) {
                            store.catalogue().delete(passports.id());
                            return "deleted";
                        }
                        store.registrations().add(registration);
                        return "added";
                    } catch (Failure e) {
                        return e.getClass().getSimpleName();
                    }
                });
            }

            Set<String> outcomes = new HashSet<>(atOnce(tasks));

            assertThat(outcomes).containsExactlyInAnyOrder("added", "deleted", "NotFound");
            store.catalogue().create(passports);
            assertThat(labels()).isEmpty();
        }
    }

    @Nested
    class Batches {

        @Test
        void outcomesAreInTheOrderOfTheBatch() {
            Registration there = add("there", "specimen/front", specimens.vector());
            Registration elsewhere = add("elsewhere", "visa", specimens.vector());
            Registration first = registration(passports, "zebra", "specimen", specimens.vector());
            Registration last = registration(passports, "ant", "specimen", specimens.vector());
            Registration otherLabel = elsewhere.withLabel(LabelPath.of("visa", "new"));
            Registration otherContent = new Registration(
                    there.gallery(),
                    there.id(),
                    there.label(),
                    content("something else"),
                    there.embedding(),
                    Map.of(),
                    Specimens.TIME);

            List<Addition> outcomes =
                    store.registrations().addAll(passports.id(), List.of(first, there, otherLabel, otherContent, last));

            assertThat(outcomes)
                    .containsExactly(
                            new Addition.Added(first),
                            new Addition.Present(there),
                            new Addition.Taken(elsewhere.key()),
                            new Addition.Taken(there.key()),
                            new Addition.Added(last));
            assertThat(Stream.of("zebra", "there", "elsewhere", "ant").map(GalleryContract.this::stored))
                    .containsExactly(first, there, elsewhere, last);
            assertThat(count()).isEqualTo(4);
        }

        @Test
        void firstOfAnIdIsThereForTheNextInTheBatch() {
            Registration first = registration(passports, "r1", "specimen", specimens.vector());
            Registration again = registration(passports, "r1", "specimen", specimens.vector());
            Registration rival = first.withLabel(LabelPath.of("visa"));

            List<Addition> outcomes = store.registrations().addAll(passports.id(), List.of(first, again, rival));

            assertThat(outcomes)
                    .containsExactly(
                            new Addition.Added(first), new Addition.Present(first), new Addition.Taken(first.key()));
            assertThat(stored("r1")).isEqualTo(first);
            assertThat(labels()).containsExactly(new LabelCount("specimen", 1, List.of()));
        }

        @Test
        void replayChangesNothing() {
            List<Registration> registrations = clustered(100);
            addAll(registrations);
            List<LabelCount> labels = labels();

            assertThat(store.registrations().addAll(passports.id(), registrations))
                    .isEqualTo(registrations.stream().map(Addition.Present::new).toList());
            assertThat(labels()).isEqualTo(labels);
            assertThat(listedIds(LabelScope.ALL, 1000)).hasSize(100);
        }

        @Test
        void replayOfABatchThatWasAddedInPartAddsTheRest() {
            List<Registration> registrations = clustered(60);
            addAll(registrations.subList(20, 40));

            assertThat(store.registrations().addAll(passports.id(), registrations))
                    .isEqualTo(IntStream.range(0, 60)
                            .mapToObj(i -> i >= 20 && i < 40
                                    ? new Addition.Present(registrations.get(i))
                                    : new Addition.Added(registrations.get(i)))
                            .toList());
            assertThat(listedIds(LabelScope.ALL, 1000)).hasSize(60);
        }

        @Test
        void vectorOfAnotherSpaceKeepsTheWholeBatchOut() {
            EmbeddingSpace retrained = new EmbeddingSpace(SPACE.modelId(), DIMENSION, "another digest");
            List<Registration> batch = List.of(
                    registration(passports, "r1", "specimen", specimens.vector()),
                    registration(passports, "r2", "specimen", new Specimens(retrained, 1).vector()));

            assertThatThrownBy(() -> store.registrations().addAll(passports.id(), batch))
                    .isInstanceOf(SpaceMismatch.class);

            assertThat(labels()).isEmpty();
            assertThat(store.registrations().find(passports.id(), new RegistrationId("r1")))
                    .isEmpty();
        }

        @Test
        void changesTakeAccountOfWhatIsDurableBeforeItIsShown() {
            List<Registration> registrations = clustered(40);
            Registration moved = registrations.get(1);
            Registration deleted = registrations.get(2);
            LabelPath elsewhere = LabelPath.of("elsewhere");

            Appended first = store.registrations().append(passports.id(), registrations);
            Appended again = store.registrations().append(passports.id(), registrations.subList(0, 1));
            Appended rival = store.registrations()
                    .append(passports.id(), List.of(registrations.get(3).withLabel(elsewhere)));
            assertThat(store.registrations().relabel(passports.id(), moved.id(), elsewhere))
                    .isEqualTo(moved.withLabel(elsewhere));
            store.registrations().delete(passports.id(), deleted.id());

            assertThat(first.awaitShown())
                    .isEqualTo(registrations.stream().map(Addition.Added::new).toList());
            assertThat(again.awaitShown()).containsExactly(new Addition.Present(registrations.getFirst()));
            assertThat(rival.awaitShown())
                    .containsExactly(new Addition.Taken(registrations.get(3).key()));
            assertThat(count()).isEqualTo(39);
            assertThat(stored(moved.id().value())).isEqualTo(moved.withLabel(elsewhere));
        }

        @Test
        void whatWasAppendedIsSeenOnceItIsSaidToBeShown() {
            List<Registration> registrations = clustered(100);
            List<Appended> appended = registrations.stream()
                    .map(registration -> store.registrations().append(passports.id(), List.of(registration)))
                    .toList();

            appended.getLast().awaitShown();
            assertThat(ids(lookUp(registrations.getLast().embedding(), LabelScope.ALL, 1, 1)
                            .matches()))
                    .containsExactly(registrations.getLast().id().value());
            appended.forEach(Appended::awaitShown);

            assertThat(count()).isEqualTo(100);
            assertThat(store.search()
                            .withContents(
                                    passports.id(),
                                    registrations.stream()
                                            .map(Registration::content)
                                            .collect(Collectors.toSet())))
                    .hasSize(100);
        }

        @Test
        void emptyBatchChangesNothing() {
            assertThat(store.registrations().addAll(passports.id(), List.of())).isEmpty();
            assertThat(labels()).isEmpty();
        }

        @Test
        void largeBatchIsThere() {
            List<Registration> registrations = clustered(2_500);

            addAll(registrations);

            assertThat(count()).isEqualTo(2_500);
            assertThat(all(page -> store.registrations().list(passports.id(), LabelScope.ALL, page), 1000))
                    .isEqualTo(registrations);
            for (int i = 0; i < registrations.size(); i += 125) {
                assertThat(ids(lookUp(registrations.get(i).embedding(), LabelScope.ALL, 1, 1)
                                .matches()))
                        .containsExactly(registrations.get(i).id().value());
            }
        }

        @Test
        void batchesOfManyCallersAddEverythingOnce() throws InterruptedException {
            List<Registration> registrations = clustered(200);

            List<List<Addition>> outcomes = atOnce(IntStream.range(0, 8)
                    .mapToObj(i -> (Callable<List<Addition>>) () -> {
                        List<Registration> mine = new ArrayList<>(registrations);
                        Collections.rotate(mine, 25 * i);
                        return store.registrations().addAll(passports.id(), mine);
                    })
                    .toList());

            assertThat(outcomes.stream().flatMap(List::stream).filter(Addition.Added.class::isInstance))
                    .containsExactlyInAnyOrderElementsOf(
                            registrations.stream().map(Addition.Added::new).toList());
            assertThat(outcomes.stream().flatMap(List::stream).filter(Addition.Present.class::isInstance))
                    .hasSize(7 * 200);
            assertThat(count()).isEqualTo(200);
        }
    }

    @Nested
    class AskingForKeys {

        private Registration of(String id, String label, String content) {
            return new Registration(
                    passports.id(),
                    new RegistrationId(id),
                    LabelPath.parse(label),
                    content(content),
                    specimens.vector(),
                    Map.of("not", "asked for"),
                    Specimens.TIME);
        }

        private List<RegistrationKey> withContents(String... contents) {
            return store.search()
                    .withContents(
                            passports.id(),
                            Arrays.stream(contents).map(Specimens::content).collect(Collectors.toSet()));
        }

        @Test
        void keysOfIdsThatAreThere() {
            Registration one = of("r1", "specimen/front", "one");
            Registration two = of("r2", "visa", "two");
            addAll(List.of(one, two, of("r3", "visa", "three")));

            assertThat(store.search().withIds(passports.id(), Set.of(one.id(), two.id(), new RegistrationId("r4"))))
                    .containsExactlyInAnyOrder(one.key(), two.key());
            assertThat(store.search().withIds(passports.id(), Set.of(new RegistrationId("r"))))
                    .isEmpty();
            assertThat(store.search().withIds(passports.id(), Set.of())).isEmpty();
        }

        @Test
        void contentIsFoundUnderEveryLabel() {
            Registration front = of("r1", "specimen/front", "shared");
            Registration visa = of("r2", "visa", "shared");
            Registration own = of("r3", "visa", "own");
            addAll(List.of(front, visa, own, of("r4", "visa", "other")));

            assertThat(withContents("shared", "own", "unknown"))
                    .containsExactlyInAnyOrder(front.key(), visa.key(), own.key());
            assertThat(withContents("unknown")).isEmpty();
            assertThat(withContents()).isEmpty();
        }

        @Test
        void contentInManyPlacesIsFoundInSixteenOfThem() {
            List<Registration> many = IntStream.range(0, 20)
                    .mapToObj(i -> of("many-" + i, "label-" + i, "everywhere"))
                    .toList();
            List<Registration> sixteen = IntStream.range(0, 16)
                    .mapToObj(i -> of("sixteen-" + i, "label-" + i, "sixteen times"))
                    .toList();
            Registration one = of("one", "label-0", "once");
            addAll(many);
            addAll(sixteen);
            addAll(List.of(one));

            List<RegistrationKey> found = withContents("everywhere", "sixteen times", "once");

            assertThat(found)
                    .doesNotHaveDuplicates()
                    .containsAll(sixteen.stream().map(Registration::key).toList())
                    .contains(one.key())
                    .hasSize(16 + 16 + 1);
            assertThat(many.stream().map(Registration::key).toList())
                    .containsAll(found.stream()
                            .filter(key -> key.content().equals(content("everywhere")))
                            .toList());
        }

        @Test
        void keysFollowRelabellingAndDeletion() {
            Registration moved = of("r1", "specimen/front", "moved");
            Registration gone = of("r2", "specimen/front", "gone");
            addAll(List.of(moved, gone));

            RegistrationKey after = store.registrations()
                    .relabel(passports.id(), moved.id(), LabelPath.of("visa"))
                    .key();
            store.registrations().delete(passports.id(), gone.id());

            assertThat(after.label()).isEqualTo(LabelPath.of("visa"));
            assertThat(withContents("moved", "gone")).containsExactly(after);
            assertThat(store.search().withIds(passports.id(), Set.of(moved.id(), gone.id())))
                    .containsExactly(after);
        }

        @Test
        void asManyAsMayBeAskedForAtOnceAreFound() {
            List<Registration> registrations =
                    clustered(GallerySearch.MAX_KEYS + 100).subList(0, GallerySearch.MAX_KEYS);
            addAll(registrations);
            List<RegistrationKey> keys =
                    registrations.stream().map(Registration::key).toList();

            assertThat(store.search()
                            .withIds(
                                    passports.id(),
                                    keys.stream().map(RegistrationKey::id).collect(Collectors.toSet())))
                    .containsExactlyInAnyOrderElementsOf(keys);
            assertThat(store.search()
                            .withContents(
                                    passports.id(),
                                    keys.stream().map(RegistrationKey::content).collect(Collectors.toSet())))
                    .containsExactlyInAnyOrderElementsOf(keys);
        }
    }

    @Nested
    class ChangingLabels {

        private void addSome() {
            addAll(Stream.of("passport", "passport/new", "passport/new", "passport/old", "visa/new", "visa")
                    .map(label -> registration(passports, "r" + sequence++, label, specimens.vector())));
        }

        private int sequence;

        /** Repeats a step until nothing is left. */
        private int untilNothingIsLeft(int most, IntSupplier step) {
            int total = 0;
            while (true) {
                int changed = step.getAsInt();
                assertThat(changed).isBetween(0, most);
                if (changed == 0) {
                    return total;
                }
                total += changed;
            }
        }

        private int move(String from, String to, int most) {
            return untilNothingIsLeft(
                    most, () -> store.labels().move(passports.id(), LabelPath.parse(from), LabelPath.parse(to), most));
        }

        private int delete(String label, int most) {
            return untilNothingIsLeft(most, () -> store.labels().delete(passports.id(), LabelPath.parse(label), most));
        }

        @Test
        void countIsOfTheScope() {
            addSome();

            assertThat(count()).isEqualTo(6);
            assertThat(count("passport")).isEqualTo(4);
            assertThat(count("passport/new")).isEqualTo(2);
            assertThat(count("passport/new", "visa/new")).isEqualTo(3);
            assertThat(count("passport", "passport/new", "visa")).isEqualTo(6);
            assertThat(count("card")).isZero();
            assertThat(count("card", "passport/old")).isEqualTo(1);
        }

        @Test
        void countFollowsEveryChange() {
            addSome();

            store.registrations().delete(passports.id(), new RegistrationId("r1"));
            store.registrations().relabel(passports.id(), new RegistrationId("r2"), LabelPath.of("visa"));

            assertThat(count()).isEqualTo(5);
            assertThat(count("passport")).isEqualTo(2);
            assertThat(count("passport/new")).isZero();
            assertThat(count("visa")).isEqualTo(3);
        }

        @Test
        void countOfLookAlikesIsTheirOwn() {
            addAll(lookAlikes(passports));

            for (String label : LOOK_ALIKES) {
                LabelPath path = LabelPath.parse(label);
                assertThat(count(label))
                        .as(label)
                        .isEqualTo(LOOK_ALIKES.stream()
                                .filter(other -> path.covers(LabelPath.parse(other)))
                                .count());
            }
        }

        @Test
        void movedMainLabelTakesItsSubLabelsWithIt() {
            addSome();
            Registration before = stored("r1");

            assertThat(move("passport", "id card", 100)).isEqualTo(4);

            assertThat(labels())
                    .containsExactly(
                            new LabelCount(
                                    "id card", 4, List.of(new SubLabelCount("new", 2), new SubLabelCount("old", 1))),
                            new LabelCount("visa", 2, List.of(new SubLabelCount("new", 1))));
            Registration after = before.withLabel(LabelPath.of("id card", "new"));
            assertThat(stored("r1")).isEqualTo(after);
            assertThat(lookUp(before.embedding()).mainLabels().getFirst().label())
                    .isEqualTo(after.label());
            assertThat(ids(lookUp(before.embedding(), LabelScope.of(LabelPath.of("passport")), 10, 10)
                            .matches()))
                    .isEmpty();
            assertThat(listedIds(LabelScope.of(LabelPath.of("id card")), 10)).containsExactly("r0", "r1", "r2", "r3");
            assertThat(store.search().withContents(passports.id(), Set.of(before.content())))
                    .containsExactly(after.key());
        }

        @Test
        void subLabelMovesToAnother() {
            addSome();

            assertThat(move("passport/new", "card/second", 100)).isEqualTo(2);

            assertThat(labels())
                    .containsExactly(
                            new LabelCount("card", 2, List.of(new SubLabelCount("second", 2))),
                            new LabelCount("passport", 2, List.of(new SubLabelCount("old", 1))),
                            new LabelCount("visa", 2, List.of(new SubLabelCount("new", 1))));
        }

        @Test
        void subLabelMovesUpToItsMainLabel() {
            addSome();

            assertThat(move("passport/new", "passport", 100)).isEqualTo(2);

            assertThat(labels())
                    .containsExactly(
                            new LabelCount("passport", 4, List.of(new SubLabelCount("old", 1))),
                            new LabelCount("visa", 2, List.of(new SubLabelCount("new", 1))));
        }

        @Test
        void movedJoinThoseThatAreThere() {
            addSome();

            assertThat(move("visa", "passport", 100)).isEqualTo(2);

            assertThat(labels())
                    .containsExactly(new LabelCount(
                            "passport", 6, List.of(new SubLabelCount("new", 3), new SubLabelCount("old", 1))));
            assertThat(count("visa")).isZero();
        }

        @Test
        void moveThatIsNoneIsRefused() {
            addSome();
            List<LabelCount> labels = labels();

            for (List<String> refused : List.of(
                    List.of("passport", "passport"),
                    List.of("passport/new", "passport/new"),
                    List.of("passport", "passport/new"),
                    List.of("passport", "card/new"))) {
                assertThatExceptionOfType(InvalidInput.class)
                        .isThrownBy(() -> move(refused.get(0), refused.get(1), 100))
                        .satisfies(e -> assertThat(e.field()).isEqualTo("new_label"));
            }
            assertThat(labels()).isEqualTo(labels);
        }

        @Test
        void labelThatIsNotThereMovesAndDeletesNothing() {
            addSome();

            assertThat(move("pass", "card", 100)).isZero();
            assertThat(move("visa/old", "card", 100)).isZero();
            assertThat(delete("pass", 100)).isZero();
            assertThat(delete("visa/old", 100)).isZero();
            assertThat(count()).isEqualTo(6);
        }

        @Test
        void movesInStepsAndGoesOnWhereItBrokeOff() {
            List<Registration> many = IntStream.range(0, 25)
                    .mapToObj(i -> registration(passports, name("r", i), "crowd/side-" + i % 3, specimens.vector()))
                    .toList();
            addAll(many);

            int first = store.labels().move(passports.id(), LabelPath.of("crowd"), LabelPath.of("people"), 10);
            assertThat(first).isBetween(1, 10);
            assertThat(count("people")).isEqualTo(first);
            assertThat(count("crowd")).isEqualTo(25 - first);
            reopen();
            assertThat(count("people")).isEqualTo(first);

            assertThat(move("crowd", "people", 10)).isEqualTo(25 - first);
            assertThat(labels())
                    .containsExactly(new LabelCount(
                            "people",
                            25,
                            List.of(
                                    new SubLabelCount("side-0", 9),
                                    new SubLabelCount("side-1", 8),
                                    new SubLabelCount("side-2", 8))));
            assertThat(all(page -> store.registrations().list(passports.id(), LabelScope.ALL, page), 100))
                    .isEqualTo(many.stream()
                            .map(r -> r.withLabel(r.label().moved(LabelPath.of("crowd"), LabelPath.of("people"))))
                            .toList());
        }

        @Test
        void deletesInSteps() {
            addSome();
            addAll(IntStream.range(0, 25)
                    .mapToObj(
                            i -> registration(passports, name("crowd", i), "crowd/side-" + i % 3, specimens.vector())));

            int first = store.labels().delete(passports.id(), LabelPath.of("crowd"), 10);
            assertThat(first).isBetween(1, 10);
            assertThat(count("crowd")).isEqualTo(25 - first);

            assertThat(delete("crowd", 10)).isEqualTo(25 - first);
            assertThat(delete("passport/new", 100)).isEqualTo(2);
            assertThat(labels())
                    .containsExactly(
                            new LabelCount("passport", 2, List.of(new SubLabelCount("old", 1))),
                            new LabelCount("visa", 2, List.of(new SubLabelCount("new", 1))));
            assertThat(listedIds(LabelScope.ALL, 10)).containsExactly("r0", "r3", "r4", "r5");
        }

        @Test
        void lookAlikesOfAMovedOrDeletedLabelStay() {
            addAll(lookAlikes(passports));
            List<LabelPath> expected =
                    new ArrayList<>(LOOK_ALIKES.stream().map(LabelPath::parse).toList());

            for (String label : List.of("a", "cafe\u0301", "9 or 1", "and", "null", "パス", "x".repeat(127))) {
                LabelPath from = LabelPath.of(label);
                LabelPath to = LabelPath.of("moved " + expected.indexOf(from));
                assertThat(move(label, to.main(), 100)).as(label).isPositive();
                expected.replaceAll(path -> from.covers(path) ? path.moved(from, to) : path);
                assertThat(all(page -> store.registrations().list(passports.id(), LabelScope.ALL, page), 100))
                        .as("after moving %s", label)
                        .extracting(Registration::label)
                        .isEqualTo(expected);
            }
            for (String label : List.of("A", "café", "99", "1 or 1", "not", "パスポート", "x".repeat(128))) {
                LabelPath gone = LabelPath.of(label);
                assertThat(delete(label, 100)).as(label).isPositive();
                expected.removeIf(gone::covers);
                assertThat(all(page -> store.registrations().list(passports.id(), LabelScope.ALL, page), 100))
                        .as("after deleting %s", label)
                        .extracting(Registration::label)
                        .isEqualTo(expected);
            }
        }

        @Test
        void stepsOfManyCallersMoveEverythingOnce() throws InterruptedException {
            addAll(IntStream.range(0, 100)
                    .mapToObj(i -> registration(passports, name("r", i), "crowd/side-" + i % 3, specimens.vector())));

            atOnce(IntStream.range(0, 4)
                    .mapToObj(_ -> (Callable<Integer>) () -> move("crowd", "people", 30))
                    .toList());

            assertThat(labels())
                    .containsExactly(new LabelCount(
                            "people",
                            100,
                            List.of(
                                    new SubLabelCount("side-0", 34),
                                    new SubLabelCount("side-1", 33),
                                    new SubLabelCount("side-2", 33))));
        }
    }

    @Nested
    class Exchanging {

        private final EmbeddingSpace wider = Specimens.space(96);
        private final Specimens widerSpecimens = new Specimens(wider, 7);
        private final Gallery anew = new Gallery(
                new GalleryId("passports-anew"),
                "Passports, embedded anew",
                wider,
                new DecisionPolicy(1e-2, 0.25, Map.of("visa", 0.75), 0.125),
                Specimens.TIME.plusSeconds(1));
        private Registration old;
        private Registration renewed;

        @BeforeEach
        void addBoth() {
            store.catalogue().create(anew);
            old = registration(passports, "r1", "specimen/old", specimens.vector());
            renewed = registration(anew, "r1", "specimen/renewed", widerSpecimens.vector());
            addAll(List.of(old, registration(passports, "r2", "only in the old", specimens.vector())));
            addAll(List.of(renewed));
        }

        private void exchange() {
            store.catalogue().exchange(passports.id(), anew.id());
        }

        private void requireExchanged() {
            GalleryId name = passports.id();
            assertThat(store.catalogue().find(name)).contains(anew.withId(name));
            assertThat(store.catalogue().find(anew.id())).contains(passports.withId(anew.id()));
            assertThat(store.catalogue().list(PageRequest.first(10)).items())
                    .containsExactly(anew.withId(name), passports.withId(anew.id()));
            requireHolds(name, renewed, new LabelCount("specimen", 1, List.of(new SubLabelCount("renewed", 1))));
            requireHolds(
                    anew.id(),
                    old,
                    new LabelCount("only in the old", 1, List.of()),
                    new LabelCount("specimen", 1, List.of(new SubLabelCount("old", 1))));
        }

        private void requireAsBefore() {
            assertThat(store.catalogue().list(PageRequest.first(10)).items()).containsExactly(passports, anew);
            requireHolds(
                    passports.id(),
                    old,
                    new LabelCount("only in the old", 1, List.of()),
                    new LabelCount("specimen", 1, List.of(new SubLabelCount("old", 1))));
            requireHolds(anew.id(), renewed, new LabelCount("specimen", 1, List.of(new SubLabelCount("renewed", 1))));
        }

        private void requireHolds(GalleryId name, Registration r1, LabelCount... labels) {
            Registration expected = in(name, r1);
            assertThat(store.registrations().find(name, r1.id())).contains(expected);
            assertThat(store.search()
                            .lookUp(new LookUp(name, r1.embedding(), LabelScope.ALL, 1, 1))
                            .matches())
                    .extracting(Match::label)
                    .containsExactly(r1.label());
            assertThat(store.registrations()
                            .list(name, LabelScope.of(LabelPath.of("specimen")), PageRequest.first(10))
                            .items())
                    .containsExactly(expected);
            assertThat(store.labels().list(name, PageRequest.first(10)).items()).containsExactly(labels);
            assertThat(store.labels().count(name, LabelScope.ALL)).isEqualTo(labels.length);
            assertThat(store.search().withIds(name, Set.of(r1.id()))).containsExactly(r1.key());
            assertThat(store.search().withContents(name, Set.of(r1.content()))).containsExactly(r1.key());
        }

        private static Registration in(GalleryId gallery, Registration registration) {
            return new Registration(
                    gallery,
                    registration.id(),
                    registration.label(),
                    registration.content(),
                    registration.embedding(),
                    registration.attributes(),
                    registration.createTime());
        }

        @Test
        void everythingFollowsTheName() {
            exchange();

            requireExchanged();
            EmbeddingSpace space = passports.space();
            assertThatThrownBy(() -> lookUp(new Specimens(space, 1).vector())).isInstanceOf(SpaceMismatch.class);
        }

        @Test
        void exchangedTwiceIsAsBefore() {
            exchange();
            store.catalogue().exchange(anew.id(), passports.id());

            requireAsBefore();
        }

        @Test
        void exchangeOutlivesTheProcess() {
            exchange();
            reopen();

            requireExchanged();

            exchange();
            reopen();

            requireAsBefore();
        }

        @Test
        void changesAfterwardsGoWhereTheNameIs() {
            exchange();

            Registration added = store.registrations()
                    .add(registration(anew.withId(passports.id()), "r3", "visa", widerSpecimens.vector()));
            Registration relabelled =
                    store.registrations().relabel(passports.id(), new RegistrationId("r1"), LabelPath.of("visa"));
            store.registrations().delete(anew.id(), new RegistrationId("r2"));
            assertThat(store.labels().move(anew.id(), LabelPath.of("specimen"), LabelPath.of("card"), 10))
                    .isEqualTo(1);

            for (int i = 0; i < 2; i++) {
                assertThat(stored("r3")).isEqualTo(added);
                assertThat(stored("r1")).isEqualTo(relabelled);
                assertThat(labels()).containsExactly(new LabelCount("visa", 2, List.of()));
                assertThat(store.registrations().find(anew.id(), new RegistrationId("r1")))
                        .contains(in(anew.id(), old).withLabel(LabelPath.of("card", "old")));
                assertThat(store.labels().list(anew.id(), PageRequest.first(10)).items())
                        .containsExactly(new LabelCount("card", 1, List.of(new SubLabelCount("old", 1))));
                reopen();
            }
        }

        @Test
        void oldOneIsDeletedAndItsNameUsedAgain() {
            exchange();
            store.catalogue().delete(anew.id());

            assertThat(store.catalogue().list(PageRequest.first(10)).items())
                    .containsExactly(anew.withId(passports.id()));
            requireEverythingNotFound(anew.id(), in(anew.id(), old));
            store.catalogue().create(anew);
            assertThat(store.labels().count(anew.id(), LabelScope.ALL)).isZero();
            addAll(List.of(renewed.withLabel(LabelPath.of("third"))));
            exchange();
            reopen();

            requireHolds(passports.id(), renewed.withLabel(LabelPath.of("third")));
        }

        private void requireHolds(GalleryId name, Registration only) {
            assertThat(all(page -> store.registrations().list(name, LabelScope.ALL, page), 10))
                    .containsExactly(in(name, only));
        }

        @Test
        void threeGalleriesExchangeInTurn() {
            store.catalogue().create(cards);
            addAll(List.of(registration(cards, "r9", "card", specimens.vector())));

            store.catalogue().exchange(passports.id(), anew.id());
            store.catalogue().exchange(passports.id(), cards.id());
            reopen();

            assertThat(store.catalogue().list(PageRequest.first(10)).items())
                    .containsExactly(
                            anew.withId(cards.id()), cards.withId(passports.id()), passports.withId(anew.id()));
            assertThat(listedIds(LabelScope.ALL, 10)).containsExactly("r9");
            requireHolds(cards.id(), renewed);
        }

        @Test
        void galleryThatDoesNotExistIsNotExchanged() {
            for (GalleryId one : List.of(passports.id(), cards.id())) {
                GalleryId other = one.equals(cards.id()) ? passports.id() : cards.id();
                assertThatExceptionOfType(NotFound.class)
                        .isThrownBy(() -> store.catalogue().exchange(one, other))
                        .satisfies(e -> assertThat(e.resource()).isEqualTo("galleries/cards"));
            }
            requireAsBefore();
        }

        @Test
        void exchangeWithItselfIsRefused() {
            assertThatExceptionOfType(InvalidInput.class)
                    .isThrownBy(() -> store.catalogue().exchange(passports.id(), passports.id()))
                    .satisfies(e -> assertThat(e.field()).isEqualTo("other"));
            requireAsBefore();
        }

        @Test
        void lookUpsDuringExchangesSeeOneOfBoth() throws InterruptedException {
            store.catalogue().create(cards);
            Embedding query = specimens.vector();
            List<Registration> ofPassports = IntStream.range(0, 20)
                    .mapToObj(i -> registration(passports, name("p", i), "passport", specimens.near(query, 0.8)))
                    .toList();
            addAll(ofPassports);
            addAll(ofPassports.stream()
                    .map(r -> new Registration(
                            cards.id(),
                            new RegistrationId(r.id().value().replace('p', 'c')),
                            LabelPath.of("card"),
                            r.content(),
                            r.embedding(),
                            r.attributes(),
                            r.createTime())));
            store.labels().delete(passports.id(), LabelPath.of("specimen"), 10);
            store.labels().delete(passports.id(), LabelPath.of("only in the old"), 10);
            AtomicBoolean exchanging = new AtomicBoolean(true);
            Callable<Boolean> exchanger = () -> {
                try {
                    for (int i = 0; i < 20; i++) {
                        store.catalogue().exchange(passports.id(), cards.id());
                    }
                    return true;
                } finally {
                    exchanging.set(false);
                }
            };
            Callable<Boolean> reader = () -> {
                do {
                    for (GalleryId name : List.of(passports.id(), cards.id())) {
                        Candidates found = store.search().lookUp(new LookUp(name, query, LabelScope.ALL, 30, 30));
                        assertThat(found.matches())
                                .hasSize(20)
                                .extracting(Match::label)
                                .containsOnly(found.matches().getFirst().label());
                        assertThat(store.labels()
                                        .list(name, PageRequest.first(10))
                                        .items())
                                .isIn(
                                        List.of(new LabelCount("passport", 20, List.of())),
                                        List.of(new LabelCount("card", 20, List.of())));
                        assertThat(store.registrations()
                                        .list(name, LabelScope.ALL, PageRequest.first(30))
                                        .items())
                                .hasSize(20)
                                .allMatch(r -> r.gallery().equals(name));
                        assertThat(store.catalogue().find(name).orElseThrow().id())
                                .isEqualTo(name);
                    }
                } while (exchanging.get());
                return true;
            };

            assertThat(atOnce(List.of(reader, reader, reader, exchanger))).containsOnly(true);

            assertThat(labels()).containsExactly(new LabelCount("passport", 20, List.of()));
        }

        @Test
        void writesDuringExchangesAreNeitherLostNorRefused() throws InterruptedException {
            store.catalogue().create(cards);
            List<Callable<Boolean>> tasks = new ArrayList<>();
            tasks.add(() -> {
                for (int i = 0; i < 10; i++) {
                    store.catalogue().exchange(passports.id(), cards.id());
                }
                return true;
            });
            for (int writer = 0; writer < 8; writer++) {
                List<List<Registration>> batches = new ArrayList<>();
                for (int batch = 0; batch < 5; batch++) {
                    String prefix = "w" + writer + "-" + batch;
                    batches.add(IntStream.range(0, 5)
                            .mapToObj(i -> registration(passports, name(prefix, i), "crowd", specimens.vector()))
                            .toList());
                }
                tasks.add(() -> {
                    for (List<Registration> batch : batches) {
                        assertThat(store.registrations().addAll(passports.id(), batch))
                                .hasSize(5)
                                .allMatch(Addition.Added.class::isInstance);
                    }
                    return true;
                });
            }

            assertThat(atOnce(tasks)).containsOnly(true);

            LabelScope crowd = LabelScope.of(LabelPath.of("crowd"));
            assertThat(Stream.of(passports.id(), cards.id())
                            .flatMap(name -> all(page -> store.registrations().list(name, crowd, page), 100).stream())
                            .map(Registration::id))
                    .doesNotHaveDuplicates()
                    .hasSize(8 * 5 * 5);
        }
    }

    /** What is in one gallery is nobody else's business, whatever it is called and however it is asked for. */
    @Nested
    class Isolation {

        /** Neighbours by name, each with the same ids and contents under labels of its own. */
        private final List<Gallery> galleries = Stream.of("p", "passport", "passports", "passports-1", "cards")
                .map(name -> name.equals("passports") ? passports : Specimens.gallery(name, SPACE))
                .toList();

        private final Map<GalleryId, List<Registration>> expected = new HashMap<>();

        @BeforeEach
        void fillAll() {
            for (int g = 0; g < galleries.size(); g++) {
                Gallery gallery = galleries.get(g);
                if (!gallery.equals(passports)) {
                    store.catalogue().create(gallery);
                }
                List<Registration> registrations = new ArrayList<>();
                for (int i = 0; i < LOOK_ALIKES.size(); i++) {
                    String label = LOOK_ALIKES.get((i + g) % LOOK_ALIKES.size());
                    registrations.add(registration(gallery, "r%02d".formatted(i), label, specimens.vector()));
                }
                registrations.add(registration(gallery, "s" + g, "own label " + g, specimens.vector()));
                addAll(registrations);
                expected.put(gallery.id(), registrations);
            }
        }

        private List<Registration> expected(GalleryId gallery, LabelScope scope) {
            return requireNonNull(expected.get(gallery)).stream()
                    .filter(registration -> scope.covers(registration.label()))
                    .toList();
        }

        private void requireOnlyItsOwn(GalleryId gallery, LabelScope scope) {
            List<Registration> own = expected(gallery, scope);
            assertThat(all(page -> store.registrations().list(gallery, scope, page), 1000))
                    .as("%s of %s", scope, gallery)
                    .isEqualTo(own);
            assertThat(store.labels().count(gallery, scope))
                    .as("%s of %s", scope, gallery)
                    .isEqualTo(own.size());
            LookUp question = new LookUp(gallery, specimens.vector(), scope, 1000, 1000);
            Candidates found = store.search().lookUp(question);
            requireWellFormed(question, found);
            assertThat(found.matches())
                    .as("%s of %s", scope, gallery)
                    .extracting(match -> match.id() + " " + match.label())
                    .containsExactlyInAnyOrderElementsOf(own.stream()
                            .map(registration -> registration.id() + " " + registration.label())
                            .toList());
            assertThat(Stream.concat(found.mainLabels().stream(), found.subLabels().stream()))
                    .allMatch(match -> own.stream()
                            .anyMatch(registration -> registration.id().equals(match.id())
                                    && registration.label().equals(match.label())));
        }

        private void requireOnlyItsOwn(GalleryId gallery) {
            List<Registration> own = expected(gallery, LabelScope.ALL);
            requireOnlyItsOwn(gallery, LabelScope.ALL);
            List<RegistrationKey> keys = own.stream().map(Registration::key).toList();
            Stream<Registration> everywhere = expected.values().stream().flatMap(List::stream);
            assertThat(store.search()
                            .withIds(gallery, everywhere.map(Registration::id).collect(Collectors.toSet())))
                    .as("%s", gallery)
                    .containsExactlyInAnyOrderElementsOf(keys);
            everywhere = expected.values().stream().flatMap(List::stream);
            assertThat(store.search()
                            .withContents(
                                    gallery,
                                    everywhere.map(Registration::content).collect(Collectors.toSet())))
                    .as("%s", gallery)
                    .containsExactlyInAnyOrderElementsOf(keys);
            Map<String, Long> perMain =
                    own.stream().collect(Collectors.groupingBy(r -> r.label().main(), Collectors.counting()));
            assertThat(all(page -> store.labels().list(gallery, page), 7))
                    .as("%s", gallery)
                    .extracting(label -> label.main() + " " + label.registrations())
                    .containsExactlyInAnyOrderElementsOf(perMain.entrySet().stream()
                            .map(label -> label.getKey() + " " + label.getValue())
                            .toList());
        }

        @Test
        void everyQuestionIsAnsweredFromOneGallery() {
            galleries.forEach(gallery -> requireOnlyItsOwn(gallery.id()));
        }

        @Test
        void everyScopeIsOfOneGallery() {
            List<LabelScope> scopes = new ArrayList<>();
            LOOK_ALIKES.forEach(label -> scopes.add(LabelScope.of(LabelPath.parse(label))));
            scopes.add(LabelScope.of(LabelPath.of("own label 0"), LabelPath.of("own label 4")));
            scopes.add(new LabelScope(LOOK_ALIKES.stream().map(LabelPath::parse).collect(Collectors.toSet())));
            scopes.add(LabelScope.of(LabelPath.of("or"), LabelPath.of("id in"), LabelPath.of("1")));

            for (Gallery gallery : List.of(passports, galleries.getFirst())) {
                scopes.forEach(scope -> requireOnlyItsOwn(gallery.id(), scope));
            }
        }

        @Test
        void registrationOfAnIdIsThatOfTheGallery() {
            for (Gallery gallery : galleries) {
                for (Registration registration : List.of(
                        expected(gallery.id(), LabelScope.ALL).getFirst(),
                        expected(gallery.id(), LabelScope.ALL).getLast())) {
                    assertThat(store.registrations().find(gallery.id(), registration.id()))
                            .contains(registration);
                }
            }
            assertThat(store.registrations().find(passports.id(), new RegistrationId("s0")))
                    .isEmpty();
            assertThatThrownBy(() -> store.registrations().delete(passports.id(), new RegistrationId("s0")))
                    .isInstanceOf(NotFound.class);
            assertThatThrownBy(() ->
                            store.registrations().relabel(passports.id(), new RegistrationId("s0"), LabelPath.of("x")))
                    .isInstanceOf(NotFound.class);
        }

        @Test
        void changesLeaveOtherGalleriesAlone() {
            List<Registration> own = new ArrayList<>(expected(passports.id(), LabelScope.ALL));
            expected.put(passports.id(), own);

            Registration deleted = own.removeFirst();
            store.registrations().delete(passports.id(), deleted.id());
            own.set(
                    0,
                    store.registrations().relabel(passports.id(), own.getFirst().id(), LabelPath.of("own label 0")));
            for (String label : List.of("a", "9 or 1", "null", "own label 0")) {
                LabelPath from = LabelPath.of(label);
                LabelPath to = LabelPath.of("moved " + label);
                while (store.labels().move(passports.id(), from, to, 100) > 0) {}
                own.replaceAll(
                        r -> from.covers(r.label()) ? r.withLabel(r.label().moved(from, to)) : r);
            }
            for (String label : List.of("and", "1 or 1", "パス", "cafe\u0301")) {
                LabelPath gone = LabelPath.of(label);
                while (store.labels().delete(passports.id(), gone, 100) > 0) {}
                own.removeIf(registration -> gone.covers(registration.label()));
            }

            galleries.forEach(gallery -> requireOnlyItsOwn(gallery.id()));

            store.catalogue().delete(galleries.getFirst().id());
            galleries.stream().skip(1).forEach(gallery -> requireOnlyItsOwn(gallery.id()));
        }

        /** So no backend ever gets to see them. */
        @Test
        void hostileNamesAreRefusedBeforeTheyReachAnyGallery() {
            List<String> hostile = List.of(
                    "",
                    " ",
                    "\"",
                    "a\"",
                    "a' or '1'='1",
                    "a\" or id != \"",
                    "a\\",
                    "a%",
                    "a*",
                    "a;b",
                    "a==b",
                    "a[0]",
                    "a{b}",
                    "a\0b",
                    "a\nb",
                    "a\u202Eb", // writes backwards from here
                    "a\uD83D\uDE00", // a smiling face
                    "a\uD800", // half a character
                    "\u0301a", // nothing that the accent is on
                    "../a",
                    "a ",
                    "-a",
                    "x".repeat(129),
                    "x".repeat(64 * 1024),
                    "\"".repeat(64 * 1024),
                    FAR_AWAY_LETTER.repeat(129));

            for (String text : hostile) {
                List<Supplier<?>> uses = List.of(
                        () -> new GalleryId(text),
                        () -> new RegistrationId(text),
                        () -> LabelPath.of(text),
                        () -> LabelPath.of("a", text));
                for (Supplier<?> use : uses) {
                    assertThatExceptionOfType(InvalidInput.class)
                            .isThrownBy(use::get)
                            .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
                }
            }
        }
    }

    @Nested
    class Reopening {

        @Test
        void everythingIsAsItWasLeft() {
            List<Registration> registrations = clustered(300);
            addAll(registrations);
            store.catalogue().create(cards);
            store.catalogue().create(Specimens.gallery("gone", SPACE));
            store.catalogue().delete(new GalleryId("gone"));
            store.registrations().delete(passports.id(), registrations.get(7).id());
            store.registrations().relabel(passports.id(), registrations.get(8).id(), LabelPath.of("moved"));
            List<LabelCount> labels = labels();
            Candidates found = lookUp(registrations.get(8).embedding());

            reopen();

            assertThat(store.catalogue().list(PageRequest.first(10)).items()).containsExactly(cards, passports);
            assertThat(labels()).isEqualTo(labels);
            assertThat(lookUp(registrations.get(8).embedding())).isEqualTo(found);
            assertThat(store.registrations()
                            .find(passports.id(), registrations.get(7).id()))
                    .isEmpty();
            assertThat(store.registrations()
                            .find(passports.id(), registrations.get(9).id()))
                    .contains(registrations.get(9));
            assertThat(listedIds(LabelScope.ALL, 100)).hasSize(299);
        }

        @Test
        void pageTokenOutlivesTheProcess() {
            addAll(IntStream.range(0, 6)
                    .mapToObj(i -> registration(passports, "r" + i, "label-" + i, specimens.vector())));
            Optional<String> token = store.registrations()
                    .list(passports.id(), LabelScope.ALL, PageRequest.first(4))
                    .nextToken();

            reopen();

            assertThat(store.registrations()
                            .list(passports.id(), LabelScope.ALL, new PageRequest(4, token))
                            .items())
                    .extracting(registration -> registration.id().value())
                    .containsExactly("r4", "r5");
        }

        @Test
        void closedStoreIsUnavailable() {
            Registration registration = registration(passports, "r1", "specimen", specimens.vector());
            store.close();

            assertThatThrownBy(() -> store.registrations().add(registration)).isInstanceOf(Unavailable.class);
            assertThatThrownBy(() -> lookUp(registration.embedding())).isInstanceOf(Unavailable.class);
            assertThatThrownBy(() -> store.catalogue().create(cards)).isInstanceOf(Unavailable.class);
            assertThatThrownBy(() -> store.catalogue().find(passports.id())).isInstanceOf(Unavailable.class);
        }
    }
}
