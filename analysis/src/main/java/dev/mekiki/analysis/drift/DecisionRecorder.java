package dev.mekiki.analysis.drift;

import dev.mekiki.core.decision.Recognition;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Counts decisions of one span as they are made. Thread-safe: threads are spread over stripes with a lock each, held for
 * about as long as five additions take, so that they hardly ever wait for each other, except while a sketch is taken.
 *
 * <p>Told apart are the labels that come first, in each stripe; the others are pooled. With places for n, a label that
 * has a share p of the decisions is missed with a probability of at most (1 - p)<sup>n</sup>, because n places are not
 * taken before n decisions: of 256 places, 0.6 % for a label with a share of 2 %. Space-Saving (Metwally, Agrawal and El
 * Abbadi, ICDT 2005) never misses such a label, but lets it inherit the counts of those that it displaced; then nothing
 * could be decided anew.
 */
public final class DecisionRecorder {

    private final int mostLabels;
    private final Stripe[] stripes;

    /**
     * @param labels most labels that a stripe tells apart, 1..{@value DecisionSketch#MOST_LABELS}
     * @param stripes 1..64, rounded up to a power of two
     */
    public DecisionRecorder(int labels, int stripes) {
        if (labels < 1 || labels > DecisionSketch.MOST_LABELS) {
            throw new IllegalArgumentException(
                    "labels: " + labels + " (expected: 1.." + DecisionSketch.MOST_LABELS + ")");
        }
        if (stripes < 1 || stripes > 64) {
            throw new IllegalArgumentException("stripes: " + stripes + " (expected: 1..64)");
        }
        this.mostLabels = labels;
        this.stripes = new Stripe[stripes == 1 ? 1 : Integer.highestOneBit(stripes - 1) << 1];
        Arrays.setAll(this.stripes, _ -> new Stripe());
    }

    /**
     * Counts a decision.
     *
     * @return false if the span is {@link #close closed}; then it was not counted
     */
    public boolean record(Recognition decision) {
        long thread = Thread.currentThread().threadId();
        return stripes[(int) (thread ^ (thread >>> 6)) & (stripes.length - 1)].record(decision);
    }

    /** What was counted so far; of each stripe a moment of its own. */
    public DecisionSketch sketch(Instant start, Duration span) {
        return sketch(start, span, false);
    }

    /** What was counted; from now on nothing is counted any more. */
    public DecisionSketch close(Instant start, Duration span) {
        return sketch(start, span, true);
    }

    private DecisionSketch sketch(Instant start, Duration span, boolean last) {
        DecisionSketch all = DecisionSketch.empty(start, span);
        for (Stripe stripe : stripes) {
            all = all.plus(stripe.sketch(start, span, last));
        }
        return all.withLabels(mostLabels);
    }

    /** Counts of some of the threads. */
    private final class Stripe {

        private long withoutCandidates;
        private final Counts known = new Counts();
        private final Counts unknown = new Counts();
        private final Counts leads = new Counts();
        private final Map<String, LabelCounts> labels = new HashMap<>();
        private boolean closed;

        synchronized boolean record(Recognition decision) {
            if (closed) {
                return false;
            }
            switch (decision) {
                case Recognition.Known answer -> {
                    double score = answer.score().cosine();
                    int bin = Bins.SCORES.of(score);
                    known.add(bin);
                    answer.margin().ifPresent(lead -> leads.add(Bins.LEADS.of(lead)));
                    LabelCounts label = label(answer.label().main());
                    if (label != null) {
                        label.known.add(bin);
                        label.add(score);
                    }
                }
                case Recognition.Unknown answer
                when answer.nearest().isPresent() -> {
                    double score = answer.nearest().get().score().cosine();
                    int bin = Bins.SCORES.of(score);
                    unknown.add(bin);
                    LabelCounts label = label(answer.nearest().get().label().main());
                    if (label != null) {
                        label.unknown.add(bin);
                        label.add(score);
                    }
                }
                case Recognition.Unknown _ -> withoutCandidates++;
            }
            return true;
        }

        /** Null if it is pooled. */
        private @Nullable LabelCounts label(String main) {
            LabelCounts label = labels.get(main);
            if (label == null && labels.size() < mostLabels) {
                label = new LabelCounts();
                labels.put(main, label);
            }
            return label;
        }

        synchronized DecisionSketch sketch(Instant start, Duration span, boolean last) {
            closed |= last;
            Map<String, LabelScores> scores = HashMap.newHashMap(labels.size());
            labels.forEach((label, counts) -> scores.put(
                    label,
                    new LabelScores(
                            counts.known.histogram(), counts.unknown.histogram(), counts.sum, counts.sumOfSquares)));
            return new DecisionSketch(
                    start, span, withoutCandidates, known.histogram(), unknown.histogram(), leads.histogram(), scores);
        }
    }

    private static final class LabelCounts {

        private final Counts known = new Counts();
        private final Counts unknown = new Counts();
        private double sum;
        private double sumOfSquares;

        void add(double score) {
            sum += score;
            sumOfSquares += score * score;
        }
    }

    /** Bins from the first to the last that has any, and a few more. */
    private static final class Counts {

        private static final int ROOM = 4;

        private int first;
        private long[] counts = {};

        void add(int bin) {
            if (bin < first || bin >= first + counts.length) {
                grow(bin);
            }
            counts[bin - first]++;
        }

        private void grow(int bin) {
            int from = Math.max(0, bin - ROOM);
            int to = Math.min(Bins.COUNT, bin + ROOM + 1);
            if (counts.length > 0) {
                from = Math.min(from, first);
                to = Math.max(to, first + counts.length);
            }
            long[] grown = new long[to - from];
            System.arraycopy(counts, 0, grown, counts.length == 0 ? 0 : first - from, counts.length);
            first = from;
            counts = grown;
        }

        Histogram histogram() {
            return Histogram.of(first, counts);
        }
    }
}
