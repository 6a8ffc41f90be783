package dev.mekiki.core.keeping;

import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.GallerySearch;
import dev.mekiki.core.gallery.Page;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.image.EncodedImage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The images of registrations. One is kept from before its registration is acknowledged until no registration of any
 * gallery has its content any more.
 *
 * <p>Who registers {@linkplain #hold holds} the images meanwhile: what is held is not deleted, and what is being looked
 * at to be deleted is not held until that is decided. So a deletion and a registration of the same content never miss
 * each other. Nothing but contents of registrations that were deleted, or could not be made, is ever deleted; images
 * that no gallery knows of are left alone, for the galleries may be elsewhere.
 *
 * <p>Thread-safe; blocking. All of it holds within one process; one store belongs to one process.
 */
public final class KeptImages {

    /** Of one content. */
    private static final class Claim {
        private int holders;
        private boolean doubtful;
    }

    private final ImageStore store;
    private final GalleryBackend galleries;

    // Both under this object's lock; no content is in both.
    private final Map<ContentDigest, Claim> claims = new HashMap<>();
    private final Set<ContentDigest> examined = new HashSet<>();

    /**
     * @param store where the images are
     * @param galleries every gallery whose registrations may have them
     */
    public KeptImages(ImageStore store, GalleryBackend galleries) {
        this.store = store;
        this.galleries = galleries;
    }

    public KeptImage find(ContentDigest content) {
        return store.find(content);
    }

    /**
     * Keeps images that are about to be registered; durable when it returns.
     *
     * @param images by their digests
     * @return to be closed when it is known what became of the registrations
     * @throws Unavailable if they cannot be kept
     */
    public Hold hold(Map<ContentDigest, EncodedImage> images) {
        Hold hold = new Hold(Set.copyOf(images.keySet()));
        synchronized (this) {
            awaitUnexamined(images.keySet());
            images.keySet().forEach(content -> claims.computeIfAbsent(content, _ -> new Claim()).holders++);
        }
        try {
            store.keep(images);
        } catch (RuntimeException e) {
            hold.close();
            throw e;
        }
        return hold;
    }

    /** Images that are being registered. */
    public final class Hold implements AutoCloseable {

        private final Set<ContentDigest> contents;
        private final Set<ContentDigest> registered = new HashSet<>();

        private Hold(Set<ContentDigest> contents) {
            this.contents = contents;
        }

        /** There is a registration of these. */
        public void confirm(Collection<ContentDigest> contents) {
            registered.addAll(contents);
        }

        /**
         * Lets go of them. Those of them that were not confirmed, and that no registration has, are deleted, at once or,
         * if the store is away, when the process is started the next time.
         */
        @Override
        public void close() {
            Set<ContentDigest> doubtful = new HashSet<>();
            synchronized (KeptImages.this) {
                for (ContentDigest content : contents) {
                    Claim claim = claims.get(content);
                    if (claim != null) {
                        claim.doubtful |= !registered.contains(content);
                        claim.holders--;
                        if (claim.holders == 0) {
                            claims.remove(content);
                            if (claim.doubtful) {
                                doubtful.add(content);
                            }
                        }
                    }
                }
            }
            if (!doubtful.isEmpty()) {
                try {
                    settle(store.doubt(doubtful));
                } catch (Unavailable e) {
                    // The caller is told about the registration; the doubt stays, unless even that could not be noted.
                }
            }
        }
    }

    /**
     * Deletes registrations, and the images that nobody needs afterwards.
     *
     * @param contents of the registrations
     * @param deletion deletes them
     */
    <T> T deleting(Set<ContentDigest> contents, Supplier<T> deletion) {
        List<ImageStore.Doubt> doubts = doubt(contents);
        try {
            return deletion.get();
        } finally {
            settle(doubts);
        }
    }

    /** Notes that registrations of these contents are about to be deleted. */
    List<ImageStore.Doubt> doubt(Set<ContentDigest> contents) {
        return inPortions(contents).stream().map(store::doubt).toList();
    }

    /** Deletes what nobody needs now. A doubt that cannot be settled, because a store is away, stays. */
    void settle(List<ImageStore.Doubt> doubts) {
        for (ImageStore.Doubt doubt : doubts) {
            try {
                settle(doubt);
            } catch (Unavailable e) {
                return;
            }
        }
    }

    /** Deletes what nobody needed when the process before this one ended; to be called once, and early. */
    public Runnable leftovers() {
        List<ImageStore.Doubt> before = store.doubts();
        return () -> settle(before);
    }

    private void settle(ImageStore.Doubt doubt) {
        for (Set<ContentDigest> some : inPortions(doubt.contents())) {
            deleteUnneeded(some);
        }
        doubt.settled();
    }

    private void deleteUnneeded(Set<ContentDigest> contents) {
        Set<ContentDigest> mine = new HashSet<>(contents);
        synchronized (this) {
            awaitUnexamined(contents);
            mine.removeIf(content -> {
                Claim claim = claims.get(content);
                if (claim != null) {
                    // Whoever holds it last looks again.
                    claim.doubtful = true;
                }
                return claim != null;
            });
            examined.addAll(mine);
        }
        try {
            Set<ContentDigest> unneeded = new HashSet<>(mine);
            unneeded.removeAll(needed(mine));
            if (!unneeded.isEmpty()) {
                store.delete(unneeded);
            }
        } finally {
            synchronized (this) {
                examined.removeAll(mine);
                notifyAll();
            }
        }
    }

    /** Those that a registration of any gallery has. */
    private Set<ContentDigest> needed(Set<ContentDigest> contents) {
        Set<ContentDigest> needed = new HashSet<>();
        List<Gallery> before;
        List<Gallery> after = galleries();
        do {
            before = after;
            for (Gallery gallery : before) {
                try {
                    galleries.search().withContents(gallery.id(), contents).forEach(key -> needed.add(key.content()));
                } catch (NotFound e) {
                    // deleted meanwhile
                }
            }
            // Had two exchanged their names meanwhile, one of them might have been asked twice and the other never.
            after = galleries();
        } while (!after.equals(before));
        return needed;
    }

    private List<Gallery> galleries() {
        List<Gallery> all = new ArrayList<>();
        Optional<String> token = Optional.empty();
        do {
            Page<Gallery> page = galleries.catalogue().list(new PageRequest(PageRequest.MAX_SIZE, token));
            all.addAll(page.items());
            token = page.nextToken();
        } while (token.isPresent());
        return all;
    }

    /** Under the lock. */
    private void awaitUnexamined(Set<ContentDigest> contents) {
        boolean interrupted = false;
        while (!Collections.disjoint(examined, contents)) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<Set<ContentDigest>> inPortions(Set<ContentDigest> contents) {
        List<Set<ContentDigest>> portions = new ArrayList<>();
        Set<ContentDigest> portion = new HashSet<>();
        for (ContentDigest content : contents) {
            portion.add(content);
            if (portion.size() == GallerySearch.MAX_KEYS) {
                portions.add(portion);
                portion = new HashSet<>();
            }
        }
        if (!portion.isEmpty()) {
            portions.add(portion);
        }
        return portions;
    }
}
