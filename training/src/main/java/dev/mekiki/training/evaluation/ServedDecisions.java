package dev.mekiki.training.evaluation;

import dev.mekiki.analysis.statistics.ClassBootstrap;
import dev.mekiki.analysis.statistics.Estimate;
import java.util.List;

/**
 * What a gallery of a running service answered, by its own registrations and its own policy.
 *
 * @param gallery its name
 * @param registered photographs whose label the gallery has
 * @param right share of them that were given the right label, main and sub-label
 * @param mainOnly share that were given the right main label without a sub-label
 * @param wrong share that were given another name
 * @param unnamed share that were not recognised
 * @param unregistered photographs whose label the gallery does not have
 * @param accepted share of them that were given a name nevertheless
 */
public record ServedDecisions(
        String gallery,
        int registered,
        Estimate right,
        Estimate mainOnly,
        Estimate wrong,
        Estimate unnamed,
        int unregistered,
        Estimate accepted) {

    /**
     * An answer.
     *
     * @param label of the photograph, 0-based
     * @param registered whether the gallery has that label
     * @param outcome what it answered
     */
    public record Answer(int label, boolean registered, Outcome outcome) {}

    /** What an answer was; of a label that the gallery does not have, any name is {@code WRONG}. */
    public enum Outcome {
        RIGHT,
        MAIN_ONLY,
        WRONG,
        UNNAMED
    }

    /**
     * Counts answers.
     *
     * @param bootstrap over the photographs' labels
     */
    public static ServedDecisions of(String gallery, List<Answer> answers, ClassBootstrap bootstrap) {
        List<Estimate> shares = bootstrap.estimate(times -> new double[] {
            share(answers, times, true, Outcome.RIGHT),
            share(answers, times, true, Outcome.MAIN_ONLY),
            share(answers, times, true, Outcome.WRONG),
            share(answers, times, true, Outcome.UNNAMED),
            share(answers, times, false, Outcome.WRONG)
        });
        int registered = (int) answers.stream().filter(Answer::registered).count();
        return new ServedDecisions(
                gallery,
                registered,
                shares.get(0),
                shares.get(1),
                shares.get(2),
                shares.get(3),
                answers.size() - registered,
                shares.get(4));
    }

    private static double share(List<Answer> answers, int[] times, boolean registered, Outcome outcome) {
        double counted = 0;
        double all = 0;
        for (Answer answer : answers) {
            if (answer.registered() == registered) {
                all += times[answer.label()];
                counted += answer.outcome() == outcome ? times[answer.label()] : 0;
            }
        }
        return all > 0 ? counted / all : Double.NaN;
    }
}
