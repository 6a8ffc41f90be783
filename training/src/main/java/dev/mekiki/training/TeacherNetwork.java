package dev.mekiki.training;

import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.preprocess.Preprocessor;
import dev.mekiki.inference.session.OnnxModel;
import dev.mekiki.inference.session.OnnxSession;
import dev.mekiki.inference.session.SessionSettings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A model that a service could load, asked what it makes of the student's photographs. Each part of a batch has a session
 * of its own; close it to free them.
 */
final class TeacherNetwork implements AutoCloseable {
    private static final int BATCH = 4;

    private final ModelCard card;
    private final Preprocessor preprocessor;
    private final List<OnnxSession> sessions;
    private final List<List<ByteBuffer>> slots = new ArrayList<>();
    private final List<List<FloatBuffer>> inputs = new ArrayList<>();

    private TeacherNetwork(ModelCard card, List<OnnxSession> sessions) {
        this.card = card;
        this.preprocessor = Preprocessor.of(card.input());
        this.sessions = sessions;
        for (int part = 0; part < sessions.size(); part++) {
            List<ByteBuffer> own = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                own.add(ByteBuffer.allocateDirect(preprocessor.bytes()).order(ByteOrder.nativeOrder()));
            }
            slots.add(own);
            inputs.add(own.stream().map(ByteBuffer::asFloatBuffer).toList());
        }
    }

    /**
     * Loads a teacher.
     *
     * @param onnx its card lies beside it; rows of its output have unit length
     * @param parts of a batch
     * @throws IllegalArgumentException if it does not take float32
     * @throws dev.mekiki.inference.session.ModelUnusable if it is not as its card says
     */
    static TeacherNetwork load(Path onnx, int parts) {
        ModelCard card = ModelCard.read(ImageEmbedder.cardOf(onnx));
        if (card.input().type() != ModelCard.ElementType.FLOAT32) {
            throw new IllegalArgumentException(
                    "teacher " + onnx + ": input of " + card.input().type() + " (expected: FLOAT32)");
        }
        int batch = Math.min(BATCH, card.maxBatch());
        OnnxModel model = OnnxModel.load(onnx, card, SessionSettings.cpu(parts, 1, List.of(batch)));
        return new TeacherNetwork(card, model.sessions());
    }

    /** Length of its vectors. */
    int dimension() {
        return card.output().dimension();
    }

    /** Identifies it: another teacher makes another student. */
    String digest() {
        return card.sha256();
    }

    Preprocessor preprocessor() {
        return preprocessor;
    }

    /** Input tensors of a part, to be filled and then given to {@link #embed}. */
    List<FloatBuffer> inputs(int part) {
        return inputs.get(part).subList(0, Math.min(BATCH, card.maxBatch()));
    }

    /**
     * Embeds the first {@code count} inputs of a part.
     *
     * @param into unit vectors, from row {@code row}
     */
    void embed(int part, int count, FloatBuffer into, int row) {
        try {
            List<float[]> vectors = sessions.get(part).run(slots.get(part).subList(0, count));
            for (int i = 0; i < count; i++) {
                into.put((row + i) * dimension(), vectors.get(i));
            }
        } catch (Exception e) {
            throw new IllegalStateException("the teacher " + card.name() + " failed", e);
        }
    }

    @Override
    public void close() {
        sessions.forEach(OnnxSession::close);
    }
}
