package dev.mekiki.cli.drift;

import dev.mekiki.analysis.drift.DecisionSketch;
import dev.mekiki.analysis.drift.Drift;
import dev.mekiki.analysis.drift.WhatIf;
import dev.mekiki.core.decision.DecisionPolicy;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What moved in a gallery, and what other policies would have decided since.
 *
 * @param gallery its resource name
 * @param replicas whose decisions are added up
 * @param before the decisions to compare with; empty if there are none
 * @param since the decisions to judge; empty if there are none
 * @param drift empty if one of the two is
 * @param whatIf of the decisions since, by what the policy is called, in order
 */
public record DriftReport(
        String gallery,
        List<String> replicas,
        Optional<DecisionSketch> before,
        Optional<DecisionSketch> since,
        Optional<Drift> drift,
        Map<String, WhatIf> whatIf) {

    /**
     * Judges sketches.
     *
     * @param sketches of all replicas
     * @param since those that start then or later are judged, the others compared with
     */
    public static DriftReport of(
            String gallery,
            List<String> replicas,
            List<DecisionSketch> sketches,
            Instant since,
            Map<String, DecisionPolicy> policies) {
        List<DecisionSketch> old = new ArrayList<>();
        List<DecisionSketch> judged = new ArrayList<>();
        sketches.forEach(sketch -> (sketch.start().isBefore(since) ? old : judged).add(sketch));
        Optional<DecisionSketch> before = DecisionSketch.sum(old);
        Optional<DecisionSketch> now = DecisionSketch.sum(judged);
        Map<String, WhatIf> whatIf = new LinkedHashMap<>();
        policies.forEach((name, policy) -> whatIf.put(name, WhatIf.of(judged, policy)));
        return new DriftReport(
                gallery,
                replicas,
                before,
                now,
                before.flatMap(one -> now.map(other -> Drift.between(one, other))),
                whatIf);
    }

    /** For people, some lines. */
    public String inWords() {
        StringBuilder text = new StringBuilder(
                String.format(Locale.ROOT, "%s, as decided by %s%n", gallery, String.join(", ", replicas)));
        text.append("before: ").append(extent(before)).append('\n');
        text.append("since:  ").append(extent(since)).append('\n');
        drift.ifPresent(found -> {
            List<String> moved = found.verdict();
            text.append(moved.isEmpty() ? "nothing moved\n" : "moved:\n");
            moved.forEach(line -> text.append("  ").append(line).append('\n'));
        });
        whatIf.forEach((name, changes) -> text.append(String.format(
                Locale.ROOT,
                "with %s: of %,d known %s would have been unknown, of %,d unknown %s known%n",
                name,
                changes.known(),
                changes.toUnknown(),
                changes.decisions() - changes.known(),
                changes.toKnown())));
        return text.toString();
    }

    private static String extent(Optional<DecisionSketch> sketch) {
        return sketch.map(all -> String.format(
                        Locale.ROOT,
                        "%s to %s, %,d decisions, %.1f %% unknown",
                        all.start().truncatedTo(ChronoUnit.MINUTES),
                        all.end().truncatedTo(ChronoUnit.MINUTES),
                        all.decisions(),
                        100.0 * all.unknowns() / all.decisions()))
                .orElse("no decisions");
    }
}
