package dev.mekiki.service.lifecycle;

import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.Embedders;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.Overloaded;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.keeping.KeptImages;
import dev.mekiki.core.recognition.Admission;
import dev.mekiki.core.recognition.Recogniser;
import dev.mekiki.core.recognition.Registrar;
import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.service.drift.DecisionLog;
import dev.mekiki.service.models.Model;
import dev.mekiki.service.models.Models;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The models and the store of galleries, joined by the use cases. Thread-safe. Whoever made the embedders and the store
 * closes them.
 */
public final class Engine {

    private final Embedders embedders;
    private final Models models;
    private final GalleryBackend galleries;
    private final Admission admission;
    private final ExecutorService galleryThreads;
    private final Duration retryAfter;
    private final InstantSource clock;
    private final Recogniser recogniser;
    private final Registrar registrar;
    private final Background background;
    private final DecisionLog decisions;

    /**
     * @param embedders of the models that serve
     * @param models the same by name; they may come and go
     * @param galleries open
     * @param admission bounds everything that is under way
     * @param galleryThreads where blocking calls of {@code galleries} run
     * @param retryAfter what a refused caller is told to wait
     * @param clock dates what is made
     * @param images keeps the images of registrations, if they are kept
     * @param background works on many at once
     * @param decisions counts what is decided
     */
    public Engine(
            Embedders embedders,
            Models models,
            GalleryBackend galleries,
            Admission admission,
            ExecutorService galleryThreads,
            Duration retryAfter,
            InstantSource clock,
            Optional<KeptImages> images,
            Background background,
            DecisionLog decisions) {
        this.embedders = embedders;
        this.models = models;
        this.galleries = galleries;
        this.admission = admission;
        this.galleryThreads = galleryThreads;
        this.retryAfter = retryAfter;
        this.clock = clock;
        this.background = background;
        this.decisions = decisions;
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
     * @param now when they take it over
     */
    public DecisionPolicy calibrated(EmbeddingSpace space, Instant now) {
        return models.of(space)
                .map(model -> model.calibrated(now))
                .orElseThrow(() -> new Unavailable("model " + space.modelId() + " is being unloaded", retryAfter));
    }

    /** The models that serve, by name. */
    public Models models() {
        return models;
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

    public DecisionLog decisions() {
        return decisions;
    }

    /**
     * Refuses a request of which only the headers have come, if all places are taken, or if as many calls again have not
     * come whole yet: their messages would come the slower, the more there are, and be refused in the end. That there is
     * room now does not mean that there will be when the rest has come.
     *
     * @param openCalls that were taken and are not answered
     * @throws Overloaded if there is none
     */
    public void requireRoom(int openCalls) {
        if (admission.underWay() >= admission.limit() || openCalls >= 2 * admission.limit()) {
            throw new Overloaded("request queue", admission.limit(), retryAfter);
        }
    }

    /**
     * Refuses a request with an image of which only the headers have come, if an image on the same account would be
     * refused now. Which model it is for is not known yet; so nothing is refused here while several serve.
     *
     * @param gallery on whose account; none for those who ask the model itself
     * @throws Overloaded if the answer would come too late
     */
    public void requireTime(Optional<GalleryId> gallery) {
        List<Model> served = models.served();
        if (served.size() == 1) {
            ImageEmbedder embedder = served.getFirst().embedder();
            embedder.requireTime(gallery.map(Tenant::of).orElseGet(() -> Tenant.of(embedder.space())));
        }
    }

    /**
     * Runs {@code work} if there is room for as much as so many requests; else the future fails with {@link Overloaded}.
     *
     * @param tenant on whose account
     * @param places at least 1
     */
    public <T> CompletableFuture<T> withRoom(Tenant tenant, int places, Supplier<CompletableFuture<T>> work) {
        return admission.admit(tenant, places, work);
    }

    /**
     * Runs a blocking call on the gallery's threads, if there is room for it. Never blocks; fails as
     * {@link Recogniser#recognise} does.
     */
    public <T> CompletableFuture<T> withGalleries(Function<GalleryBackend, T> work) {
        return admission.admit(() -> CompletableFuture.supplyAsync(() -> work.apply(galleries), galleryThreads));
    }
}
