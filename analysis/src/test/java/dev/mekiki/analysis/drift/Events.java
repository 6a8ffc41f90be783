package dev.mekiki.analysis.drift;

import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.decision.Recognition;
import dev.mekiki.core.gallery.Candidates;
import dev.mekiki.core.gallery.ExactScore;
import dev.mekiki.core.gallery.Match;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Single decisions, which a sketch forgets and a test may look at. */
record Events(List<Candidates> found) {

    static final Instant START = Instant.parse("2026-11-20T00:00:00Z");
    static final Duration HOUR = Duration.ofHours(1);

    static Events none() {
        return new Events(new ArrayList<>());
    }

    Events add(String label, double score, double second) {
        Match best = new Match(new RegistrationId("r1"), LabelPath.of(label), new ExactScore(score));
        Match next = new Match(new RegistrationId("r2"), LabelPath.of("another"), new ExactScore(second));
        found.add(new Candidates(List.of(best, next), List.of(best), List.of()));
        return this;
    }

    /** So many, spread normally around {@code score}. */
    Events add(int count, String label, double score, double spread, Random random) {
        for (int i = 0; i < count; i++) {
            double drawn = Math.clamp(score + spread * random.nextGaussian(), -1, 1);
            add(label, drawn, Math.max(-1, drawn - random.nextDouble() / 2));
        }
        return this;
    }

    Events addWithoutCandidates() {
        found.add(new Candidates(List.of(), List.of(), List.of()));
        return this;
    }

    DecisionSketch decide(DecisionPolicy policy, int labels) {
        DecisionRecorder recorder = new DecisionRecorder(labels, 1);
        found.forEach(candidates -> recorder.record(policy.decide(candidates)));
        return recorder.sketch(START, HOUR);
    }

    /** How many are known by {@code policy} and unknown by {@code other}. */
    long changed(DecisionPolicy policy, DecisionPolicy other) {
        return found.stream()
                .filter(candidates -> policy.decide(candidates) instanceof Recognition.Known
                        && other.decide(candidates) instanceof Recognition.Unknown)
                .count();
    }

    static DecisionPolicy policy(double threshold) {
        return policy(threshold, Map.of());
    }

    static DecisionPolicy policy(double threshold, Map<String, Double> labels) {
        return new DecisionPolicy(.001, threshold, labels, 0);
    }
}
