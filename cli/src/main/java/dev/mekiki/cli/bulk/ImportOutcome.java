package dev.mekiki.cli.bulk;

import dev.mekiki.client.Refusal;
import java.util.List;
import java.util.Optional;

/**
 * What became of the files of an import.
 *
 * @param registered acknowledged, therefore durable
 * @param presentBefore registered by an earlier run, with the same content under the same label; not sent again
 * @param rejected refused for a reason of their own, in order of their paths
 * @param untried not sent, or without an answer, because the import stopped; a new run goes on with them
 * @param stop why it stopped early; empty if it went through
 */
public record ImportOutcome(
        long registered, long presentBefore, List<Rejection> rejected, long untried, Optional<Refusal> stop) {
    public ImportOutcome {
        rejected = List.copyOf(rejected);
    }
}
