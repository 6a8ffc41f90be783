package dev.mekiki.core.gallery;

import java.util.List;

/**
 * How many registrations a main label has.
 *
 * @param main the main label
 * @param registrations all of its registrations, those under sub-labels included
 * @param subLabels its sub-labels in ascending order
 */
public record LabelCount(String main, long registrations, List<SubLabelCount> subLabels) {

    /**
     * How many registrations a sub-label has.
     *
     * @param sub the sub-label
     * @param registrations at least 1
     */
    public record SubLabelCount(String sub, long registrations) {}

    public LabelCount {
        subLabels = List.copyOf(subLabels);
    }
}
