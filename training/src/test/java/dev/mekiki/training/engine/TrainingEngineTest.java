package dev.mekiki.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.training.Drawings;
import dev.mekiki.training.engine.HeadSettings.Kind;
import dev.mekiki.training.network.Backbone;
import dev.mekiki.training.network.Neck;
import dev.mekiki.training.network.NetworkSettings;
import dev.mekiki.training.network.Quadrilateral;
import dev.mekiki.training.network.TrainedNetwork;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.DoubleSummaryStatistics;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingEngineTest {
    private static final int CLASSES = 4;
    private static final NetworkSettings SMALL = new NetworkSettings(Backbone.LCNET_025, Neck.SQUEEZE, 64, 32);
    private static final OptimiserSettings OPTIMISER = new OptimiserSettings(.9, .99, 1e-8, .01, 5, .9);
    private static final ClusterSettings UNGUIDED = new ClusterSettings(0, true, 16, 0, .05, 0, .2);
    private static final ClusterSettings GUIDED = new ClusterSettings(.1, true, 32, 1, .1, .1, .2);
    private static final ContrastSettings PAIRS = new ContrastSettings(ContrastSettings.Kind.PAIRS, 1, .1);
    private static final DistillationSettings ALONE =
            new DistillationSettings(DistillationSettings.Kind.COSINE, 0, .05);
    private static final LossSettings LOSS = loss(Kind.SOFTMAX, PAIRS, UNGUIDED, ALONE);

    @ParameterizedTest
    @EnumSource(Kind.class)
    void everyHeadLearnsToTellAFewPatternsApart(Kind kind) {
        ContrastSettings none = new ContrastSettings(ContrastSettings.Kind.PAIRS, 0, .1);
        assertLearns(loss(kind, none, UNGUIDED, ALONE), settings(1, 1, false, 0));
    }

    @Test
    void learnsWithSupCon() {
        ContrastSettings supCon = new ContrastSettings(ContrastSettings.Kind.SUPCON, 1, .1);
        assertLearns(loss(Kind.SOFTMAX, supCon, UNGUIDED, ALONE), settings(1, 1, false, 0));
    }

    @Test
    void learnsGuidedByClusters() {
        assertLearns(loss(Kind.ARCFACE, PAIRS, GUIDED, ALONE), settings(1, 1, true, 0));
    }

    @Test
    void learnsWithHalfPrecisionInTheLargeProducts() {
        EngineSettings s = settings(1, 1, false, 0);
        assertLearns(
                LOSS,
                new EngineSettings(
                        s.network(),
                        CLASSES,
                        2,
                        8,
                        .01,
                        1,
                        0,
                        0,
                        false,
                        OPTIMISER,
                        new Hardware(Hardware.Device.CPU, Hardware.Precision.BFLOAT16),
                        1));
    }

    /**
     * The loss goes down, classes are told right, and photographs of one class lie clearly nearer than those of others
     * on average; single pairs depend on how a machine rounds.
     */
    private static void assertLearns(LossSettings loss, EngineSettings settings) {
        try (TrainingEngine engine = new TrainingEngine(settings)) {
            LossParts seen = engine.step(Drawings::stripes, loss, 3e-3);
            double first = seen.classification();
            int steps = 140;
            for (int i = 0; i < steps; i++) {
                seen = engine.step(Drawings::stripes, loss, 5e-3 * (1 - (double) i / steps));
            }
            assertThat(seen.classification()).isLessThan(first / 3);
            assertThat(seen.right()).isGreaterThan(.9);
            FloatBuffer images = direct(8 * SMALL.inputFloats());
            int[] labels = new int[8];
            Drawings.stripes(1000, 0, images, labels);
            float[] vectors = TrainingEngine.embed(engine.averaged(), images, 8);
            DoubleSummaryStatistics own = new DoubleSummaryStatistics();
            DoubleSummaryStatistics other = new DoubleSummaryStatistics();
            for (int i = 0; i < 8; i++) {
                for (int j = 0; j < i; j++) {
                    double cosine = 0;
                    for (int d = 0; d < SMALL.dimension(); d++) {
                        cosine += vectors[i * SMALL.dimension() + d] * vectors[j * SMALL.dimension() + d];
                    }
                    (labels[i] == labels[j] ? own : other).accept(cosine);
                }
            }
            assertThat(own.getAverage()).isGreaterThan(other.getAverage() + .3);
        }
    }

    @Test
    void drawsTheStudentToItsTeacher() {
        DistillationSettings drawn = new DistillationSettings(DistillationSettings.Kind.COSINE, 1, .05);
        LossSettings loss = loss(Kind.SOFTMAX, PAIRS, UNGUIDED, drawn);
        try (TrainingEngine engine = new TrainingEngine(settings(1, 1, false, 5))) {
            double first = 0;
            double last = 0;
            for (int i = 0; i < 60; i++) {
                last = engine.step(TrainingEngineTest::stripesWithTeacher, loss, 3e-3)
                        .distillation();
                first = i == 0 ? last : first;
            }
            assertThat(last).isLessThan(first / 3);
            // The projection to the teacher is not part of what is exported.
            assertThat(engine.averaged().parameters())
                    .hasSize(engine.averaged().layout().parameterCount());
        }
    }

    /** A teacher of five dimensions that tells the four classes apart. */
    private static void stripesWithTeacher(long step, int part, BatchPart into) {
        Drawings.stripes(step, part, into);
        for (int i = 0; i < into.labels().length; i++) {
            for (int d = 0; d < 5; d++) {
                into.teacher().put(5 * i + d, d == into.labels()[i] ? 1 : 0);
            }
        }
    }

    @Test
    void marginsOfClassesFollowTheirConcentrationAfterAnEpoch() {
        LossSettings loss = loss(Kind.ARCFACE, PAIRS, GUIDED, ALONE);
        try (TrainingEngine engine = new TrainingEngine(settings(1, 1, true, 0))) {
            engine.step(Drawings::stripes, loss, 3e-3);
            assertThat(engine.state().centres().get(3)).containsOnly(0);
            // 32 images are an epoch.
            engine.step(Drawings::stripes, loss, 3e-3);
            float[] leans = engine.state().centres().get(3);
            assertThat(leans).hasSize(CLASSES);
            assertThat(leans[0] + leans[1] + leans[2] + leans[3]).isBetween(-3f, 3f);
            assertThat(leans).doesNotContain(0);
        }
    }

    @Test
    void takingAllClassesIsTheFullLoss() {
        try (TrainingEngine full = new TrainingEngine(manyClasses(60, 1), false);
                TrainingEngine sampled = new TrainingEngine(manyClasses(60, 1), true)) {
            for (int i = 0; i < 3; i++) {
                assertThat(sampled.step(Drawings::stripes, LOSS, 1e-3))
                        .isEqualTo(full.step(Drawings::stripes, LOSS, 1e-3));
            }
            assertThat(sampled.state().weights()).isEqualTo(full.state().weights());
            assertThat(sampled.state().secondMoment()).isEqualTo(full.state().secondMoment());
        }
    }

    @Test
    void classesThatAStepDoesNotTakeStayAsTheyAre() {
        EngineSettings tenth = manyClasses(200, .1);
        try (TrainingEngine engine = new TrainingEngine(tenth)) {
            float[] before = engine.state().weights();
            engine.step(Drawings::stripes, LOSS, 1e-3);
            float[] after = engine.state().weights();
            int moved = 0;
            int from = after.length - 200 * SMALL.dimension();
            for (int c = 0; c < 200; c++) {
                boolean same = true;
                for (int d = 0; d < SMALL.dimension(); d++) {
                    int at = from + c * SMALL.dimension() + d;
                    same &= before[at] == after[at];
                }
                moved += same ? 0 : 1;
                assertThat(same && c < CLASSES).as("positive class " + c).isFalse();
            }
            assertThat(moved).isEqualTo(20);
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {1, .1})
    void goesOnBitForBitAfterItsStateWasRestored(double share) {
        LossSettings loss = loss(Kind.ARCFACE, PAIRS, GUIDED, ALONE);
        EngineState through;
        try (TrainingEngine engine = new TrainingEngine(guided(share, 1))) {
            steps(engine, loss, 4);
            through = engine.state();
        }
        EngineState half;
        try (TrainingEngine engine = new TrainingEngine(guided(share, 1))) {
            steps(engine, loss, 2);
            half = engine.state();
            // Looking at the state changes nothing.
            steps(engine, loss, 1);
        }
        // The seed of a sampled step is the recipe's; only the first weights may be others.
        try (TrainingEngine engine = new TrainingEngine(guided(share, share == 1 ? 99 : 1))) {
            engine.restore(half);
            steps(engine, loss, 2);
            EngineState resumed = engine.state();
            assertThat(resumed.step()).isEqualTo(4);
            assertThat(resumed.weights()).isEqualTo(through.weights());
            assertThat(resumed.firstMoment()).isEqualTo(through.firstMoment());
            assertThat(resumed.secondMoment()).isEqualTo(through.secondMoment());
            assertThat(resumed.average()).isEqualTo(through.average());
            assertThat(resumed.averageStatistics()).isEqualTo(through.averageStatistics());
            assertThat(resumed.statistics().get(1))
                    .isEqualTo(through.statistics().get(1));
            for (int i = 0; i < 4; i++) {
                assertThat(resumed.centres().get(i)).isEqualTo(through.centres().get(i));
            }
        }
    }

    private static EngineSettings guided(double share, long seed) {
        return new EngineSettings(SMALL, 200, 2, 8, .1, share, 0, 0, true, OPTIMISER, Hardware.CPU, seed);
    }

    @Test
    void explainsALossThatIsNoNumberAndKeepsItsWeights() {
        try (TrainingEngine engine = engine(1)) {
            float[] before = engine.state().weights();
            TrainingEngine.BatchSource broken = (step, part, into) -> {
                Drawings.stripes(step, part, into);
                into.images().put(0, Float.NaN);
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
    void explainsWhatTakesTheMemoryWhenThereIsTooLittle() {
        try (TrainingEngine engine = engine(1)) {
            assertThatThrownBy(() -> engine.step(
                            // A petabyte, asked of the engine's own allocator.
                            (step, part, into) -> torch.zeros(1L << 48).close(), LOSS, 2e-3))
                    .isInstanceOf(TrainingMemoryException.class)
                    .hasMessageStartingWith("out of memory on CPU: 4 classes of dimension 32")
                    .hasMessageContaining("Lower schedule.partSize");
            // It goes on afterwards.
            steps(engine, LOSS, 1);
        }
    }

    @Test
    void tellsThatThereIsNoGpu() {
        EngineSettings s = settings(1, 1, false, 0);
        org.junit.jupiter.api.Assumptions.assumeFalse(torch.cuda_is_available());
        assertThatThrownBy(() -> new TrainingEngine(new EngineSettings(
                        s.network(),
                        CLASSES,
                        1,
                        8,
                        .1,
                        1,
                        0,
                        0,
                        false,
                        OPTIMISER,
                        new Hardware(Hardware.Device.CUDA, Hardware.Precision.BFLOAT16),
                        1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("hardware.device: CUDA (expected: a GPU that libtorch sees");
    }

    @Test
    void passesOnWhatTheBatchSourceThrows() {
        try (TrainingEngine engine = engine(1)) {
            assertThatThrownBy(() -> engine.step(
                            (step, part, into) -> {
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
        try (TrainingEngine other = new TrainingEngine(manyClasses(CLASSES + 1, 1))) {
            assertThatThrownBy(() -> other.restore(state))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("another recipe or corpus");
        }
    }

    @Test
    void theLocaliserFindsCardsThatItNeverSaw() {
        NetworkSettings network = new NetworkSettings(Backbone.LCNET_025, Neck.SQUEEZE, 128, 32, 32);
        EngineSettings settings =
                new EngineSettings(network, CLASSES, 2, 8, .01, 1, 0, 251, false, OPTIMISER, Hardware.CPU, 1);
        try (TrainingEngine engine = new TrainingEngine(settings)) {
            BatchPart unseen = new BatchPart(
                    direct(16 * network.inputFloats()), new int[16], direct(0), direct(16 * Quadrilateral.NUMBERS));
            Drawings.cards(1_000_000, 0, unseen);
            double untaught = distance(engine.averaged(), unseen);
            double first = engine.step(Drawings::cards, LOSS, 5e-3).corners();
            double last = first;
            for (int i = 0; i < 250; i++) {
                last = engine.step(Drawings::cards, LOSS, 5e-3 * (1 - i / 250.0))
                        .corners();
            }
            assertThat(last).isLessThan(first / 4);
            // An untaught one takes the middle of the image for the card.
            assertThat(untaught).isGreaterThan(.06);
            assertThat(distance(engine.averaged(), unseen)).isLessThan(.03);
        }
    }

    /** Mean distance of found corners from true ones along an axis, in shares of the image. */
    private static double distance(TrainedNetwork network, BatchPart cards) {
        float[] found = TrainingEngine.locate(network, cards.images(), cards.labels().length);
        double sum = 0;
        for (int i = 0; i < found.length; i++) {
            sum += Math.abs(found[i] - cards.corners().get(i)) / found.length;
        }
        return sum;
    }

    @Test
    void locatesNothingWithoutALocaliser() {
        try (TrainingEngine engine = engine(1)) {
            assertThatThrownBy(() -> TrainingEngine.locate(engine.averaged(), direct(SMALL.inputFloats()), 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("network: without a localiser (expected: one with it)");
        }
    }

    private static LossSettings loss(
            Kind kind, ContrastSettings contrast, ClusterSettings clusters, DistillationSettings distillation) {
        double margin = kind == Kind.SOFTMAX ? 0 : .2;
        return new LossSettings(
                new HeadSettings(kind, 16, 16, 0, margin, 0, 0, .333, 1, .01), 16, 1, contrast, clusters, distillation);
    }

    private static EngineSettings settings(long seed, double share, boolean centres, int teacher) {
        // Small class weights turn faster, which a run of a few steps needs.
        return new EngineSettings(SMALL, CLASSES, 2, 8, .01, share, teacher, 0, centres, OPTIMISER, Hardware.CPU, seed);
    }

    private static EngineSettings manyClasses(int classes, double share) {
        return new EngineSettings(SMALL, classes, 2, 8, .1, share, 0, 0, false, OPTIMISER, Hardware.CPU, 1);
    }

    private static TrainingEngine engine(long seed) {
        return new TrainingEngine(settings(seed, 1, false, 0));
    }

    private static void steps(TrainingEngine engine, LossSettings loss, int count) {
        for (int i = 0; i < count; i++) {
            engine.step(Drawings::stripes, loss, 2e-3);
        }
    }

    private static FloatBuffer direct(int floats) {
        return ByteBuffer.allocateDirect(floats * Float.BYTES)
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }
}
