package dev.mekiki.training.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.analysis.statistics.ClassBootstrap;
import dev.mekiki.training.evaluation.ServedDecisions.Answer;
import dev.mekiki.training.evaluation.ServedDecisions.Outcome;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServedDecisionsTest {

    @Test
    void countsAnswersApartForLabelsThatTheGalleryHas() {
        ServedDecisions decisions = ServedDecisions.of(
                "cards",
                List.of(
                        new Answer(0, true, Outcome.RIGHT),
                        new Answer(0, true, Outcome.RIGHT),
                        new Answer(0, true, Outcome.MAIN_ONLY),
                        new Answer(1, true, Outcome.UNNAMED),
                        new Answer(2, false, Outcome.WRONG),
                        new Answer(2, false, Outcome.UNNAMED)),
                new ClassBootstrap(3, 200, 1));
        assertThat(decisions.registered()).isEqualTo(4);
        assertThat(decisions.right().value()).isEqualTo(.5);
        assertThat(decisions.mainOnly().value()).isEqualTo(.25);
        assertThat(decisions.wrong().value()).isZero();
        assertThat(decisions.unnamed().value()).isEqualTo(.25);
        assertThat(decisions.unregistered()).isEqualTo(2);
        assertThat(decisions.accepted().value()).isEqualTo(.5);
    }

    @Test
    void hasNoShareOfPhotographsThatWereNotShown() {
        ServedDecisions decisions =
                ServedDecisions.of("cards", List.of(new Answer(0, true, Outcome.RIGHT)), new ClassBootstrap(1, 100, 1));
        assertThat(decisions.accepted().value()).isNaN();
    }
}
