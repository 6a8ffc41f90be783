package dev.mekiki.training.evaluation;

import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.core.time.StageDurations;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Answers the n-th image with the n-th vector, whatever it shows. */
final class ScriptedEmbedder implements Embedder {

    private final EmbeddingSpace space;
    private final List<float[]> script;
    private int next;

    ScriptedEmbedder(String name, List<float[]> script) {
        this.space = new EmbeddingSpace(name, script.getFirst().length, "digest of " + name);
        this.script = script;
    }

    @Override
    public EmbeddingSpace space() {
        return space;
    }

    @Override
    public CompletableFuture<EmbeddedImage> embed(EncodedImage image, Tenant tenant, Deadline deadline) {
        return CompletableFuture.completedFuture(
                new EmbeddedImage(Embedding.normalised(space, script.get(next++)), StageDurations.NONE));
    }
}
