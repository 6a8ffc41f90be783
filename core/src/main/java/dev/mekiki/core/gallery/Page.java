package dev.mekiki.core.gallery;

import java.util.List;
import java.util.Optional;

/**
 * Part of a listing. Items that are neither added nor removed while somebody pages appear exactly once.
 *
 * @param items in the listing's order
 * @param nextToken opaque; empty on the last page
 */
public record Page<T>(List<T> items, Optional<String> nextToken) {
    public Page {
        items = List.copyOf(items);
    }
}
