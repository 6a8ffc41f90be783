package dev.mekiki.service.lifecycle;

import dev.mekiki.core.bulk.BulkImporter;
import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.failure.Overloaded;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.recognition.Admission;
import dev.mekiki.core.recognition.Recogniser;
import dev.mekiki.core.recognition.Registrar;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;

/**
 * One model and one store of galleries, joined by the use cases. Thread-safe. Whoever made the embedder and the store
 * closes them.
 */
public final class Engine {

    private final EmbeddingSpace space;
    private final DecisionPolicy calibrated;
    private final GalleryBackend galleries;
    private final Admission admission;
    private final ExecutorService galleryThreads;
    private final Duration retryAfter;
    private final InstantSource clock;
    private final Recogniser recogniser;
    private final Registrar registrar;
    private final BulkImporter importer;

    /**
     * @param embedder warm
     * @param calibrated what the model's thresholds were calibrated to; the policy of galleries that bring none
     * @param galleries open
     * @param admission bounds everything that is under way
     * @param galleryThreads where blocking calls of {@code galleries} run
     * @param retryAfter what a refused caller is told to wait
     * @param clock dates what is made
     * @param importer registers many at once, in the background
     */
    public Engine(
            Embedder embedder,
            DecisionPolicy calibrated,
            GalleryBackend galleries,
            Admission admission,
            ExecutorService galleryThreads,
            Duration retryAfter,
            InstantSource clock,
            BulkImporter importer) {
        this.space = embedder.space();
        this.calibrated = calibrated;
        this.galleries = galleries;
        this.admission = admission;
        this.galleryThreads = galleryThreads;
        this.retryAfter = retryAfter;
        this.clock = clock;
        this.importer = importer;
        this.recogniser = new Recogniser(embedder, galleries, admission, galleryThreads, System::nanoTime);
        this.registrar = new Registrar(embedder, galleries, admission, galleryThreads, clock, System::nanoTime);
    }

    /** The space of every vector that is made here. */
    public EmbeddingSpace space() {
        return space;
    }

    public DecisionPolicy calibrated() {
        return calibrated;
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

    public BulkImporter importer() {
        return importer;
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
