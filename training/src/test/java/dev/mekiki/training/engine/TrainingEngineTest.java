package dev.mekiki.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.training.Drawings;
import org.junit.jupiter.api.Test;

class TrainingEngineTest {
    private static final int CLASSES = 4;
    private static final LossSettings LOSS = new LossSettings(16, 0, 1, .1);
    private static final OptimiserSettings OPTIMISER = new OptimiserSettings(.9, .99, 1e-8, .01, 5, .9);

    @Test
    void learnsToTellAFewPatternsApart() {
        // Small class weights turn faster, which a run of a few steps needs.
        try (TrainingEngine engine = new TrainingEngine(CLASSES, 2, 8, .01, OPTIMISER, 1)) {
            double first = engine.step(Drawings::stripes, LOSS, 3e-3).classification();
            double late = 0;
            double right = 0;
            for (int i = 0; i < 30; i++) {
                LossParts seen = engine.step(Drawings::stripes, LOSS, 3e-3);
                late += i < 25 ? 0 : seen.classification() / 5;
                right += i < 25 ? 0 : seen.right() / 5;
            }
            assertThat(late).isLessThan(first / 4);
            assertThat(right).isGreaterThan(.9);
        }
    }

    @Test
    void goesOnBitForBitAfterItsStateWasRestored() {
        EngineState through;
        try (TrainingEngine engine = engine(1)) {
            steps(engine, 4);
            through = engine.state();
        }
        EngineState half;
        try (TrainingEngine engine = engine(1)) {
            steps(engine, 2);
            half = engine.state();
        }
        try (TrainingEngine engine = engine(99)) {
            engine.restore(half);
            steps(engine, 2);
            EngineState resumed = engine.state();
            assertThat(resumed.step()).isEqualTo(4);
            assertThat(resumed.weights()).isEqualTo(through.weights());
            assertThat(resumed.firstMoment()).isEqualTo(through.firstMoment());
            assertThat(resumed.secondMoment()).isEqualTo(through.secondMoment());
            assertThat(resumed.average()).isEqualTo(through.average());
            assertThat(resumed.averageStatistics()).isEqualTo(through.averageStatistics());
            assertThat(resumed.statistics().get(1))
                    .isEqualTo(through.statistics().get(1));
        }
    }

    @Test
    void explainsALossThatIsNoNumberAndKeepsItsWeights() {
        try (TrainingEngine engine = engine(1)) {
            float[] before = engine.state().weights();
            TrainingEngine.BatchSource broken = (step, part, images, labels) -> {
                Drawings.stripes(step, part, images, labels);
                images.put(0, Float.NaN);
            };
            assertThatThrownBy(() -> engine.step(broken, LOSS, 2e-3))
                    .isInstanceOf(TrainingDivergedException.class)
                    .hasMessageContaining("step 0")
                    .hasMessageContaining("Lower the learning rate");
            assertThat(engine.state().weights()).isEqualTo(before);
            assertThat(engine.stepsDone()).isZero();
        }
    }

    @Test
    void passesOnWhatTheBatchSourceThrows() {
        try (TrainingEngine engine = engine(1)) {
            assertThatThrownBy(() -> engine.step(
                            (step, part, images, labels) -> {
                                throw new IllegalStateException("no images today");
                            },
                            LOSS,
                            2e-3))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("no images today");
        }
    }

    @Test
    void refusesAStateOfAnotherHead() {
        EngineState state;
        try (TrainingEngine engine = engine(1)) {
            state = engine.state();
        }
        try (TrainingEngine other = new TrainingEngine(CLASSES + 1, 2, 4, .1, OPTIMISER, 1)) {
            assertThatThrownBy(() -> other.restore(state))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("another recipe or corpus");
        }
    }

    private static TrainingEngine engine(long seed) {
        return new TrainingEngine(CLASSES, 2, 4, .1, OPTIMISER, seed);
    }

    private static void steps(TrainingEngine engine, int count) {
        for (int i = 0; i < count; i++) {
            engine.step(Drawings::stripes, LOSS, 2e-3);
        }
    }
}
