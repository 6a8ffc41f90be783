package dev.mekiki.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ThresholdCalibrationTest {

    @Test
    void marginLiesJustAboveTheFirstLeadThatMayNotBeNamed() {
        double[] wrongLeads = {-.5, -.4, -.3, -.2, -.1, -.1, -.1, .02, .07, .2};
        double margin = ThresholdCalibration.marginFor(wrongLeads, .1);
        assertThat(margin).isCloseTo(.07, within(1e-9));
        assertThat(margin).isGreaterThan(.07);
    }

    @Test
    void needsNoMarginWhenTheRightSubLabelAlwaysLeads() {
        assertThat(ThresholdCalibration.marginFor(new double[] {-.3, -.2, -.1}, .01))
                .isZero();
    }
}
