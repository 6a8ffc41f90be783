package dev.mekiki.analysis.finding;

import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.space.Panel;
import dev.mekiki.analysis.space.Points;
import dev.mekiki.analysis.space.Workers;
import java.util.Arrays;
import java.util.BitSet;

/** Each point's nearest other one of its group by cosine, as if some points were not there. Immutable. */
final class OwnNearest {

    private static final int ROWS = 256;
    private static final int FEW = 16;

    private final int[] nearest;
    private final float[] cosines;

    private OwnNearest(int points) {
        nearest = new int[points];
        cosines = new float[points];
        Arrays.fill(nearest, -1);
        Arrays.fill(cosines, Float.NEGATIVE_INFINITY);
    }

    static OwnNearest of(Points points, Grouping groups, BitSet without, Workers workers) {
        OwnNearest found = new OwnNearest(points.count());
        workers.run(groups.groups(), () -> {
            Panel panel = new Panel(points.dimension());
            float[] tile = new float[Panel.room(ROWS)];
            return group -> {
                int[] members = Arrays.stream(groups.members(group))
                        .filter(i -> !without.get(i))
                        .toArray();
                if (members.length <= FEW) {
                    found.compareFew(points, members);
                } else {
                    found.compareMany(points.only(members), members, panel, tile);
                }
            };
        });
        return found;
    }

    private void compareFew(Points points, int[] members) {
        for (int a = 0; a < members.length; a++) {
            for (int b = 0; b < a; b++) {
                float cosine = points.dot(members[a], members[b]);
                take(members[a], members[b], cosine);
                take(members[b], members[a], cosine);
            }
        }
    }

    private void compareMany(Points own, int[] members, Panel panel, float[] tile) {
        for (int first = 0; first < members.length; first += Panel.WIDTH) {
            panel.fill(own, first, Math.min(members.length, first + Panel.WIDTH));
            for (int from = 0; from < members.length; from += ROWS) {
                int to = Math.min(members.length, from + ROWS);
                panel.times(own, from, to, tile);
                for (int i = from; i < to; i++) {
                    for (int c = 0; c < panel.count(); c++) {
                        if (first + c != i) {
                            take(members[i], members[first + c], tile[(i - from) * Panel.WIDTH + c]);
                        }
                    }
                }
            }
        }
    }

    private void take(int point, int other, float cosine) {
        if (cosine > cosines[point] || cosine == cosines[point] && other < nearest[point]) {
            cosines[point] = cosine;
            nearest[point] = other;
        }
    }

    /** Whether there is another one. */
    boolean has(int point) {
        return nearest[point] >= 0;
    }

    /** -1 if there is none. */
    int nearest(int point) {
        return nearest[point];
    }

    /** {@code -∞} if there is none. */
    float cosine(int point) {
        return cosines[point];
    }
}
