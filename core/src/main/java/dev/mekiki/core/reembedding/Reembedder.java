package dev.mekiki.core.reembedding;

import dev.mekiki.core.completion.Callbacks;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.core.embedding.Embedders;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.AlreadyExists;
import dev.mekiki.core.failure.Failure;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.PreconditionUnmet;
import dev.mekiki.core.gallery.Addition;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.Page;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.gallery.PageToken;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.gallery.RegistrationKey;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.keeping.KeptImage;
import dev.mekiki.core.keeping.KeptImages;
import dev.mekiki.core.label.LabelScope;
import dev.mekiki.core.recognition.Admission;
import dev.mekiki.core.time.Deadline;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * Use case: the same registrations in another embedding space, from the images that were kept. Thread-safe.
 *
 * <p>It goes in steps, each of which takes one page of the source, in order of id, and leaves everything durable; nothing
 * is remembered between them but the token that the caller brings back. A step that was broken off, or one that is made
 * again, finds what is in the target already and does not embed it again. The source is only read, and serves all the
 * while; names, labels, attributes, digests and times are the same in the target, so that it can take the source's
 * place.
 */
public final class Reembedder {

    /** Bytes of images in memory for one step, give or take one image. */
    private static final long MOST_BYTES = 64L << 20;

    /** Registrations that are added at a time, so that a step that its caller gives up has come forward. */
    private static final int MOST_IMAGES = 64;

    private static final String COPYING = "c";
    private static final String DELETING = "d";

    private final Embedders embedders;
    private final GalleryBackend galleries;
    private final Optional<KeptImages> images;
    private final Admission admission;
    private final Executor threads;

    /**
     * @param embedders by the space of their vectors; they wait where others would be overloaded, see
     *     {@link dev.mekiki.core.embedding.PatientEmbedder}
     * @param galleries where registrations are
     * @param images those of the registrations; empty if none are kept
     * @param admission bounds the steps under way
     * @param threads where everything that takes time or blocks runs
     */
    public Reembedder(
            Embedders embedders,
            GalleryBackend galleries,
            Optional<KeptImages> images,
            Admission admission,
            Executor threads) {
        this.embedders = embedders;
        this.galleries = galleries;
        this.images = images;
        this.admission = admission;
        this.threads = threads;
    }

    /**
     * Makes one step. Never blocks and never throws: the future fails with a {@link Failure}, perhaps wrapped in a
     * {@link CompletionException}; what was done until then stays done, and making the step again is harmless. Cancelling
     * it stops it as soon as possible.
     */
    public CompletableFuture<ReembedStep> step(ReembedRequest request) {
        return admission.admit(() -> new Step(request).begin());
    }

    /** A registration on its way. */
    private record Passage(Registration registration, CompletableFuture<EmbeddedImage> embedded) {}

    /** One step. Its parts run one after another, so that its fields need no lock. */
    private final class Step {

        private final ReembedRequest request;
        private final CompletableFuture<ReembedStep> answer = new CompletableFuture<>();
        private final Deque<Registration> open = new ArrayDeque<>();
        private final List<ReembedFailure> failures = new ArrayList<>();
        private Optional<String> nextToken = Optional.empty();
        private int embedded;
        private int present;
        private int corrected;
        private int deleted;
        private volatile List<Passage> underWay = List.of();

        Step(ReembedRequest request) {
            this.request = request;
        }

        CompletableFuture<ReembedStep> begin() {
            var _ = answer.whenComplete((_, _) -> dropIfCancelled());
            var _ = CompletableFuture.completedFuture(request)
                    .thenComposeAsync(_ -> run(), threads)
                    .whenComplete(Callbacks.orFail(answer, (_, failure) -> {
                        if (failure == null) {
                            answer.complete(
                                    new ReembedStep(embedded, present, corrected, deleted, failures, nextToken));
                        } else {
                            answer.completeExceptionally(unwrapped(failure));
                        }
                    }));
            return answer;
        }

