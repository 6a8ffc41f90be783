package dev.mekiki.cli.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.training.evaluation.ServedDecisions.Outcome;
import dev.mekiki.v1.Known;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.Unknown;
import org.junit.jupiter.api.Test;

class GalleryAnswersTest {

    @Test
    void tellsWhatAnAnswerIsWorth() {
        assertThat(GalleryAnswers.outcome("card", known("card", ""))).isEqualTo(Outcome.RIGHT);
        assertThat(GalleryAnswers.outcome("card", known("card", "first"))).isEqualTo(Outcome.RIGHT);
        assertThat(GalleryAnswers.outcome("card/first", known("card", "first"))).isEqualTo(Outcome.RIGHT);
        assertThat(GalleryAnswers.outcome("card/first", known("card", ""))).isEqualTo(Outcome.MAIN_ONLY);
        assertThat(GalleryAnswers.outcome("card/first", known("card", "second")))
                .isEqualTo(Outcome.WRONG);
        assertThat(GalleryAnswers.outcome("card", known("cards", ""))).isEqualTo(Outcome.WRONG);
        assertThat(GalleryAnswers.outcome(
                        "card",
                        RecognizeResponse.newBuilder()
                                .setUnknown(Unknown.getDefaultInstance())
                                .build()))
                .isEqualTo(Outcome.UNNAMED);
    }

    private static RecognizeResponse known(String main, String sub) {
        return RecognizeResponse.newBuilder()
                .setKnown(Known.newBuilder().setMainLabel(main).setSubLabel(sub))
                .build();
    }
}
