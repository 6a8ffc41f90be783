package dev.mekiki.analysis.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class DecisionSketchTest {

    @Test
    void countsWhatWasDecided() {
        DecisionSketch sketch = Events.none()
                .add("a", .905, .6)
                .add("a", .925, .9)
                .add("a", .5, .4)
                .add("b", .7, .1)
                .addWithoutCandidates()
                .decide(Events.policy(.7), 256);

        assertThat(sketch.decisions()).isEqualTo(5);
        assertThat(sketch.unknowns()).isEqualTo(2);
        assertThat(sketch.withoutCandidates()).isEqualTo(1);
        assertThat(sketch.known()).isEqualTo(Histogram.of(170, 1).plus(Histogram.of(190, 1, 0, 1)));
        assertThat(sketch.unknown()).isEqualTo(Histogram.of(150, 1));
        assertThat(sketch.leads().total()).isEqualTo(3);
        assertThat(sketch.pooled()).isZero();
        LabelScores a = label(sketch, "a");
        assertThat(a.count()).isEqualTo(3);
        assertThat(a.mean()).isCloseTo(2.33 / 3, within(1e-12));
        // ((0.905 - m)² + (0.925 - m)² + (0.5 - m)²) / 2 with m = 0.77667
        assertThat(a.variance()).isCloseTo(.057508, within(1e-6));
    }

    @Test
    void poolsLabelsThatComeWhenAllPlacesAreTaken() {
        DecisionSketch sketch = Events.none()
                .add("a", .8, 0)
                .add("b", .9, 0)
                .add("c", .6, 0)
                .add("a", .8, 0)
                .decide(Events.policy(.7), 2);

        assertThat(sketch.labels()).containsOnlyKeys("a", "b");
        assertThat(sketch.pooled()).isEqualTo(1);
        assertThat(sketch.pooledKnown().total()).isZero();
        assertThat(sketch.pooledUnknown()).isEqualTo(Histogram.of(160, 1));
    }

    @Test
    void twoAddUpToWhatOneWouldHaveCounted() {
        Events first = Events.none().add(500, "a", .8, .1, new Random(1)).add(100, "b", .6, .1, new Random(2));
        Events second = Events.none().add(300, "b", .7, .1, new Random(3)).addWithoutCandidates();
        List<dev.mekiki.core.gallery.Candidates> all = new ArrayList<>(first.found());
        all.addAll(second.found());

        DecisionSketch sum = first.decide(Events.policy(.7), 256).plus(second.decide(Events.policy(.7), 256));
        DecisionSketch whole = new Events(all).decide(Events.policy(.7), 256);

        assertThat(sum.known()).isEqualTo(whole.known());
        assertThat(sum.unknown()).isEqualTo(whole.unknown());
        assertThat(sum.leads()).isEqualTo(whole.leads());
        assertThat(sum.decisions()).isEqualTo(901);
        assertThat(label(sum, "b").count()).isEqualTo(400);
        assertThat(label(sum, "b").mean()).isCloseTo(label(whole, "b").mean(), within(1e-12));
    }

    @Test
    void aSumSpansFromTheEarlierStartToTheLaterEnd() {
        DecisionSketch first = DecisionSketch.empty(Events.START, Events.HOUR);
        DecisionSketch later = DecisionSketch.empty(Events.START.plus(Duration.ofHours(5)), Events.HOUR);

        assertThat(later.plus(first).start()).isEqualTo(Events.START);
        assertThat(later.plus(first).span()).isEqualTo(Duration.ofHours(6));
    }

    @Test
    void aSumKeepsTheMostFrequentLabels() {
        Events few = Events.none();
        Events many = Events.none();
        for (int i = 0; i < 200; i++) {
            few.add("few-" + i, .8, 0);
            many.add("many-" + i, .8, 0).add("many-" + i, .9, 0);
        }

        DecisionSketch sum = few.decide(Events.policy(.7), 256).plus(many.decide(Events.policy(.7), 256));

        assertThat(sum.labels()).hasSize(256).containsKey("many-199");
        assertThat(sum.pooled()).isEqualTo(144);
        assertThat(sum.withLabels(3).labels()).containsOnlyKeys("many-0", "many-1", "many-10");
        assertThat(sum.withLabels(3).decisions()).isEqualTo(600);
    }

    @Test
    void losesNoDecisionOfManyThreads() throws Exception {
        DecisionRecorder recorder = new DecisionRecorder(16, 4);
        Events events = Events.none().add(1_000, "a", .8, .1, new Random(1));
        var policy = Events.policy(.8);
        List<Callable<Boolean>> threads = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            threads.add(() -> events.found().stream().allMatch(c -> recorder.record(policy.decide(c))));
        }
        try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
            for (Future<Boolean> done : pool.invokeAll(threads)) {
                assertThat(done.get()).isTrue();
            }
        }

        DecisionSketch sketch = recorder.close(Events.START, Events.HOUR);
        assertThat(sketch.decisions()).isEqualTo(8_000);
        assertThat(label(sketch, "a").count()).isEqualTo(8_000);
        assertThat(recorder.record(policy.decide(events.found().getFirst()))).isFalse();
        assertThat(recorder.sketch(Events.START, Events.HOUR).decisions()).isEqualTo(8_000);
    }

    @Test
    void refusesCountsThatCannotBe() {
        LabelScores label = new LabelScores(Histogram.of(180, 2), Histogram.EMPTY, 1.6, 1.3);
        assertThatThrownBy(() -> new DecisionSketch(
                        Events.START,
                        Events.HOUR,
                        0,
                        Histogram.of(180, 1),
                        Histogram.EMPTY,
                        Histogram.EMPTY,
                        Map.of("a", label)))
                .hasMessage("labels: 1 more in bin 180 than in all (expected: at most as many)");
        assertThatThrownBy(() -> new LabelScores(Histogram.of(180, 2), Histogram.EMPTY, 2.1, 1.3))
                .hasMessageStartingWith("sum: 2.1 (expected: between -2.0");
        assertThatThrownBy(() -> Histogram.of(199, 1, 1)).hasMessage("bins: 199..200 (expected: within 0..199)");
        assertThatThrownBy(() -> DecisionSketch.empty(Events.START, Duration.ZERO))
                .hasMessage("span: PT0S (expected: more than 0)");
    }

    private static LabelScores label(DecisionSketch sketch, String label) {
        return Objects.requireNonNull(sketch.labels().get(label));
    }
}
