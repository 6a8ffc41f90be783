package dev.mekiki.core.recognition;

import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Embedders;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.keeping.KeptImages;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.core.time.Stage;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** Use case: from now on, this image shows that. Thread-safe. */
public final class Registrar {

    private final Vectors vectors;
    private final GalleryBackend galleries;
    private final Optional<KeptImages> images;
    private final Admission admission;
    private final InstantSource clock;
    private final LongSupplier nanoTime;

    /**
     * @param embedders make vectors of the galleries' spaces
     * @param galleries where to store them
     * @param images keeps the images; empty if only their vectors are kept
     * @param admission bounds the requests under way
     * @param galleryThreads where blocking calls of {@code galleries} run
     * @param clock dates the registrations
     * @param nanoTime {@code System::nanoTime}, or a test's clock
     */
    public Registrar(
            Embedders embedders,
            GalleryBackend galleries,
            Optional<KeptImages> images,
            Admission admission,
            Executor galleryThreads,
            InstantSource clock,
            LongSupplier nanoTime) {
        this.vectors = new Vectors(embedders, galleries, galleryThreads, nanoTime, Stage.STORE);
        this.galleries = galleries;
        this.images = images;
        this.admission = admission;
        this.clock = clock;
        this.nanoTime = nanoTime;
    }

    /**
     * Registers one image or vector; the future completes when it is durable. Registering the same content under the
     * same label again returns what is stored. Never blocks and never throws: the future fails with a
     * {@link dev.mekiki.core.failure.Failure}, perhaps wrapped in a {@link java.util.concurrent.CompletionException}.
     */
    public CompletableFuture<RegistrationReply> register(RegistrationRequest request, Deadline deadline) {
        return admission.admit(
                Tenant.of(request.gallery()),
                () -> vectors.embedThen(
                        request.gallery(), request.query(), deadline, embedded -> store(request, embedded)));
    }

    private RegistrationReply store(RegistrationRequest request, EmbeddedImage embedded) {
        long start = nanoTime.getAsLong();
        Registration stored = switch (request.query()) {
            case Query.OfImage(var image) -> storeWithImage(request, image, embedded);
            case Query.OfEmbedding(var embedding) -> store(request, embedding.digest(), embedded);
        };
        Duration store = Duration.ofNanos(nanoTime.getAsLong() - start);
        return new RegistrationReply(stored, embedded.durations().with(Stage.STORE, store));
    }

    private Registration storeWithImage(RegistrationRequest request, EncodedImage image, EmbeddedImage embedded) {
        ContentDigest content = image.digest();
        if (images.isEmpty()) {
            return store(request, content, embedded);
        }
        try (KeptImages.Hold hold = images.get().hold(Map.of(content, image))) {
            Registration stored = store(request, content, embedded);
            hold.confirm(List.of(content));
            return stored;
        }
    }

    private Registration store(RegistrationRequest request, ContentDigest content, EmbeddedImage embedded) {
        return galleries
                .registrations()
                .add(new Registration(
                        request.gallery(),
                        request.id()
                                .orElseGet(() -> RegistrationId.derived(request.gallery(), request.label(), content)),
                        request.label(),
                        content,
                        embedded.embedding(),
                        request.attributes(),
                        clock.instant().truncatedTo(ChronoUnit.MILLIS)));
    }
}
