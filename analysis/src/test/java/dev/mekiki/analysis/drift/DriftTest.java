package dev.mekiki.analysis.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class DriftTest {

    private static final double THRESHOLD = .7;

    @Test
    void saysNothingOfTheSameDecisionsDrawnAgain() {
        for (int seed = 0; seed < 20; seed++) {
            assertThat(Drift.between(usual(2 * seed), usual(2 * seed + 1)).verdict())
                    .as("seed " + seed)
                    .isEmpty();
        }
    }

    @Test
    void namesTheLabelThatScoresLower() {
        Random random = new Random(3);
        Events events = Events.none();
        for (int label = 0; label < 20; label++) {
            events.add(100, "label-" + label, label == 7 ? .78 : .85, .04, random);
        }

        Drift drift = Drift.between(usual(1), events.decide(Events.policy(THRESHOLD), 256));

        assertThat(drift.labels().getFirst().label()).isEqualTo("label-7");
        assertThat(drift.labels()).filteredOn(LabelShift::meanMoved).hasSize(1);
        assertThat(drift.verdict())
                .singleElement()
                .asString()
                .matches(
                        "label-7: its mean best score fell from 0\\.8[45]\\d to 0\\.7[78]\\d \\(100 and 100 decisions, p = .*\\)");
    }

    @Test
    void tellsThatMoreIsUnknownAndThatScoresFell() {
        Random random = new Random(4);
        Events events = Events.none();
        for (int label = 0; label < 20; label++) {
            events.add(100, "label-" + label, .72, .04, random);
        }

        Drift drift = Drift.between(usual(1), events.decide(Events.policy(THRESHOLD), 256));

        assertThat(drift.unknownRateMoved()).isTrue();
        assertThat(drift.verdict()).element(0).asString().startsWith("the unknown rate rose from 0.0 % to 3");
        assertThat(drift.verdict()).element(1).asString().startsWith("best scores moved (PSI ");
        assertThat(drift.labels()).allMatch(LabelShift::meanMoved);
    }

    @Test
    void tellsWhichLabelsShareRose() {
        Random random = new Random(5);
        Events events = Events.none();
        for (int label = 0; label < 20; label++) {
            events.add(label == 3 ? 300 : 100, "label-" + label, .85, .04, random);
        }

        Drift drift = Drift.between(usual(1), events.decide(Events.policy(THRESHOLD), 256));

        assertThat(drift.verdict())
                .anySatisfy(line -> assertThat(line).startsWith("label-3: its share rose from 5.0 % to 13.6 %"));
    }

    @Test
    void doesNotBelieveAShareThatThePoolCouldExplain() {
        Events events = Events.none().add(50, "a", .8, 0, new Random(1)).add(50, "b", .8, 0, new Random(1));
        DecisionSketch pooled = events.decide(Events.policy(THRESHOLD), 1);
        DecisionSketch whole = events.decide(Events.policy(THRESHOLD), 2);

        Drift drift = Drift.between(pooled, whole);

        assertThat(drift.labels()).hasSize(2).allMatch(label -> label.shareValue() == 1);
        assertThat(drift.verdict()).isEmpty();
    }

    @Test
    void comparesNothingWithNothing() {
        DecisionSketch none = DecisionSketch.empty(Events.START, Events.HOUR);
        assertThatThrownBy(() -> Drift.between(usual(1), none)).hasMessage("since: 0 decisions (expected: at least 1)");

        DecisionSketch withoutScores = Events.none().addWithoutCandidates().decide(Events.policy(THRESHOLD), 1);
        Drift drift = Drift.between(usual(1), withoutScores);
        assertThat(drift.scores()).isEmpty();
        assertThat(drift.labels()).isEmpty();
        assertThat(drift.unknownRateMoved()).isTrue();
    }

    /** 100 decisions of each of 20 labels. */
    private static DecisionSketch usual(int seed) {
        Random random = new Random(seed);
        Events events = Events.none();
        for (int label = 0; label < 20; label++) {
            events.add(100, "label-" + label, .85, .04, random);
        }
        return events.decide(Events.policy(THRESHOLD), 256);
    }
}
