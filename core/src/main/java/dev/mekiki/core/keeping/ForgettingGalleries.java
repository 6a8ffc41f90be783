package dev.mekiki.core.keeping;

import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.gallery.Appended;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.GalleryCatalogue;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.GallerySearch;
import dev.mekiki.core.gallery.LabelCount;
import dev.mekiki.core.gallery.LabelStore;
import dev.mekiki.core.gallery.Page;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.gallery.RegistrationStore;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Galleries that delete the images of registrations along with them, unless another registration has the same content.
 * All else they leave to the galleries behind them. Closing it closes nothing.
 */
public final class ForgettingGalleries implements GalleryBackend {

    /** Deletions at a time: they share the cost of becoming durable. */
    private static final int AT_A_TIME = 64;

    private final GalleryBackend galleries;
    private final KeptImages images;

    /**
     * @param galleries closed by whoever opened them
     * @param images of their registrations
     */
    public ForgettingGalleries(GalleryBackend galleries, KeptImages images) {
        this.galleries = galleries;
        this.images = images;
    }

    @Override
    public GalleryCatalogue catalogue() {
        return catalogue;
    }

    @Override
    public RegistrationStore registrations() {
        return registrations;
    }

    @Override
    public LabelStore labels() {
        return labels;
    }

    @Override
    public GallerySearch search() {
        return galleries.search();
    }

    @Override
    public void close() {}

    private final GalleryCatalogue catalogue = new GalleryCatalogue() {

        @Override
        public void create(Gallery gallery) {
            galleries.catalogue().create(gallery);
        }

        @Override
        public Optional<Gallery> find(GalleryId id) {
            return galleries.catalogue().find(id);
        }

        @Override
        public Page<Gallery> list(PageRequest page) {
            return galleries.catalogue().list(page);
        }

        @Override
        public Gallery update(GalleryId id, UnaryOperator<Gallery> change) {
            return galleries.catalogue().update(id, change);
        }

        /** Reads the whole gallery before. */
        @Override
        public void delete(GalleryId id) {
            List<ImageStore.Doubt> doubts = new ArrayList<>();
            try {
                Optional<String> token = Optional.empty();
                do {
                    Page<Registration> page = galleries
                            .registrations()
                            .list(id, LabelScope.ALL, new PageRequest(PageRequest.MAX_SIZE, token));
                    doubts.addAll(images.doubt(contents(page)));
                    token = page.nextToken();
                } while (token.isPresent());
                galleries.catalogue().delete(id);
            } finally {
                images.settle(doubts);
            }
        }

        @Override
        public void exchange(GalleryId one, GalleryId other) {
            galleries.catalogue().exchange(one, other);
        }
    };

    private final RegistrationStore registrations = new RegistrationStore() {

        @Override
        public Appended append(GalleryId gallery, List<Registration> added) {
            return galleries.registrations().append(gallery, added);
        }

        @Override
        public Optional<Registration> find(GalleryId gallery, RegistrationId id) {
            return galleries.registrations().find(gallery, id);
        }

        @Override
        public Page<Registration> list(GalleryId gallery, LabelScope scope, PageRequest page) {
            return galleries.registrations().list(gallery, scope, page);
        }

        @Override
        public Registration relabel(GalleryId gallery, RegistrationId id, LabelPath label) {
            return galleries.registrations().relabel(gallery, id, label);
        }

        @Override
        public void delete(GalleryId gallery, RegistrationId id) {
            Set<ContentDigest> contents =
                    find(gallery, id).map(found -> Set.of(found.content())).orElse(Set.of());
            images.deleting(contents, () -> {
                galleries.registrations().delete(gallery, id);
                return id;
            });
        }
    };

    private final LabelStore labels = new LabelStore() {

        @Override
        public Page<LabelCount> list(GalleryId gallery, PageRequest page) {
            return galleries.labels().list(gallery, page);
        }

        @Override
        public long count(GalleryId gallery, LabelScope scope) {
            return galleries.labels().count(gallery, scope);
        }

        @Override
        public int move(GalleryId gallery, LabelPath from, LabelPath to, int most) {
            return galleries.labels().move(gallery, from, to, most);
        }

        /**
         * One by one, because it has to be known which they are: a step of the galleries' own says only how many. So no
         * more than {@value PageRequest#MAX_SIZE} a step, which the caller repeats in any case.
         */
        @Override
        public int delete(GalleryId gallery, LabelPath label, int most) {
            Page<Registration> page = galleries
                    .registrations()
                    .list(gallery, LabelScope.of(label), PageRequest.first(Math.clamp(most, 1, PageRequest.MAX_SIZE)));
            return images.deleting(contents(page), () -> deleteEach(gallery, page.items()));
        }
    };

    private int deleteEach(GalleryId gallery, List<Registration> registrations) {
        int deleted = 0;
        try (ExecutorService threads = Executors.newFixedThreadPool(
                AT_A_TIME, Thread.ofVirtual().name("mekiki-delete-", 0).factory())) {
            List<Future<Boolean>> each = registrations.stream()
                    .map(registration -> threads.submit(() -> deleteIfThere(gallery, registration.id())))
                    .toList();
            for (Future<Boolean> one : each) {
                if (one.get()) {
                    deleted++;
                }
            }
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("nobody interrupts the gallery's threads", e);
        }
        return deleted;
    }

    private boolean deleteIfThere(GalleryId gallery, RegistrationId id) {
        try {
            galleries.registrations().delete(gallery, id);
            return true;
        } catch (NotFound e) {
            // Somebody else was faster, or the gallery went away as a whole: the next step finds out.
            return false;
        }
    }

    private static Set<ContentDigest> contents(Page<Registration> page) {
        return page.items().stream().map(Registration::content).collect(Collectors.toCollection(HashSet::new));
    }
}
