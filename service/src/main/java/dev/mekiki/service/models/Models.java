package dev.mekiki.service.models;

import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.Overloaded;
import dev.mekiki.core.failure.PreconditionUnmet;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.inference.session.ModelUnusable;
import dev.mekiki.service.models.ModelRepository.Entry;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The models that serve, by name and version. Those that the configuration names are here from the beginning and stay;
 * others are loaded from the repository and unloaded while the service runs, one at a time, on a thread of their own.
 *
 * <p>A loaded model is to be seen once it is warm. An unloaded one is not to be seen any more at once; those who have
 * found it before are answered or get {@link Unavailable}, and then its memory is freed. Thread-safe.
 */
public final class Models implements AutoCloseable {

    private static final Logger LOG = Logger.getLogger(Models.class);

    /** Changes that may wait for their turn. */
    private static final int MOST_WAITING = 8;

    private static final Comparator<Model> NEWEST_FIRST = Comparator.comparing(
                    (Model model) -> model.id().name())
            .thenComparing(Comparator.comparingInt((Model model) -> model.card().version())
                    .reversed());

    private final Optional<ModelRepository> repository;
    private final Opener opener;
    private final Audience audience;
    private final Executor reading;
    private final ExecutorService changes;

    /** What is going on with models, or went wrong with them last. */
    private final Map<ModelId, Note> notes = new ConcurrentHashMap<>();

    /** Replaced as a whole, by the thread of changes; sorted. */
    private volatile List<Model> served;

    /** How a model is opened. */
    @FunctionalInterface
    public interface Opener {

        /**
         * Opens a model and warms it, which takes a while.
         *
         * @param onnx its card lies beside it
         * @throws ModelUnusable if it cannot be run
         * @throws IllegalArgumentException if its card is not valid
         * @throws UncheckedIOException if a file cannot be read
         */
        Model open(Path onnx);
    }

    /** Hears of models that come and go; called by the thread of changes. */
    public interface Audience {

        /** A model serves from now on, beside a former one with the same id, if there is one. */
        void served(Model model);

        /** A model is about to be closed. */
        void retired(Model model);
    }

    /** Whether a model is to be had. */
    public enum State {
        READY,
        LOADING,
        UNLOADING,
        UNAVAILABLE
    }

    private record Note(State state, String reason) {}

    /**
     * A line of the index.
     *
     * @param id of the model; without a version, if its card cannot be read
     * @param reason why it is not ready, empty if there is nothing to say
     */
    public record Listing(ModelId id, State state, String reason) {}

