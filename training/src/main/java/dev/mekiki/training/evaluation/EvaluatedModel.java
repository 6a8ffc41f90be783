package dev.mekiki.training.evaluation;

import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.InferenceObserver;
import dev.mekiki.inference.InferenceSettings;
import dev.mekiki.inference.model.ModelCard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A model that is measured: one of a file, run here, or one that a service runs. Closing it frees what it holds. */
public final class EvaluatedModel implements AutoCloseable {

    private final String name;
    private final String digest;
    private final Embedder embedder;
    private final AutoCloseable held;
    private final @Nullable Path file;

    private EvaluatedModel(String name, String digest, Embedder embedder, AutoCloseable held, @Nullable Path file) {
        this.name = name;
        this.digest = digest;
        this.embedder = embedder;
        this.held = held;
        this.file = file;
    }

    /**
     * A model of a file, run on the CPU as serving runs it.
     *
     * @param onnx its card lies beside it
     * @param threads that decode and embed
     * @throws IOException if the file is not there
     */
    public static EvaluatedModel ofFile(Path onnx, int threads) throws IOException {
        Path file = onnx.toRealPath();
        ImageEmbedder embedder = open(file, threads);
        ModelCard card = ModelCard.read(ImageEmbedder.cardOf(file));
        return new EvaluatedModel(card.name() + "@" + card.version(), card.sha256(), embedder, embedder, file);
    }

    /**
     * A model that somebody else runs.
     *
     * @param embedder asks him
     * @param held closed with this model
     */
    public static EvaluatedModel served(Embedder embedder, AutoCloseable held) {
        return new EvaluatedModel(embedder.space().modelId(), embedder.space().digest(), embedder, held, null);
    }

    static ImageEmbedder open(Path onnx, int threads) {
        return ImageEmbedder.open(onnx, InferenceSettings.forCpu(threads), InferenceObserver.SILENT);
    }

    /** Name and version. */
    public String name() {
        return name;
    }

    /** SHA-256 of the file, or, of a served model, the digest of its embedding space. */
    public String digest() {
        return digest;
    }

    Embedder embedder() {
        return embedder;
    }

    /** The ONNX file; null if somebody else runs the model. */
    @Nullable
    Path file() {
        return file;
    }

    /** Bytes of the file; 0 if somebody else runs the model. */
    long fileBytes() throws IOException {
        return file == null ? 0 : Files.size(file);
    }

    @Override
    public void close() {
        try {
            held.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("model " + name + " cannot be closed", e);
        } catch (Exception e) {
            throw new IllegalStateException("model " + name + " cannot be closed", e);
        }
    }
}
