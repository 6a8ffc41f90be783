package dev.mekiki.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mekiki.training.engine.EngineState;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a run needs to go on as if it had never stopped. Random numbers follow from the seed and the step, so the step
 * is all there is to keep of them.
 *
 * @param recipe as of the moment it was written
 * @param corpusDigest what it was trained on; a run refuses to go on with other data
 * @param state weights and optimiser
 */
record Checkpoint(Recipe recipe, String corpusDigest, EngineState state) {
    private static final int MAGIC = 0x4D4B4B31;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Writes beside {@code file}, forces it to disk, then renames: a crash leaves the old checkpoint or the new one. */
    void write(Path file) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel channel = FileChannel.open(
                        fresh,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING);
                DataOutputStream out =
                        new DataOutputStream(new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 20))) {
            out.writeInt(MAGIC);
            byte[] header = JSON.writeValueAsBytes(JSON.createObjectNode()
                    .put("recipe", recipe.toJson())
                    .put("corpus", corpusDigest)
                    .put("step", state.step())
                    .put("replicas", state.statistics().size()));
            out.writeInt(header.length);
            out.write(header);
            write(out, state.weights());
            write(out, state.firstMoment());
            write(out, state.secondMoment());
            write(out, state.average());
            write(out, state.averageStatistics());
            for (float[] statistics : state.statistics()) {
                write(out, statistics);
            }
            out.flush();
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    static Checkpoint read(Path file) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 20))) {
            int magic = in.readInt();
            if (magic != MAGIC) {
                throw new IOException(file + ": starts with " + Integer.toHexString(magic)
                        + " (expected: a checkpoint, " + Integer.toHexString(MAGIC) + ")");
            }
            byte[] header = in.readNBytes(in.readInt());
            JsonNode json = JSON.readTree(header);
            float[] weights = readArray(in);
            float[] first = readArray(in);
            float[] second = readArray(in);
            float[] average = readArray(in);
            float[] averageStatistics = readArray(in);
            List<float[]> statistics = new ArrayList<>();
            for (int i = 0; i < json.get("replicas").asInt(); i++) {
                statistics.add(readArray(in));
            }
            EngineState state = new EngineState(
                    json.get("step").asLong(), weights, first, second, average, averageStatistics, statistics);
            return new Checkpoint(
                    Recipe.fromJson(json.get("recipe").asText()),
                    json.get("corpus").asText(),
                    state);
        }
    }

    private static void write(DataOutputStream out, float[] values) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
        bytes.asFloatBuffer().put(values);
        out.writeInt(values.length);
        out.write(bytes.array());
    }

    private static float[] readArray(DataInputStream in) throws IOException {
        int length = in.readInt();
        byte[] bytes = in.readNBytes(length * Float.BYTES);
        if (bytes.length != length * Float.BYTES) {
            throw new IOException("checkpoint ends after " + bytes.length + " bytes of an array (expected: "
                    + length * Float.BYTES + ")");
        }
        float[] values = new float[length];
        ByteBuffer.wrap(bytes).asFloatBuffer().get(values);
        return values;
    }
}