    /**
     * @param configured the models that the configuration names
     * @param repository where others are loaded from; empty if that is not wanted
     * @param reading where the repository is looked at
     * @param retryAfter what a caller is told to wait where too many models are being loaded
     */
    public Models(
            List<Model> configured,
            Optional<Path> repository,
            Opener opener,
            Audience audience,
            Executor reading,
            Duration retryAfter) {
        this.served = configured.stream().sorted(NEWEST_FIRST).toList();
        this.repository = repository.map(ModelRepository::new);
        this.opener = opener;
        this.audience = audience;
        this.reading = reading;
        this.changes = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(MOST_WAITING),
                Thread.ofPlatform().name("mekiki-models-", 0).daemon().factory(),
                (_, pool) -> {
                    throw pool.isShutdown()
                            ? new Unavailable("the service is stopping", retryAfter)
                            : new Overloaded("queue of models to load", MOST_WAITING, retryAfter);
                });
    }

    /** All that serve now, the versions of one name together, the newest first. */
    public List<Model> served() {
        return served;
    }

    /**
     * A model that serves now.
     *
     * @param version empty for the newest
     */
    public Optional<Model> find(String name, String version) {
        for (Model model : served) {
            if (model.id().name().equals(name)
                    && (version.isEmpty() || model.id().version().equals(version))) {
                return Optional.of(model);
            }
        }
        return Optional.empty();
    }

    /** The model that makes vectors of a space, if it serves now. */
    public Optional<Model> of(EmbeddingSpace space) {
        return served.stream()
                .filter(model -> model.embedder().space().equals(space))
                .findFirst();
    }

    /** Whether models can be loaded and unloaded. */
    public boolean canChange() {
        return repository.isPresent();
    }

    /** What serves and what could. */
    public CompletableFuture<List<Listing>> index() {
        return CompletableFuture.supplyAsync(this::list, reading);
    }

    /**
     * Loads all versions of a name from the repository, or one.
     *
     * @param wanted a name or {@code NAME@VERSION}
     * @return done when the models serve; fails with {@link NotFound}, {@link PreconditionUnmet}, {@link Overloaded} or
     *     {@link Unavailable}, and then nothing has changed
     */
    public CompletableFuture<Void> load(String wanted) {
        return change(from -> loadNow(from, wanted));
    }

    /**
     * Unloads all versions of a name, or one.
     *
     * @param wanted a name or {@code NAME@VERSION}
     * @return done when nothing of the models is left; fails as {@link #load} does
     */
    public CompletableFuture<Void> unload(String wanted) {
        return change(_ -> unloadNow(wanted));
    }

    /** Finishes the change that is under way, and closes all models that were loaded. */
    @Override
    public void close() {
        changes.close();
        List<Model> all = served;
        served = all.stream().filter(Model::configured).toList();
        all.stream()
                .filter(model -> !model.configured())
                .forEach(model -> model.embedder().close());
    }

    @FunctionalInterface
    private interface Change {
        void make(ModelRepository repository);
    }

    private CompletableFuture<Void> change(Change change) {
        if (repository.isEmpty()) {
            return CompletableFuture.failedFuture(new PreconditionUnmet(
                    "NO_MODEL_REPOSITORY",
                    "mekiki.model.repository",
                    "not set (expected: a folder of models, so that they may be loaded and unloaded)"));
        }
        ModelRepository from = repository.get();
        try {
            return CompletableFuture.runAsync(() -> change.make(from), changes);
        } catch (Overloaded | Unavailable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private List<Listing> list() {
        Map<ModelId, Listing> lines = new LinkedHashMap<>();
        for (Entry entry : repository.map(ModelRepository::entries).orElse(List.of())) {
            switch (entry) {
                case Entry.Described described ->
                    lines.put(described.id(), new Listing(described.id(), State.UNAVAILABLE, "not loaded"));
                case Entry.Unreadable unreadable -> {
                    ModelId id = new ModelId(unreadable.name(), "");
                    lines.put(id, new Listing(id, State.UNAVAILABLE, unreadable.reason()));
                }
            }
        }
        notes.forEach((id, note) -> lines.put(id, new Listing(id, note.state, note.reason)));
        served.forEach(model -> lines.put(model.id(), new Listing(model.id(), State.READY, "")));
        return List.copyOf(lines.values());
    }

    private void loadNow(ModelRepository from, String wanted) {
        List<Entry.Described> entries = new ArrayList<>();
        for (Entry entry : from.entries()) {
            switch (entry) {
                case Entry.Described described when described.id().isMeantBy(wanted) -> entries.add(described);
                case Entry.Unreadable unreadable
                when unreadable.name().equals(wanted) -> {
                    LOG.warnf("%s cannot be loaded: %s", unreadable.onnx(), unreadable.reason());
                    throw unusable(wanted, unreadable.reason());
                }
                default -> {}
            }
        }
        if (entries.isEmpty()) {
            throw new NotFound(resource(wanted));
        }
        List<Model> opened = new ArrayList<>();
        try {
            for (Entry.Described entry : entries) {
                requireOnlyOne(entry, entries);
                if (isNew(entry)) {
                    opened.add(open(entry));
                }
            }
        } catch (RuntimeException e) {
            opened.forEach(model -> model.embedder().close());
            throw e;
        }
        opened.forEach(this::serve);
    }

    private static void requireOnlyOne(Entry.Described entry, List<Entry.Described> entries) {
        for (Entry.Described other : entries) {
            if (other != entry && other.id().equals(entry.id())) {
                throw unusable(
                        entry.id().toString(),
                        entry.onnx().getFileName() + " and " + other.onnx().getFileName()
                                + " (expected: one file of this name and version)");
            }
        }
    }

    /** Whether the model has to be opened, because none is served with its id, or another. */
    private boolean isNew(Entry.Described entry) {
        Optional<Model> present = find(entry.id().name(), entry.id().version());
        if (present.isEmpty()) {
            return true;
        }
        if (present.get().card().equals(entry.card())) {
            return false;
        }
        if (present.get().configured()) {
            throw configured(present.get(), "another version, or the very same model");
        }
        return true;
    }

    private Model open(Entry.Described entry) {
        ModelId id = entry.id();
        notes.put(id, new Note(State.LOADING, "being loaded"));
        try {
            Model model = opener.open(entry.onnx());
            notes.remove(id);
            return model;
        } catch (ModelUnusable | IllegalArgumentException | UncheckedIOException e) {
            LOG.warnf(e, "Model %s cannot be loaded from %s", id, entry.onnx());
            String reason = switch (e) {
                case ModelUnusable unusable -> unusable.problem();
                // Its files have changed since they were looked at.
                default -> "its files cannot be read; the service's log has the cause";
            };
            notes.put(id, new Note(State.UNAVAILABLE, reason));
            throw unusable(id.toString(), reason);
        } catch (RuntimeException | Error e) {
            notes.put(id, new Note(State.UNAVAILABLE, "cannot be opened; the service's log has the cause"));
            throw e;
        }
    }

    private void serve(Model model) {
        List<Model> former =
                served.stream().filter(other -> other.id().equals(model.id())).toList();
        List<Model> next = new ArrayList<>(served);
        next.removeAll(former);
        next.add(model);
        next.sort(NEWEST_FIRST);
        audience.served(model);
        served = List.copyOf(next);
        LOG.infof("Model %s is loaded and warm", model.id());
        former.forEach(this::retire);
    }

    private void unloadNow(String wanted) {
        List<Model> meant =
                served.stream().filter(model -> model.id().isMeantBy(wanted)).toList();
        if (meant.isEmpty()) {
            throw new NotFound(resource(wanted));
        }
        for (Model model : meant) {
            if (model.configured()) {
                throw configured(model, "a model that was loaded, NAME@VERSION if its name has several versions");
            }
        }
        for (Model model : meant) {
            notes.put(model.id(), new Note(State.UNLOADING, "being unloaded"));
            served = served.stream().filter(other -> other != model).toList();
            retire(model);
            notes.remove(model.id());
            LOG.infof("Model %s is unloaded", model.id());
        }
    }

    private void retire(Model model) {
        audience.retired(model);
        model.embedder().close();
    }

    private static PreconditionUnmet unusable(String model, String reason) {
        return new PreconditionUnmet("MODEL_UNUSABLE", resource(model), reason);
    }

    private static PreconditionUnmet configured(Model model, String expected) {
        return new PreconditionUnmet(
                "MODEL_CONFIGURED",
                resource(model.id().toString()),
                "named by mekiki.model.path or mekiki.model.more (expected: " + expected + ")");
    }

    private static String resource(String model) {
        return "models/" + model;
    }
}