        private CompletableFuture<Void> run() {
            goOn();
            if (request.source().equals(request.target())) {
                throw new InvalidInput("target", "the gallery itself", "another gallery");
            }
            Gallery source = find(request.source());
            Gallery target = find(request.target());
            if (source.space().equals(target.space())) {
                throw new PreconditionUnmet(
                        "SAME_EMBEDDING_SPACE",
                        target.id().resource(),
                        "embedding space " + target.space() + ", as that of "
                                + source.id().resource() + " (expected: another one)");
            }
            // Of these two as they are: after an exchange of names, going on would lead back.
            PageToken pages =
                    new PageToken("reembed\n" + request.mirror() + "\n" + identity(source) + "\n" + identity(target));
            String place = pages.lastOf(request.page()).orElse(COPYING);
            PageRequest page = new PageRequest(
                    request.page().size(), place.length() > 1 ? Optional.of(place.substring(1)) : Optional.empty());
            if (place.startsWith(DELETING)) {
                nextToken = deleteSurplus(target, page).flatMap(token -> pages.after(DELETING + token));
                return CompletableFuture.completedFuture(null);
            }
            KeptImages kept = images.orElseThrow(() -> new PreconditionUnmet(
                    "IMAGES_NOT_KEPT",
                    source.id().resource(),
                    "this service keeps no images (expected: one that kept those of the registrations)"));
            Embedder embedder = embedders
                    .of(target.space())
                    .orElseThrow(() -> new PreconditionUnmet(
                            "MODEL_NOT_SERVED",
                            target.id().resource(),
                            "embedding space " + target.space() + " (expected: that of a model that is served)"));
            Page<Registration> registrations = galleries.registrations().list(source.id(), LabelScope.ALL, page);
            nextToken = registrations
                    .nextToken()
                    .map(token -> COPYING + token)
                    .or(() -> request.mirror() ? Optional.of(DELETING) : Optional.empty())
                    .flatMap(pages::after);
            compare(registrations.items());
            return embedRest(kept, embedder);
        }

        private Gallery find(GalleryId id) {
            return galleries.catalogue().find(id).orElseThrow(() -> new NotFound(id.resource()));
        }

        /** Finds what is in the target already. */
        private void compare(List<Registration> registrations) {
            Map<RegistrationId, RegistrationKey> there = new HashMap<>();
            galleries
                    .search()
                    .withIds(
                            request.target(),
                            registrations.stream().map(Registration::id).collect(Collectors.toSet()))
                    .forEach(key -> there.put(key.id(), key));
            for (Registration registration : registrations) {
                RegistrationKey key = there.get(registration.id());
                if (key == null) {
                    open.add(registration);
                } else if (key.equals(registration.key())) {
                    present++;
                } else if (request.mirror() && key.content().equals(registration.content())) {
                    galleries.registrations().relabel(request.target(), registration.id(), registration.label());
                    corrected++;
                } else {
                    failed(registration, taken(registration.id()));
                }
            }
        }

        /** Embeds and adds what is open, as many at a time as memory is meant for. */
        private CompletableFuture<Void> embedRest(KeptImages kept, Embedder embedder) {
            goOn();
            List<Passage> passages = new ArrayList<>();
            long bytes = 0;
            while (!open.isEmpty() && bytes < MOST_BYTES && passages.size() < MOST_IMAGES) {
                Registration registration = open.remove();
                Optional<EncodedImage> image = image(kept, registration);
                if (image.isPresent()) {
                    bytes += image.get().size();
                    passages.add(new Passage(
                            registration, embedder.embed(image.get(), Tenant.of(request.target()), Deadline.NONE)));
                }
            }
            if (passages.isEmpty()) {
                return CompletableFuture.completedFuture(null);
            }
            underWay = passages;
            dropIfCancelled();
            return CompletableFuture.allOf(
                            passages.stream().map(Passage::embedded).toArray(CompletableFuture[]::new))
                    .handle((_, _) -> passages)
                    .thenComposeAsync(
                            ended -> {
                                goOn();
                                add(ended);
                                return embedRest(kept, embedder);
                            },
                            threads);
        }

