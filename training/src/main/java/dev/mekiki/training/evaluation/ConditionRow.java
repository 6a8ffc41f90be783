package dev.mekiki.training.evaluation;

import dev.mekiki.analysis.statistics.ClassBootstrap;
import dev.mekiki.analysis.statistics.Estimate;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.TreeSet;

/**
 * How photographs fare that have a trait, such as glare, or much or little of it. Under one sort of conditions the
 * simulator draws each effect by itself, so rows of one trait differ by the trait alone, and by chance.
 *
 * @param trait name of an effect, or {@value Shot#COVERAGE}
 * @param from least dose of these photographs; NaN for those without
 * @param to largest dose
 * @param photographs how many they are
 * @param rankOne share of them that are nearest to their own label, all labels registered
 * @param truePositiveRate open set: share that is named rightly at the threshold of all photographs
 * @param falsePositiveRate open set: share that is given a name although its label is not registered, at that threshold
 */
public record ConditionRow(
        String trait,
        double from,
        double to,
        int photographs,
        Estimate rankOne,
        Estimate truePositiveRate,
        Estimate falsePositiveRate) {

    /** The rate of false names that the threshold is set to. */
    static final double LIMIT = 1e-2;

    /**
     * Rows by trait: those without it, the half with the lower doses, the half with the higher ones.
     *
     * @param shots as many as {@code answers} has, all under one sort of conditions
     */
    static List<ConditionRow> of(List<Shot> shots, Identification answers, ClassBootstrap bootstrap) {
        TreeSet<String> traits = new TreeSet<>();
        shots.forEach(s -> traits.addAll(s.traits().keySet()));
        List<ConditionRow> rows = new ArrayList<>();
        for (String trait : traits) {
            double[] doses = shots.stream()
                    .filter(s -> s.traits().containsKey(trait))
                    .mapToDouble(s -> s.traits().get(trait))
                    .sorted()
                    .toArray();
            double middle = doses[doses.length / 2];
            BitSet without = new BitSet();
            BitSet low = new BitSet();
            BitSet high = new BitSet();
            for (int i = 0; i < shots.size(); i++) {
                Double dose = shots.get(i).traits().get(trait);
                (dose == null ? without : dose < middle ? low : high).set(i);
            }
            add(rows, trait, Double.NaN, Double.NaN, without, answers, bootstrap);
            add(rows, trait, doses[0], middle, low, answers, bootstrap);
            add(rows, trait, middle, doses[doses.length - 1], high, answers, bootstrap);
        }
        return rows;
    }

    private static void add(
            List<ConditionRow> rows,
            String trait,
            double from,
            double to,
            BitSet of,
            Identification answers,
            ClassBootstrap bootstrap) {
        if (of.isEmpty()) {
            return;
        }
        List<Estimate> figures = bootstrap.estimate(times -> new double[] {
            answers.rankOne(times, of),
            answers.truePositiveRates(times, of, LIMIT)[0],
            answers.falsePositiveRate(times, of, LIMIT)
        });
        boolean sound = LIMIT * answers.strangersPerHalf() >= PairScores.SOUND;
        rows.add(new ConditionRow(
                trait,
                from,
                to,
                of.cardinality(),
                figures.get(0),
                figures.get(1).withIntervalIf(sound),
                figures.get(2).withIntervalIf(sound)));
    }
}
