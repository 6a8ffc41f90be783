package dev.mekiki.benchmarks.micro;

import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.decision.Recognition;
import dev.mekiki.core.gallery.Candidates;
import dev.mekiki.core.gallery.ExactScore;
import dev.mekiki.core.gallery.Match;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * From what a gallery found, 64 scored registrations a question, to known or unknown, under a policy with thresholds of
 * a hundred labels. Half of the questions are of something unknown.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class DecisionBenchmark {

    private static final int QUESTIONS = 256;
    private static final int CANDIDATES = 64;
    private static final int LABELS = 100;
    private static final double THRESHOLD = 0.7;

    private final RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(2026);
    private final DecisionPolicy policy = new DecisionPolicy(0.01, THRESHOLD, thresholds(), 0.02);
    private final List<Candidates> questions =
            IntStream.range(0, QUESTIONS).mapToObj(this::question).toList();
    private int next;

    @Benchmark
    public Recognition decide() {
        next = (next + 1) % QUESTIONS;
        return policy.decide(questions.get(next));
    }

    private static Map<String, Double> thresholds() {
        Map<String, Double> thresholds = new HashMap<>();
        for (int label = 0; label < LABELS; label++) {
            thresholds.put("label-" + label, THRESHOLD + label * 1e-4);
        }
        return thresholds;
    }

    private Candidates question(int number) {
        double best = number % 2 == 0 ? 0.9 : 0.6;
        List<Match> matches = new ArrayList<>();
        for (int i = 0; i < CANDIDATES; i++) {
            matches.add(new Match(
                    new RegistrationId("registration-" + i),
                    LabelPath.of("label-" + random.nextInt(2 * LABELS), "issue-" + i % 3),
                    new ExactScore(best - i * 0.005)));
        }
        return new Candidates(matches.subList(0, 2), matches.subList(0, 2), matches);
    }
}
