package dev.mekiki.analysis.drift;

import dev.mekiki.analysis.statistics.Estimate;
import dev.mekiki.analysis.statistics.Means;
import java.util.Optional;

/**
 * What moved in the decisions in which one main label was best.
 *
 * @param label the main label
 * @param before as it was; without decisions if it was not best in any
 * @param since as it is
 * @param share how much its share of all decisions with a best score has changed, with its 95 % interval
 * @param shareValue how likely such a change would be by chance. Decisions of which the label is not told are taken to be
 *     those that make the change smallest; 1 where they could make it nothing
 * @param mean how much its mean best score has changed; empty where there are fewer than {@value Drift#LEAST_DECISIONS}
 *     decisions before or since
 * @param shareMoved whether the change of its share is believed, given all labels, and is not small
 * @param meanMoved likewise of its mean best score
 */
public record LabelShift(
        String label,
        LabelScores before,
        LabelScores since,
        Estimate share,
        double shareValue,
        Optional<Means> mean,
        boolean shareMoved,
        boolean meanMoved) {}
