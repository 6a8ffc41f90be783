package dev.mekiki.analysis.drift;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.core.decision.DecisionPolicy;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WhatIfTest {

    private static final DecisionPolicy NOW = Events.policy(.7, Map.of("label-2", .75));

    @Test
    void decidesExactlyAsTheSingleDecisionsWould() {
        Events events = events(1, 30);
        for (DecisionPolicy other : List.of(
                Events.policy(.7),
                Events.policy(.62),
                Events.policy(.81),
                Events.policy(-1),
                Events.policy(.57, Map.of("label-1", .9, "label-7", .33, "not-there", .1)))) {
            WhatIf whatIf = WhatIf.of(List.of(events.decide(NOW, 256)), other);

            assertThat(whatIf.decisions()).isEqualTo(events.found().size());
            assertThat(whatIf.toUnknown().isExact()).isTrue();
            assertThat(whatIf.toUnknown().low()).isEqualTo(events.changed(NOW, other));
            assertThat(whatIf.toKnown().isExact()).isTrue();
            assertThat(whatIf.toKnown().low()).isEqualTo(events.changed(other, NOW));
        }
    }

    @Test
    void withoutThresholdsOfLabelsThePoolIsExactAsWell() {
        Events events = events(2, 300);
        DecisionPolicy other = Events.policy(.75);

        WhatIf whatIf = WhatIf.of(List.of(events.decide(NOW, 16)), other);

        assertThat(whatIf.toUnknown())
                .isEqualTo(new WhatIf.Range(events.changed(NOW, other), events.changed(NOW, other)));
        assertThat(whatIf.toKnown())
                .isEqualTo(new WhatIf.Range(events.changed(other, NOW), events.changed(other, NOW)));
    }

    @Test
    void boundsWhatItCannotTell() {
        Random random = new Random(3);
        for (int round = 0; round < 50; round++) {
            Events first = events(4 + round, 40);
            Events second = events(1_000 + round, 40);
            DecisionPolicy other = Events.policy(
                    random.nextDouble(.5, .9),
                    Map.of("label-1", random.nextDouble(.5, 1), "label-39", random.nextDouble(-1, 1), "label-5", 1.0));
            List<DecisionSketch> sketches = List.of(first.decide(NOW, 20), second.decide(NOW, 256));
            DecisionSketch sum = sketches.get(0).plus(sketches.get(1));

            for (WhatIf whatIf : List.of(WhatIf.of(sketches, other), WhatIf.of(List.of(sum), other))) {
                long toUnknown = first.changed(NOW, other) + second.changed(NOW, other);
                long toKnown = first.changed(other, NOW) + second.changed(other, NOW);
                assertThat(toUnknown)
                        .isBetween(whatIf.toUnknown().low(), whatIf.toUnknown().high());
                assertThat(toKnown)
                        .isBetween(whatIf.toKnown().low(), whatIf.toKnown().high());
                assertThat(whatIf.toUnknown().isExact()).isFalse();
            }
        }
    }

    @Test
    void aThresholdOfOneLeavesOpenWhatReachesIt() {
        Events events = Events.none().add("a", 1, .5).add("a", .995, .5);

        WhatIf whatIf = WhatIf.of(List.of(events.decide(NOW, 256)), Events.policy(1));

        assertThat(whatIf.toUnknown()).hasToString("0 to 2");
        assertThat(whatIf.known()).isEqualTo(2);
    }

    private static Events events(int seed, int labels) {
        Random random = new Random(seed);
        Events events = Events.none().addWithoutCandidates();
        for (int label = 0; label < labels; label++) {
            events.add(1 + random.nextInt(60), "label-" + label, random.nextDouble(.5, .95), .1, random);
            // On an edge, and identical.
            events.add("label-" + label, .7, .6).add("label-" + label, .62, .6).add("label-" + label, 1, .6);
        }
        return events;
    }
}
