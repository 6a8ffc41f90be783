package dev.mekiki.client.bulk;

import dev.mekiki.client.Refusal;
import java.util.Optional;

/**
 * How an import ended.
 *
 * @param progress how far it came, earlier runs by the same journal included
 * @param stop why it stopped early; empty if it went through
 */
public record ImportOutcome(ImportProgress progress, Optional<Refusal> stop) {}
