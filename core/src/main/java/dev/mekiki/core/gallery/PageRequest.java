package dev.mekiki.core.gallery;

import dev.mekiki.core.failure.InvalidInput;
import java.util.Optional;

/**
 * Which part of a listing is wanted.
 *
 * @param size most items to return, 1..1000
 * @param token {@link Page#nextToken()} of the page before, or empty for the first page
 */
public record PageRequest(int size, Optional<String> token) {

    public static final int MAX_SIZE = 1000;

    /** @throws InvalidInput if the size is out of range */
    public PageRequest {
        if (size < 1 || size > MAX_SIZE) {
            throw new InvalidInput("page_size", Integer.toString(size), "1.." + MAX_SIZE);
        }
    }

    public static PageRequest first(int size) {
        return new PageRequest(size, Optional.empty());
    }
}
