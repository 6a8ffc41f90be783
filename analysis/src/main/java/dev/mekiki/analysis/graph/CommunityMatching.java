package dev.mekiki.analysis.graph;

import dev.mekiki.analysis.space.Grouping;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Communities beside labels: each community belongs to the label that most of its points have (of several such labels
 * the lowest); a label may own several communities or none. A point whose community belongs to another label is
 * misclustered. Immutable.
 *
 * <p>Source: arXiv 2501.11919.
 */
public final class CommunityMatching {

    private final Grouping labels;
    private final Grouping communities;
    private final int[] owners;

    public CommunityMatching(Grouping labels, Grouping communities) {
        if (labels.points() != communities.points()) {
            throw new IllegalArgumentException("points: " + communities.points() + " in communities (expected: "
                    + labels.points() + ", as many as have labels)");
        }
        this.labels = labels;
        this.communities = communities;
        this.owners = new int[communities.groups()];
        for (int c = 0; c < owners.length; c++) {
            owners[c] = majority(communities.members(c));
        }
    }

    private int majority(int[] members) {
        int[] own = Arrays.stream(members).map(labels::of).sorted().toArray();
        int owner = -1;
        int most = 0;
        for (int from = 0; from < own.length; ) {
            int to = from;
            while (to < own.length && own[to] == own[from]) {
                to++;
            }
            if (to - from > most) {
                most = to - from;
                owner = own[from];
            }
            from = to;
        }
        return owner;
    }

    /** The label that a community belongs to; -1 for an empty one. */
    public int owner(int community) {
        return owners[community];
    }

    /** The communities that a label owns, ascending. */
    public int[] owned(int label) {
        return IntStream.range(0, owners.length).filter(c -> owners[c] == label).toArray();
    }

    public boolean isMisclustered(int point) {
        return owners[communities.of(point)] != labels.of(point);
    }

    /** The misclustered points, ascending. */
    public int[] misclustered() {
        return IntStream.range(0, labels.points()).filter(this::isMisclustered).toArray();
    }

    /**
     * Points that stand for their community: drawn at random from those that are not misclustered.
     *
     * @param most of one community, at least 1; the paper has 100
     * @return ascending within a community, communities ascending
     */
    public int[] representatives(int most, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return IntStream.range(0, communities.groups())
                .flatMap(c -> {
                    int[] right = Arrays.stream(communities.members(c))
                            .filter(i -> !isMisclustered(i))
                            .toArray();
                    int kept = Math.min(most, right.length);
                    for (int i = 0; i < kept; i++) {
                        int j = random.nextInt(i, right.length);
                        int drawn = right[j];
                        right[j] = right[i];
                        right[i] = drawn;
                    }
                    return Arrays.stream(right, 0, kept).sorted();
                })
                .toArray();
    }
}
