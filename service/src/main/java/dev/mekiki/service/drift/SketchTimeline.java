package dev.mekiki.service.drift;

import dev.mekiki.analysis.drift.DecisionRecorder;
import dev.mekiki.analysis.drift.DecisionSketch;
import dev.mekiki.core.decision.Recognition;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The decisions in one gallery: the current hour, the hours before it, and the days before those. Thread-safe; recording
 * takes no lock of this object but when an hour begins.
 */
final class SketchTimeline {

    static final Duration HOUR = Duration.ofHours(1);

    /** Older hours are added up to days. */
    static final Duration HOURLY = Duration.ofHours(48);

    /** Threads that record at the same time mostly have one each. */
    private static final int STRIPES = 4;

    /** Of a clock that was set back. */
    private static final Duration AHEAD = Duration.ofDays(1);

    private volatile @Nullable Open current;

    // The following under this object's lock, both by start.
    private final NavigableMap<Instant, DecisionSketch> hours = new TreeMap<>();
    private final NavigableMap<Instant, DecisionSketch> days = new TreeMap<>();
    private List<DecisionSketch> saved = List.of();
    private boolean retired;

    private record Open(Instant start, DecisionRecorder recorder) {

        /** An hour that has just begun takes what was decided a moment before, too. */
        boolean takes(Instant hour) {
            return start.equals(hour) || start.equals(hour.plus(HOUR));
        }
    }

    SketchTimeline() {}

    /** Goes on with what was {@link #saved}. */
    SketchTimeline(List<DecisionSketch> sketches) {
        saved = sketches;
        for (DecisionSketch sketch : sketches) {
            if (sketch.span().compareTo(HOUR) > 0) {
                days.merge(day(sketch), sketch, DecisionSketch::plus);
            } else {
                hours.merge(sketch.start(), sketch, DecisionSketch::plus);
            }
        }
    }

    /**
     * Counts a decision.
     *
     * @param labels most labels that are told apart if an hour begins with it
     * @return false if this is {@link #retireIfEmpty retired}; then it was not counted
     */
    boolean record(Instant now, Recognition decision, int labels) {
        Instant hour = now.truncatedTo(ChronoUnit.HOURS);
        Open open = current;
        while (open == null || !open.takes(hour) || !open.recorder.record(decision)) {
            open = turn(hour, labels);
            if (open == null) {
                return false;
            }
        }
        return true;
    }

    private synchronized @Nullable Open turn(Instant hour, int labels) {
        Open open = current;
        if (retired) {
            return null;
        }
        if (open == null || !open.takes(hour)) {
            close();
            open = new Open(hour, new DecisionRecorder(labels, STRIPES));
            current = open;
        }
        return open;
    }

    private void close() {
        Open open = current;
        if (open != null) {
            current = null;
            keep(open.recorder.close(open.start, HOUR));
        }
    }

    private void keep(DecisionSketch hour) {
        if (hour.decisions() > 0) {
            hours.merge(hour.start(), hour, DecisionSketch::plus);
        }
    }

    /**
     * Ends an hour that is over, adds hours up to days, and drops what is too old.
     *
     * @param retention how long ago the end of a span may be
     * @param labels most labels of a day that are told apart
     */
    synchronized void tidy(Instant now, Duration retention, int labels) {
        Open open = current;
        if (open != null && !open.takes(now.truncatedTo(ChronoUnit.HOURS))) {
            close();
        }
        Instant daily = now.minus(HOURLY);
        while (!hours.isEmpty() && !hours.firstEntry().getValue().end().isAfter(daily)) {
            DecisionSketch hour = hours.pollFirstEntry().getValue();
            days.merge(
                    day(hour),
                    hour.withLabels(labels),
                    (one, other) -> one.plus(other).withLabels(labels));
        }
        for (NavigableMap<Instant, DecisionSketch> spans : List.of(hours, days)) {
            spans.values()
                    .removeIf(span -> span.end().isBefore(now.minus(retention))
                            || span.start().isAfter(now.plus(AHEAD)));
        }
    }

    /** Spans in which something was decided, in ascending order of start; that of the current hour so far. */
    synchronized List<DecisionSketch> sketches() {
        NavigableMap<Instant, DecisionSketch> hourly = new TreeMap<>(hours);
        Open open = current;
        if (open != null) {
            DecisionSketch sketch = open.recorder.sketch(open.start, HOUR);
            if (sketch.decisions() > 0) {
                hourly.merge(open.start, sketch, DecisionSketch::plus);
            }
        }
        List<DecisionSketch> sketches = new ArrayList<>(days.values());
        sketches.addAll(hourly.values());
        sketches.sort(Comparator.comparing(DecisionSketch::start));
        return sketches;
    }

    /** All of {@link #sketches} if that is not what was {@link #saved} last. */
    synchronized Optional<List<DecisionSketch>> news() {
        List<DecisionSketch> now = sketches();
        return now.equals(saved) ? Optional.empty() : Optional.of(now);
    }

    synchronized void saved(List<DecisionSketch> sketches) {
        saved = sketches;
    }

    /** Counts nothing any more if there is nothing. */
    synchronized boolean retireIfEmpty() {
        retired = current == null && hours.isEmpty() && days.isEmpty();
        return retired;
    }

    private static Instant day(DecisionSketch sketch) {
        return sketch.start().truncatedTo(ChronoUnit.DAYS);
    }
}
