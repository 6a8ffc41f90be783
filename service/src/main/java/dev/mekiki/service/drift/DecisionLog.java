package dev.mekiki.service.drift;

import dev.mekiki.analysis.drift.DecisionSketch;
import dev.mekiki.core.decision.Recognition;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryListing;
import dev.mekiki.core.gallery.Page;
import dev.mekiki.core.gallery.PageRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Counts the decisions of this process, by gallery and time, and keeps the counts: by the hour for
 * two days, by the day before that. Thread-safe.
 *
 * <p>Memory is bounded: at most {@value #MOST_GALLERIES} galleries are tracked, those that come first, until one of them
 * is deleted or has had no decision for the whole retention; and each span tells apart the fewer labels, the more
 * galleries there are, so that it is about {@value #MOST_LABELS} labels of some 500 bytes in all.
 */
public final class DecisionLog implements AutoCloseable {

    static final int MOST_GALLERIES = 64;
    static final int MOST_LABELS = 32_768;

    private static final Logger LOG = Logger.getLogger(DecisionLog.class);

    /** Of two days and a month. */
    private static final int USUAL_SPANS = 83;

    private static final int FEWEST_LABELS = 16;

    private final InstantSource clock;
    private final Duration retention;
    private final Optional<SketchDirectory> directory;
    private final Map<TrackedGallery, SketchTimeline> timelines = new ConcurrentHashMap<>();

    private final Object tracking = new Object();
    private volatile boolean toldFull;

    // The following under this object's lock, which is held while files are written.
    private final Set<TrackedGallery> written = new HashSet<>();
    private Instant swept = Instant.EPOCH;
    private boolean toldUnwritable;
    private boolean closed;

    private DecisionLog(InstantSource clock, Duration retention, Optional<SketchDirectory> directory) {
        this.clock = clock;
        this.retention = retention;
        this.directory = directory;
    }

    /**
     * Goes on with what was kept.
     *
     * @param clock says in which hour a decision is made
     * @param retention how long counts are kept, positive
     * @param folder to keep them in; empty: in memory only
     * @throws IllegalStateException if another process has the folder open
     * @throws java.io.UncheckedIOException if the folder cannot be made, read or written to
     */
    public static DecisionLog open(InstantSource clock, Duration retention, Optional<Path> folder) {
        DecisionLog log = new DecisionLog(clock, retention, folder.map(SketchDirectory::open));
        log.directory.ifPresent(directory -> directory.read().forEach((gallery, sketches) -> {
            log.timelines.put(gallery, new SketchTimeline(sketches));
            log.written.add(gallery);
        }));
        return log;
    }

    /** Counts a decision. */
    public void record(Gallery gallery, Recognition decision) {
        TrackedGallery tracked = TrackedGallery.of(gallery);
        SketchTimeline timeline;
        do {
            timeline = timelines.get(tracked);
            if (timeline == null) {
                timeline = track(tracked);
            }
        } while (timeline != null && !timeline.record(clock.instant(), decision, labels()));
    }

    /** Null if there are too many. */
    private @Nullable SketchTimeline track(TrackedGallery gallery) {
        if (toldFull) {
            return null;
        }
        synchronized (tracking) {
            if (timelines.size() < MOST_GALLERIES || timelines.containsKey(gallery)) {
                return timelines.computeIfAbsent(gallery, _ -> new SketchTimeline());
            }
            if (!toldFull) {
                toldFull = true;
                LOG.warnf(
                        "Decisions in %s are not counted: those in %d galleries are (expected: no more)",
                        gallery.name().resource(), MOST_GALLERIES);
            }
            return null;
        }
    }

    /** Most labels that a span tells apart, with as many galleries as there are. */
    private int labels() {
        return Math.clamp(
                MOST_LABELS / (USUAL_SPANS * Math.max(1, timelines.size())), FEWEST_LABELS, DecisionSketch.MOST_LABELS);
    }

    /**
     * What was decided in a gallery as it is now, in ascending order of start.
     *
     * @param from no span that starts before
     * @param to no span that starts then or after
     */
    public List<DecisionSketch> sketches(Gallery gallery, Instant from, Instant to) {
        SketchTimeline timeline = timelines.get(TrackedGallery.of(gallery));
        return timeline == null
                ? List.of()
                : timeline.sketches().stream()
                        .filter(sketch ->
                                !sketch.start().isBefore(from) && sketch.start().isBefore(to))
                        .toList();
    }

    /** Deletes all that was counted of what the gallery holds, under whatever name. */
    public synchronized void forget(Gallery gallery) {
        TrackedGallery gone = TrackedGallery.of(gallery);
        timelines.keySet().removeIf(gone::holdsTheSameAs);
        noteRoom();
        directory.ifPresent(this::deleteForgotten);
    }

    /**
     * Drops what is too old or belongs to galleries that are gone, and writes the rest if there is a folder to write to;
     * to be called every minute. Never throws: what cannot be written is told in the log and tried again.
     *
     * @param catalogue tells which galleries there are; another replica may have deleted some
     */
    public void tick(GalleryListing catalogue) {
        Instant now = clock.instant();
        try {
            if (isTimeToSweep(now)) {
                forgetDeleted(catalogue, now);
            }
        } catch (Unavailable e) {
            // There is no hurry.
            LOG.debugf("Which galleries there are cannot be told: %s", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("Decisions in galleries that are gone cannot be dropped", e);
        }
        save();
    }

    private synchronized boolean isTimeToSweep(Instant now) {
        // A clock that was set back counts as well: nobody knows how long ago that was.
        boolean due = Duration.between(swept, now).abs().compareTo(SketchTimeline.HOUR) >= 0;
        swept = due ? now : swept;
        return due;
    }

    private void forgetDeleted(GalleryListing catalogue, Instant now) {
        Set<TrackedGallery> there = new HashSet<>();
        Optional<String> token = Optional.empty();
        do {
            Page<Gallery> page = catalogue.list(new PageRequest(PageRequest.MAX_SIZE, token));
            page.items().forEach(gallery -> there.add(TrackedGallery.of(gallery)));
            token = page.nextToken();
        } while (token.isPresent());
        // One that is younger may have come while they were listed.
        Instant old = now.minus(SketchTimeline.HOUR);
        timelines
                .keySet()
                .removeIf(gallery ->
                        gallery.createTime().isBefore(old) && there.stream().noneMatch(gallery::holdsTheSameAs));
    }

    private synchronized void save() {
        if (closed) {
            return;
        }
        Instant now = clock.instant();
        timelines.values().forEach(timeline -> timeline.tidy(now, retention, labels()));
        timelines.values().removeIf(SketchTimeline::retireIfEmpty);
        noteRoom();
        directory.ifPresent(folder -> {
            deleteForgotten(folder);
            timelines.forEach((gallery, timeline) -> write(folder, gallery, timeline));
        });
    }

    private void noteRoom() {
        if (timelines.size() < MOST_GALLERIES) {
            toldFull = false;
        }
    }

    private void write(SketchDirectory folder, TrackedGallery gallery, SketchTimeline timeline) {
        try {
            Optional<List<DecisionSketch>> news = timeline.news();
            if (news.isPresent()) {
                folder.write(gallery, news.get());
                written.add(gallery);
                timeline.saved(news.get());
                toldUnwritable = false;
            }
        } catch (IOException e) {
            unwritable(e);
        }
    }

    private void deleteForgotten(SketchDirectory folder) {
        for (Iterator<TrackedGallery> each = written.iterator(); each.hasNext(); ) {
            TrackedGallery gallery = each.next();
            if (!timelines.containsKey(gallery)) {
                try {
                    folder.delete(gallery);
                    each.remove();
                } catch (IOException e) {
                    unwritable(e);
                }
            }
        }
    }

    private void unwritable(IOException e) {
        if (!toldUnwritable) {
            toldUnwritable = true;
            LOG.warn("Decisions cannot be written to mekiki.drift.directory; the service keeps trying", e);
        }
    }

    /** Writes what is not written yet. */
    @Override
    public synchronized void close() throws IOException {
        save();
        closed = true;
        if (directory.isPresent()) {
            directory.get().close();
        }
    }
}
