package dev.mekiki.analysis.space;

import java.util.Arrays;

/** Which points belong together: every point is in one group. Immutable, thread-safe. */
public final class Grouping {

    private final int[] groupOf;
    private final int[] firsts;
    private final int[] members;

    /**
     * @param groupOf the group of each point, from 0
     * @param groups how many there are; some may be empty
     */
    public Grouping(int[] groupOf, int groups) {
        this.groupOf = groupOf.clone();
        this.firsts = new int[groups + 1];
        this.members = new int[groupOf.length];
        for (int group : groupOf) {
            if (group < 0 || group >= groups) {
                throw new IllegalArgumentException("group: " + group + " (expected: 0.." + (groups - 1) + ")");
            }
            firsts[group + 1]++;
        }
        for (int g = 0; g < groups; g++) {
            firsts[g + 1] += firsts[g];
        }
        int[] next = firsts.clone();
        for (int i = 0; i < groupOf.length; i++) {
            members[next[groupOf[i]]++] = i;
        }
    }

    /** With as many groups as the highest number asks for. */
    public static Grouping of(int... groupOf) {
        return new Grouping(groupOf, Arrays.stream(groupOf).max().orElse(-1) + 1);
    }

    public int groups() {
        return firsts.length - 1;
    }

    public int points() {
        return groupOf.length;
    }

    public int of(int point) {
        return groupOf[point];
    }

    public int size(int group) {
        return firsts[group + 1] - firsts[group];
    }

    /** The points of a group, ascending; a copy. */
    public int[] members(int group) {
        return Arrays.copyOfRange(members, firsts[group], firsts[group + 1]);
    }

    /** Groups that are not empty. */
    public int occupied() {
        int occupied = 0;
        for (int g = 0; g < groups(); g++) {
            occupied += size(g) > 0 ? 1 : 0;
        }
        return occupied;
    }

    /** A copy of each point's group. */
    public int[] toArray() {
        return groupOf.clone();
    }
}
