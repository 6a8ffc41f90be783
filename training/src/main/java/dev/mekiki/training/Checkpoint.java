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
 * @param state weights, optimiser, class centres
 * @param progress how early stopping stands
 */
record Checkpoint(Recipe recipe, String corpusDigest, EngineState state, OpenSetProgress progress) {
    private static final int MAGIC = 0x4D4B4B32;

    /** Floats that are turned into bytes at a time. */
    private static final int STRETCH = 1 << 20;

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
                    .put("replicas", state.statistics().size())
                    .put("centres", state.centres().size())
                    .put("best", progress.best())
                    .put("bestStep", progress.bestStep())
                    .put("misses", progress.misses()));
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
            for (float[] centres : state.centres()) {
                write(out, centres);
            }
            write(out, progress.parameters());
            write(out, progress.statistics());
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
            List<float[]> statistics = readArrays(in, json.get("replicas").asInt());
            List<float[]> centres = readArrays(in, json.get("centres").asInt());
            EngineState state = new EngineState(
                    json.get("step").asLong(), weights, first, second, average, averageStatistics, statistics, centres);
            OpenSetProgress progress = new OpenSetProgress(
                    json.get("best").asDouble(),
                    json.get("bestStep").asLong(),
                    json.get("misses").asInt(),
                    readArray(in),
                    readArray(in));
            return new Checkpoint(
                    Recipe.documents().with(json.get("recipe").asText()),
                    json.get("corpus").asText(),
                    state,
                    progress);
        }
    }

    private static List<float[]> readArrays(DataInputStream in, int count) throws IOException {
        List<float[]> arrays = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            arrays.add(readArray(in));
        }
        return arrays;
    }

    private static void write(DataOutputStream out, float[] values) throws IOException {
        out.writeInt(values.length);
        ByteBuffer bytes = ByteBuffer.allocate(Math.min(STRETCH, values.length) * Float.BYTES);
        for (int from = 0; from < values.length; from += STRETCH) {
            int count = Math.min(STRETCH, values.length - from);
            bytes.asFloatBuffer().put(values, from, count);
            out.write(bytes.array(), 0, count * Float.BYTES);
        }
    }

    private static float[] readArray(DataInputStream in) throws IOException {
        float[] values = new float[in.readInt()];
        for (int from = 0; from < values.length; from += STRETCH) {
            int count = Math.min(STRETCH, values.length - from);
            byte[] bytes = in.readNBytes(count * Float.BYTES);
            if (bytes.length != count * Float.BYTES) {
                throw new IOException("checkpoint ends within an array, after " + (from + bytes.length / Float.BYTES)
                        + " values (expected: " + values.length + ")");
            }
            ByteBuffer.wrap(bytes).asFloatBuffer().get(values, from, count);
        }
        return values;
    }
}