        private Optional<EncodedImage> image(KeptImages kept, Registration registration) {
            return switch (kept.find(registration.content())) {
                case KeptImage.Whole(var image) -> Optional.of(image);
                case KeptImage.Missing _ -> {
                    failed(
                            registration,
                            new PreconditionUnmet(
                                    "IMAGE_NOT_KEPT",
                                    registration.resource(),
                                    "its image was not kept (expected: an image with digest "
                                            + registration.content().hex() + ")"));
                    yield Optional.empty();
                }
                case KeptImage.Damaged(var why) -> {
                    failed(registration, new PreconditionUnmet("IMAGE_DAMAGED", registration.resource(), why));
                    yield Optional.empty();
                }
            };
        }

        private void add(List<Passage> passages) {
            List<Registration> added = new ArrayList<>(passages.size());
            for (Passage passage : passages) {
                Registration old = passage.registration();
                try {
                    added.add(new Registration(
                            request.target(),
                            old.id(),
                            old.label(),
                            old.content(),
                            passage.embedded().join().embedding(),
                            old.attributes(),
                            old.createTime()));
                } catch (CompletionException e) {
                    // The new model may have other limits; everything else concerns more than this one.
                    if (!(unwrapped(e) instanceof InvalidInput invalid)) {
                        throw e;
                    }
                    failed(old, invalid);
                }
            }
            if (!added.isEmpty()) {
                addAll(added);
            }
        }

        /** Halves what the store does not take, for it may have limits of its own, until it is known which one that is. */
        private void addAll(List<Registration> registrations) {
            List<Addition> additions;
            try {
                additions = galleries.registrations().addAll(request.target(), registrations);
            } catch (InvalidInput e) {
                int half = registrations.size() / 2;
                if (half == 0) {
                    failed(registrations.getFirst(), e);
                } else {
                    addAll(registrations.subList(0, half));
                    addAll(registrations.subList(half, registrations.size()));
                }
                return;
            }
            for (Addition addition : additions) {
                switch (addition) {
                    case Addition.Added _ -> embedded++;
                    case Addition.Present _ -> present++;
                    case Addition.Taken(var by) -> failures.add(new ReembedFailure(by.id(), taken(by.id())));
                }
            }
        }

        /** Deletes from the target what the source does not hold; returns where to go on. */
        private Optional<String> deleteSurplus(Gallery target, PageRequest page) {
            Page<Registration> registrations = galleries.registrations().list(target.id(), LabelScope.ALL, page);
            Set<RegistrationId> surplus = new HashSet<>();
            registrations.items().forEach(registration -> surplus.add(registration.id()));
            galleries.search().withIds(request.source(), Set.copyOf(surplus)).forEach(key -> surplus.remove(key.id()));
            for (RegistrationId id : surplus) {
                goOn();
                if (galleries
                        .catalogue()
                        .find(target.id())
                        .filter(target::isStill)
                        .isEmpty()) {
                    throw new PreconditionUnmet(
                            "GALLERY_CHANGED",
                            target.id().resource(),
                            "another gallery than before (expected: names that stay during a step)");
                }
                galleries.registrations().delete(target.id(), id);
                deleted++;
            }
            return registrations.nextToken();
        }

        private void failed(Registration registration, Failure why) {
            failures.add(new ReembedFailure(registration.id(), why));
        }

        private AlreadyExists taken(RegistrationId id) {
            return new AlreadyExists(Registration.resource(request.target(), id));
        }

        private void goOn() {
            if (answer.isDone()) {
                throw new CancellationException();
            }
        }

        private void dropIfCancelled() {
            if (answer.isCancelled()) {
                underWay.forEach(passage -> passage.embedded().cancel(false));
            }
        }
    }

    private static String identity(Gallery gallery) {
        return gallery.id() + " " + gallery.createTime() + " " + gallery.space().digest();
    }

    private static Throwable unwrapped(Throwable thrown) {
        Throwable cause = thrown;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
