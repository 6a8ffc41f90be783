package dev.mekiki.core.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.core.decision.Recognition.Known;
import dev.mekiki.core.decision.Recognition.Reason;
import dev.mekiki.core.decision.Recognition.Unknown;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.gallery.Candidates;
import dev.mekiki.core.gallery.ExactScore;
import dev.mekiki.core.gallery.Match;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class DecisionPolicyTest {

    private static final DecisionPolicy POLICY = new DecisionPolicy(1e-3, 0.6, Map.of("strict", 0.9), 0.05);

    @Test
    void anEmptyGalleryKnowsNothing() {
        Recognition answer = POLICY.decide(new Candidates(List.of(), List.of(), List.of()));

        assertThat(answer).isEqualTo(new Unknown(Reason.NO_CANDIDATES, Optional.empty(), 0.6));
    }

    @Test
    void belowTheThresholdIsUnknownAndAtItIsKnown() {
        assertThat(decide(List.of(match("a/x", 0.599)), List.of(match("a/x", 0.599))))
                .isEqualTo(new Unknown(Reason.BELOW_THRESHOLD, Optional.of(match("a/x", 0.599)), 0.6));
        assertThat(decide(List.of(match("a/x", 0.6)), List.of(match("a/x", 0.6))))
                .isInstanceOf(Known.class);
    }

    @Test
    void aLabelsOwnThresholdReplacesTheGallerys() {
        assertThat(decide(List.of(match("strict", 0.89)), List.of(match("strict", 0.89))))
                .isInstanceOf(Unknown.class)
                .extracting(Recognition::threshold)
                .isEqualTo(0.9);
        assertThat(decide(List.of(match("strict", 0.9)), List.of(match("strict", 0.9))))
                .isInstanceOf(Known.class);
    }

    @Test
    void namesTheSubLabelOnlyIfItLeadsByTheMargin() {
        assertThat(label(decide(List.of(match("a/x", 0.9)), List.of(match("a/x", 0.9), match("a/y", 0.84)))))
                .isEqualTo(LabelPath.of("a", "x"));
        assertThat(label(decide(List.of(match("a/x", 0.9)), List.of(match("a/x", 0.9), match("a/y", 0.86)))))
                .isEqualTo(LabelPath.of("a"));
    }

    @Test
    void theMainLabelItselfCompetesWithItsSubLabels() {
        assertThat(label(decide(List.of(match("a/x", 0.9)), List.of(match("a/x", 0.9), match("a", 0.88)))))
                .isEqualTo(LabelPath.of("a"));
    }

    @Test
    void aSubLabelWithoutRivalIsNamed() {
        assertThat(label(decide(List.of(match("a/x", 0.9)), List.of(match("a/x", 0.9)))))
                .isEqualTo(LabelPath.of("a", "x"));
    }

    @Test
    void theMarginIsTheLeadOverTheRunnerUpMainLabel() {
        Known known = (Known) decide(List.of(match("a", 0.9), match("b", 0.7)), List.of(match("a", 0.9)));
        assertThat(known.margin()).hasValueSatisfying(m -> assertThat(m).isCloseTo(0.2, within(1e-12)));

        Known alone = (Known) decide(List.of(match("a", 0.9)), List.of(match("a", 0.9)));
        assertThat(alone.margin()).isEmpty();
    }

    @Test
    void refusesMoreLabelThresholdsThanItTakes() {
        Map<String, Double> thresholds = new HashMap<>();
        for (int i = 0; i <= DecisionPolicy.MOST_LABEL_THRESHOLDS; i++) {
            thresholds.put("label " + i, 0.5);
        }
        assertThatThrownBy(() -> new DecisionPolicy(1e-3, 0.6, thresholds, 0.05))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("decision_policy.label_thresholds: 10001 labels (expected: at most 10000)");
    }

    @Test
    void refusesImpossibleCalibrations() {
        for (Executable impossible : new Executable[] {
            () -> calibration("", "", 1, 0, 1),
            () -> calibration("x".repeat(257), "", 1, 0, 1),
            () -> calibration("m", "x".repeat(257), 1, 0, 1),
            () -> calibration("m", "", -1, 0, 1),
            () -> calibration("m", "", 1, .2, .1),
            () -> calibration("m", "", 1, -.1, .1),
            () -> calibration("m", "", 1, 0, 1.1),
            () -> calibration("m", "", 1, Double.NaN, 1)
        }) {
            assertThatThrownBy(impossible::execute)
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageStartingWith("decision_policy.calibration.");
        }
        assertThat(calibration("m", "", 0, 0, 1).isIntervalKnown()).isFalse();
        assertThat(calibration("m", "", 0, 0, .1).isIntervalKnown()).isTrue();
    }

    private static Calibration calibration(String method, String data, long impostors, double low, double high) {
        return new Calibration(method, data, Instant.EPOCH, impostors, low, high);
    }

    @Test
    void refusesImpossibleNumbers() {
        assertThatThrownBy(() -> new DecisionPolicy(0, 0.6, Map.of(), 0))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("decision_policy.false_accept_rate: 0.0 (expected: between 0 and 1, exclusive)");
        assertThatThrownBy(() -> new DecisionPolicy(0.1, Double.NaN, Map.of(), 0))
                .isInstanceOf(InvalidInput.class);
        assertThatThrownBy(() -> new DecisionPolicy(0.1, 0.5, Map.of("a", 1.5), 0))
                .hasMessageContaining("label_thresholds[a]: 1.5");
        assertThatThrownBy(() -> new DecisionPolicy(0.1, 0.5, Map.of(), -0.1)).isInstanceOf(InvalidInput.class);
    }

    private static Recognition decide(List<Match> mainLabels, List<Match> subLabels) {
        return POLICY.decide(new Candidates(mainLabels, subLabels, List.of()));
    }

    private static LabelPath label(Recognition recognition) {
        return ((Known) recognition).label();
    }

    private static Match match(String label, double score) {
        return new Match(new RegistrationId("r-1"), LabelPath.parse(label), new ExactScore(score));
    }
}
