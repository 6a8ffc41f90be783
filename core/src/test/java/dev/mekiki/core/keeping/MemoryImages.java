package dev.mekiki.core.keeping;

import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.image.EncodedImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Images in memory. */
public final class MemoryImages implements ImageStore {

    public final Map<ContentDigest, EncodedImage> kept = new ConcurrentHashMap<>();
    public final Set<ContentDigest> damaged = new HashSet<>();
    final List<Doubt> unsettled = new ArrayList<>();
    boolean full;

    @Override
    public void keep(Map<ContentDigest, EncodedImage> images) {
        if (full) {
            throw new Unavailable("full", Duration.ofSeconds(1));
        }
        kept.putAll(images);
    }

    @Override
    public KeptImage find(ContentDigest content) {
        if (damaged.contains(content)) {
            return new KeptImage.Damaged("damaged");
        }
        EncodedImage image = kept.get(content);
        return image == null ? new KeptImage.Missing() : new KeptImage.Whole(image);
    }

    @Override
    public void delete(Set<ContentDigest> contents) {
        contents.forEach(kept::remove);
    }

    @Override
    public Doubt doubt(Set<ContentDigest> contents) {
        Doubt doubt = new Doubt() {

            @Override
            public Set<ContentDigest> contents() {
                return contents;
            }

            @Override
            public void settled() {
                unsettled.remove(this);
            }
        };
        unsettled.add(doubt);
        return doubt;
    }

    @Override
    public List<Doubt> doubts() {
        return List.copyOf(unsettled);
    }
}
