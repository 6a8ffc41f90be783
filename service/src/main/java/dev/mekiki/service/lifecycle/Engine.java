package dev.mekiki.service.lifecycle;

import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.Embedders;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.failure.Overloaded;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.keeping.KeptImages;
import dev.mekiki.core.recognition.Admission;
import dev.mekiki.core.recognition.Recogniser;
import dev.mekiki.core.recognition.Registrar;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;

/**
 * The models and the store of galleries, joined by the use cases. Thread-safe. Whoever made the embedders and the store
 * closes them.
 */
public final class Engine {

    private final Embedders embedders;
    private final Map<EmbeddingSpace, DecisionPolicy> calibrated = new HashMap<>();
    private final GalleryBackend galleries;
    private final Admission admission;
    private final ExecutorService galleryThreads;
    private final Duration retryAfter;
    private final InstantSource clock;
    private final Recogniser recogniser;
    private final Registrar registrar;
    private final Background background;

    /**
     * @param models one or more, the main one first
     * @param galleries open
     * @param admission bounds everything that is under way
     * @param galleryThreads where blocking calls of {@code galleries} run
     * @param retryAfter what a refused caller is told to wait
     * @param clock dates what is made
     * @param images keeps the images of registrations, if they are kept
     * @param background works on many at once
     */
    public Engine(
            List<ServedModel> models,
            GalleryBackend galleries,
            Admission admission,
            ExecutorService galleryThreads,
            Duration retryAfter,
            InstantSource clock,
            Optional<KeptImages> images,
            Background background) {
        this.embedders =
                new Embedders(models.stream().map(ServedModel::embedder).toList());
        models.forEach(model -> calibrated.put(model.embedder().space(), model.calibrated()));
        this.galleries = galleries;
        this.admission = admission;
        this.galleryThreads = galleryThreads;
        this.retryAfter = retryAfter;
        this.clock = clock;
        this.background = background;
        this.recogniser = new Recogniser(embedders, galleries, admission, galleryThreads, System::nanoTime);
        this.registrar =
                new Registrar(embedders, galleries, images, admission, galleryThreads, clock, System::nanoTime);
    }

    /** Make every vector that is made here. */
    public Embedders embedders() {
        return embedders;
    }

    /**
     * The policy of galleries that bring none.
     *
     * @param space that of a served model
     */
    public DecisionPolicy calibrated(EmbeddingSpace space) {
        return Objects.requireNonNull(calibrated.get(space), "no served model's space");
    }

    public InstantSource clock() {
        return clock;
    }

    public Recogniser recogniser() {
        return recogniser;
    }

    public Registrar registrar() {
        return registrar;
    }

    public Background background() {
        return background;
    }

    /**
     * Refuses a request of which only the headers have come, if all places are taken. That there is room now does not
     * mean that there will be when the rest has come.
     *
     * @throws Overloaded if there is none
     */
    public void requireRoom() {
        if (admission.underWay() >= admission.limit()) {
            throw new Overloaded("request queue", admission.limit(), retryAfter);
        }
    }

    /**
     * Runs a blocking call on the gallery's threads, if there is room for it. Never blocks; fails as
     * {@link Recogniser#recognise} does.
     */
    public <T> CompletableFuture<T> withGalleries(Function<GalleryBackend, T> work) {
        return admission.admit(() -> CompletableFuture.supplyAsync(() -> work.apply(galleries), galleryThreads));
    }
}
