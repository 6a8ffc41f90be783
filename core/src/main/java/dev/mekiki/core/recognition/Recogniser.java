package dev.mekiki.core.recognition;

import dev.mekiki.core.decision.Recognition;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.core.embedding.Embedders;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.gallery.Candidates;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.LookUp;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.core.time.Stage;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** Use case: what does this image show? Thread-safe. */
public final class Recogniser {

    private final Vectors vectors;
    private final Embedders embedders;
    private final GalleryBackend galleries;
    private final Admission admission;
    private final LongSupplier nanoTime;

    /**
     * @param embedders make vectors of the galleries' spaces
     * @param galleries where to look them up
     * @param admission bounds the requests under way
     * @param galleryThreads where blocking calls of {@code galleries} run
     * @param nanoTime {@code System::nanoTime}, or a test's clock
     */
    public Recogniser(
            Embedders embedders,
            GalleryBackend galleries,
            Admission admission,
            Executor galleryThreads,
            LongSupplier nanoTime) {
        this.vectors = new Vectors(embedders, galleries, galleryThreads, nanoTime, Stage.SEARCH);
        this.embedders = embedders;
        this.galleries = galleries;
        this.admission = admission;
        this.nanoTime = nanoTime;
    }

    /**
     * Recognises one image or vector. Never blocks and never throws: the future fails with a
     * {@link dev.mekiki.core.failure.Failure}, perhaps wrapped in a {@link java.util.concurrent.CompletionException}.
     * Cancelling it drops work that has not reached the device.
     */
    public CompletableFuture<RecognitionReply> recognise(RecognitionRequest request, Deadline deadline) {
        return admission.admit(
                Tenant.of(request.gallery()),
                () -> vectors.embedThen(
                        request.gallery(), request.query(), deadline, embedded -> lookUp(request, embedded)));
    }

    /**
     * Embeds one image without looking it up; fails as {@link #recognise} does.
     *
     * @param space that of one of the embedders
     */
    public CompletableFuture<EmbeddedImage> embed(Query.OfImage image, EmbeddingSpace space, Deadline deadline) {
        Embedder embedder = embedders
                .of(space)
                .orElseThrow(() -> new IllegalArgumentException(
                        "space: " + space + " (expected: one of " + embedders.spaces() + ")"));
        Tenant tenant = Tenant.of(space);
        return admission.admit(tenant, () -> embedder.embed(image.image(), tenant, deadline));
    }

    private RecognitionReply lookUp(RecognitionRequest request, EmbeddedImage embedded) {
        long start = nanoTime.getAsLong();
        Gallery gallery = galleries
                .catalogue()
                .find(request.gallery())
                .orElseThrow(() -> new NotFound(request.gallery().resource()));
        Candidates candidates = galleries
                .search()
                .lookUp(new LookUp(
                        request.gallery(),
                        embedded.embedding(),
                        request.scope(),
                        request.maxMatches(),
                        request.maxPerLabel()));
        Recognition recognition = gallery.policy().decide(candidates);
        Duration search = Duration.ofNanos(nanoTime.getAsLong() - start);
        return new RecognitionReply(
                gallery, recognition, candidates.matches(), embedded.durations().with(Stage.SEARCH, search));
    }
}
