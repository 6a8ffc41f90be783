package dev.mekiki.service.models;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.time.Stage;
import dev.mekiki.core.time.StageDurations;
import dev.mekiki.inference.InferenceObserver;
import dev.mekiki.service.models.ModelActivity.Figures;
import dev.mekiki.service.models.ModelActivity.Total;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelActivityTest {

    private final List<String> passedOn = new ArrayList<>();

    private final ModelActivity activity = new ModelActivity(
            new InferenceObserver() {
                @Override
                public void stageEnded(Stage stage, long nanos) {
                    passedOn.add(stage + " " + nanos);
                }

                @Override
                public void batchRan(int images, int size, long nanos) {
                    passedOn.add(images + " of " + size + " in " + nanos);
                }

                @Override
                public void ended(Outcome outcome) {
                    passedOn.add(outcome.name());
                }
            },
            InstantSource.fixed(Instant.ofEpochMilli(1234)));

    @Test
    void countsRunsByTheirImagesAndPassesThemOn() {
        activity.batchRan(3, 4, 70);
        activity.batchRan(3, 4, 30);
        activity.batchRan(1, 1, 5);
        activity.ended(InferenceObserver.Outcome.EMBEDDED);
        activity.ended(InferenceObserver.Outcome.INVALID);
        activity.stageEnded(Stage.DECODE, 9);

        assertThat(activity.figures().runs()).isEqualTo(Map.of(1, new Total(1, 5), 3, new Total(2, 100)));
        assertThat(activity.figures().images()).isEqualTo(1);
        assertThat(activity.figures().lastRequestMillis()).isZero();
        assertThat(passedOn)
                .containsExactly("3 of 4 in 70", "3 of 4 in 30", "1 of 1 in 5", "EMBEDDED", "INVALID", "DECODE 9");
    }

    @Test
    void countsARequestOnceWithTheMeansOfItsImages() {
        activity.succeeded(
                1000,
                List.of(
                        image(Map.of(
                                Stage.ADMISSION,
                                10,
                                Stage.DECODE,
                                20,
                                Stage.PREPROCESS,
                                4,
                                Stage.QUEUE,
                                6,
                                Stage.INFERENCE,
                                50)),
                        image(Map.of(Stage.QUEUE, 8, Stage.INFERENCE, 70))));
        activity.failed(7);

        Figures figures = activity.figures();
        assertThat(figures.succeeded()).isEqualTo(new Total(1, 1000));
        assertThat(figures.failed()).isEqualTo(new Total(1, 7));
        assertThat(figures.queued()).isEqualTo(new Total(1, 5 + 7));
        assertThat(figures.prepared()).isEqualTo(new Total(1, 10 + 2));
        assertThat(figures.inferred()).isEqualTo(new Total(1, 60));
        assertThat(figures.lastRequestMillis()).isEqualTo(1234);
    }

    private static EmbeddedImage image(Map<Stage, Integer> nanos) {
        StageDurations durations = StageDurations.NONE;
        for (Map.Entry<Stage, Integer> stage : nanos.entrySet()) {
            durations = durations.with(stage.getKey(), Duration.ofNanos(stage.getValue()));
        }
        EmbeddingSpace space = new EmbeddingSpace("m@1", 2, "d");
        return new EmbeddedImage(Embedding.ofUnit(space, new float[] {1, 0}), durations);
    }
}
