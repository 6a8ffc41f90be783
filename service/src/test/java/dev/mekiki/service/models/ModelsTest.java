package dev.mekiki.service.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.PreconditionUnmet;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.InferenceObserver;
import dev.mekiki.inference.InferenceSettings;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.service.models.Models.Listing;
import dev.mekiki.service.models.Models.State;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** With real models: the project's own under several names. */
@Timeout(120)
class ModelsTest {

    private static final Path SERVED = Path.of("..", "models", "documents-lcnet050.onnx");
    private static final Duration RETRY = Duration.ofMillis(300);
    private static final InferenceSettings SETTINGS = InferenceSettings.forCpu(1);

    @TempDir
    Path repository;

    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final CountDownLatch opening = new CountDownLatch(1);
    private final Semaphore mayOpen = new Semaphore(1000);

    private Models models;

    @BeforeEach
    void begin() {
        models = models(Optional.of(repository));
    }

    @AfterEach
    void end() {
        models.close();
        models.served().forEach(model -> model.embedder().close());
    }

    private Models models(Optional<Path> from) {
        return new Models(
                List.of(open(SERVED, true)),
                from,
                onnx -> {
                    opening.countDown();
                    mayOpen.acquireUninterruptibly();
                    return open(onnx, false);
                },
                new Models.Audience() {
                    @Override
                    public void served(Model model) {
                        heard.add("+" + model.id());
                    }

                    @Override
                    public void retired(Model model) {
                        heard.add("-" + model.id());
                    }
                },
                Runnable::run,
                RETRY);
    }

    private static Model open(Path onnx, boolean configured) {
        ModelActivity activity = new ModelActivity(InferenceObserver.SILENT, InstantSource.system());
        ImageEmbedder embedder = ImageEmbedder.open(onnx, SETTINGS, activity);
        return new Model(embedder, embedder, SETTINGS, activity, configured);
    }

    /** Lays a model into the repository, {@code seed} in its card. */
    private Path lay(String file, String name, int version, long seed) throws IOException {
        Path onnx = repository.resolve(file + ".onnx");
        if (!Files.exists(onnx)) {
            Files.copy(SERVED, onnx);
        }
        ModelCard card = ModelCard.read(ImageEmbedder.cardOf(SERVED));
        ModelCard.Provenance provenance = card.provenance();
        new ModelCard(
                        name,
                        version,
                        card.sha256(),
                        card.input(),
                        card.output(),
                        card.maxBatch(),
                        card.calibration(),
                        new ModelCard.Provenance(
                                provenance.dataDigest(),
                                seed,
                                provenance.codeVersion(),
                                provenance.jvm(),
                                provenance.details()))
                .write(ImageEmbedder.cardOf(onnx));
        return onnx;
    }

    private List<String> served() {
        return models.served().stream().map(model -> model.id().toString()).toList();
    }

    private Optional<String> found(String name, String version) {
        return models.find(name, version).map(model -> model.id().version());
    }

