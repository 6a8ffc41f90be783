package dev.mekiki.analysis.threshold;

/**
 * Which classes hang together because one is what another came nearest to: where two things are alike, both score high,
 * each as the other's stranger, and that is one chance, not two.
 */
final class Meetings {
    private final int[] parent;

    /** @param classes how many there are; each is alone at first */
    Meetings(int classes) {
        parent = new int[classes];
        for (int c = 0; c < classes; c++) {
            parent[c] = c;
        }
    }

    void add(int one, int other) {
        parent[find(one)] = find(other);
    }

    /** One of the classes that hang together with {@code one}, the same of all of them. */
    int find(int one) {
        int at = one;
        while (parent[at] != at) {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        return at;
    }
}
