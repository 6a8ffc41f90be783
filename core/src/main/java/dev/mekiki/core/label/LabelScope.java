package dev.mekiki.core.label;

import java.util.Set;

/**
 * Which labels a search or a listing looks at.
 *
 * @param paths each path covers itself and, for a main label, its sub-labels; empty means every label
 */
public record LabelScope(Set<LabelPath> paths) {

    public static final LabelScope ALL = new LabelScope(Set.of());

    public LabelScope {
        paths = Set.copyOf(paths);
    }

    public static LabelScope of(LabelPath... paths) {
        return new LabelScope(Set.of(paths));
    }

    public boolean isAll() {
        return paths.isEmpty();
    }

    public boolean covers(LabelPath path) {
        return paths.isEmpty() || paths.stream().anyMatch(p -> p.covers(path));
    }
}