    private Listing line(String name, String version) throws Exception {
        return models.index().get().stream()
                .filter(listing -> listing.id().equals(new ModelId(name, version)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void servesAModelOnlyOnceItIsWarm() throws Exception {
        lay("new", "documents-lcnet050", 10, 1);
        mayOpen.drainPermits();

        CompletableFuture<Void> loaded = models.load("documents-lcnet050@10");
        opening.await();

        assertThat(found("documents-lcnet050", "10")).isEmpty();
        assertThat(found("documents-lcnet050", "")).contains("3");
        assertThat(line("documents-lcnet050", "10").state()).isEqualTo(State.LOADING);
        assertThat(loaded).isNotDone();

        mayOpen.release(1000);
        loaded.get();
        assertThat(found("documents-lcnet050", "")).contains("10");
        assertThat(found("documents-lcnet050", "3")).contains("3");
        assertThat(served()).containsExactly("documents-lcnet050@10", "documents-lcnet050@3");
        assertThat(line("documents-lcnet050", "10").state()).isEqualTo(State.READY);
        assertThat(heard).containsExactly("+documents-lcnet050@10");
    }

    @Test
    void loadsAndUnloadsAllVersionsOfAName() throws Exception {
        lay("a1", "cards", 1, 1);
        lay("a2", "cards", 2, 1);
        lay("b", "other", 1, 1);

        models.load("cards").get();
        assertThat(served()).containsExactly("cards@2", "cards@1", "documents-lcnet050@3");
        models.load("cards@1").get();
        assertThat(heard).as("loaded again from the same files").containsExactly("+cards@1", "+cards@2");

        models.unload("cards").get();
        assertThat(served()).containsExactly("documents-lcnet050@3");
        assertThat(line("cards", "1"))
                .isEqualTo(new Listing(new ModelId("cards", "1"), State.UNAVAILABLE, "not loaded"));
        assertThat(heard).containsExactly("+cards@1", "+cards@2", "-cards@2", "-cards@1");
    }

    @Test
    void replacesAModelWhoseFilesHaveChanged() throws Exception {
        lay("a", "cards", 1, 1);
        models.load("cards").get();
        Model first = models.find("cards", "1").orElseThrow();
        lay("a", "cards", 1, 2);

        models.load("cards").get();

        assertThat(models.find("cards", "1").orElseThrow().card().provenance().seed())
                .isEqualTo(2);
        assertThatThrownBy(first.embedder().embedPrepared(tensor(), Tenant.UNNAMED, Deadline.NONE)::get)
                .hasCauseInstanceOf(Unavailable.class);
    }

    @Test
    void answersWhatWasTakenBeforeItUnloads() throws Exception {
        lay("a", "cards", 1, 1);
        models.load("cards").get();
        Model model = models.find("cards", "").orElseThrow();
        List<CompletableFuture<EmbeddedImage>> taken = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            taken.add(model.embedder().embedPrepared(tensor(), Tenant.UNNAMED, Deadline.NONE));
        }

        models.unload("cards").get();

        assertThat(taken)
                .allSatisfy(
                        one -> assertThat(one.resultNow().embedding().vector()).hasSize(256));
        assertThat(found("cards", "")).isEmpty();
        assertThatThrownBy(model.embedder().embedPrepared(tensor(), Tenant.UNNAMED, Deadline.NONE)::get)
                .hasCauseInstanceOf(Unavailable.class);
    }

    @Test
    void aBrokenModelChangesNothingAndSaysWhy() throws Exception {
        lay("a1", "cards", 1, 1);
        Path broken = lay("a2", "cards", 2, 1);
        Files.write(broken, new byte[] {1, 2, 3});
        Files.writeString(repository.resolve("b.onnx"), "no card");
        Files.copy(SERVED, repository.resolve("c.onnx"));
        Files.writeString(repository.resolve("c.json"), "{}");

        assertUnmet(models.load("cards"), "MODEL_UNUSABLE", "models/cards@2: SHA-256 ");
        assertUnmet(models.load("b"), "MODEL_UNUSABLE", "models/b: model card b.json: missing");
        assertUnmet(models.load("c"), "MODEL_UNUSABLE", "models/c: model card c.json: ", "'name'");

        assertThat(served()).containsExactly("documents-lcnet050@3");
        assertThat(heard).isEmpty();
        assertThat(line("cards", "2").state()).isEqualTo(State.UNAVAILABLE);
        assertThat(line("cards", "2").reason()).contains("SHA-256");
        assertThat(line("b", "").reason()).isEqualTo("model card b.json: missing");
        models.load("cards@1").get();
        assertThat(served()).containsExactly("cards@1", "documents-lcnet050@3");
    }

    @Test
    void callersAreNotToldWhereModelsLie() throws Exception {
        byte[] noModel = {1, 2, 3};
        Path broken = lay("a", "cards", 1, 1);
        Files.write(broken, noModel);
        Path card = ImageEmbedder.cardOf(broken);
        Files.writeString(
                card,
                Files.readString(card)
                        .replaceFirst(
                                "\"sha256\" : \"[0-9a-f]+\"",
                                "\"sha256\" : \"" + ContentDigest.of(noModel).hex() + "\""));
        Files.writeString(repository.resolve("b.onnx"), "no card");
        Files.createDirectory(repository.resolve("b.json"));

        assertUnmet(models.load("cards"), "MODEL_UNUSABLE", "models/cards@1: cannot be loaded: ");
        assertUnmet(models.load("b"), "MODEL_UNUSABLE", "models/b: model card b.json: cannot be read");

        assertThat(line("cards", "1").reason()).startsWith("cannot be loaded: ");
        assertThat(line("b", "").reason()).isEqualTo("model card b.json: cannot be read");
        assertThat(models.index().get())
                .allSatisfy(listing -> assertThat(listing.reason()).doesNotContain(repository.toString()));
    }

    @Test
    void theModelsOfTheConfigurationStay() throws Exception {
        lay("other", "documents-lcnet050", 3, 77);
        assertUnmet(models.load("documents-lcnet050"), "MODEL_CONFIGURED", "models/documents-lcnet050@3: named by");
        assertUnmet(models.unload("documents-lcnet050"), "MODEL_CONFIGURED", "models/documents-lcnet050@3: named by");

        lay("other", "documents-lcnet050", 4, 77);
        models.load("documents-lcnet050").get();
        assertUnmet(models.unload("documents-lcnet050"), "MODEL_CONFIGURED", "NAME@VERSION");
        assertThat(served()).hasSize(2);
        models.unload("documents-lcnet050@4").get();
        assertThat(found("documents-lcnet050", "")).contains("3");
    }

    @Test
    void refusesTwoFilesOfOneNameAndVersion() throws Exception {
        lay("a", "cards", 1, 1);
        lay("b", "cards", 1, 2);

        assertUnmet(models.load("cards"), "MODEL_UNUSABLE", "a.onnx and b.onnx");
    }

    @Test
    void knowsWhatThereIsNot() {
        assertThatThrownBy(models.load("nothing")::get).hasCauseInstanceOf(NotFound.class);
        assertThatThrownBy(models.unload("nothing")::get).hasCauseInstanceOf(NotFound.class);
        assertThat(found("documents-lcnet050", "9")).isEmpty();
        assertThat(found("", "")).isEmpty();
    }

    @Test
    void changesNothingWithoutARepository() throws Exception {
        end();
        models = models(Optional.empty());

        assertThat(models.canChange()).isFalse();
        assertUnmet(models.load("documents-lcnet050"), "NO_MODEL_REPOSITORY", "mekiki.model.repository: not set");
        assertUnmet(models.unload("documents-lcnet050"), "NO_MODEL_REPOSITORY", "mekiki.model.repository");
        assertThat(models.index().get())
                .containsExactly(new Listing(new ModelId("documents-lcnet050", "3"), State.READY, ""));
    }

    @Test
    void finishesWhatIsBeingLoadedBeforeItCloses() throws Exception {
        lay("a", "cards", 1, 1);
        mayOpen.drainPermits();
        CompletableFuture<Void> loaded = models.load("cards");
        opening.await();

        CompletableFuture<Void> closed = CompletableFuture.runAsync(models::close);
        mayOpen.release(1000);
        closed.get(60, TimeUnit.SECONDS);

        assertThat(loaded).isCompleted();
        assertThat(served()).containsExactly("documents-lcnet050@3");
        assertThatThrownBy(models.load("cards")::get).hasCauseInstanceOf(Unavailable.class);
    }

    private static ByteBuffer tensor() {
        return ByteBuffer.allocate(3 * 192 * 192 * Float.BYTES);
    }

    private void assertUnmet(CompletableFuture<Void> change, String condition, String... message) {
        assertThatThrownBy(change::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(PreconditionUnmet.class, unmet -> {
                    assertThat(unmet.condition()).isEqualTo(condition);
                    assertThat(unmet).hasMessageContainingAll(message);
                    assertThat(unmet.getMessage()).doesNotContain(repository.toString());
                });
    }
}
