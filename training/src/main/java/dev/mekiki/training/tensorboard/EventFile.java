package dev.mekiki.training.tensorboard;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * A TensorBoard event file of scalars: records of a length, a masked CRC-32C of it, an {@code Event} message, and a
 * masked CRC-32C of that (Source: TensorFlow, {@code record_writer.h}, {@code event.proto}, {@code summary.proto}).
 *
 * <p>Each opening makes a new file, so that nothing is appended to a record that a killed process left half written;
 * TensorBoard reads all files of a folder. Not thread-safe.
 */
public final class EventFile implements AutoCloseable {
    /** The numbers of the messages' fields. */
    private static final int EVENT_WALL_TIME = 1;

    private static final int EVENT_STEP = 2;
    private static final int EVENT_FILE_VERSION = 3;
    private static final int EVENT_SUMMARY = 5;
    private static final int EVENT_SESSION_LOG = 7;
    private static final int SUMMARY_VALUE = 1;
    private static final int VALUE_TAG = 1;
    private static final int VALUE_SIMPLE = 2;
    private static final int SESSION_STATUS = 1;

    private static final int STATUS_START = 1;
    private static final int MASK_DELTA = 0xa282ead8;

    private final FileChannel channel;
    private final InstantSource clock;

    private EventFile(FileChannel channel, InstantSource clock) {
        this.channel = channel;
        this.clock = clock;
    }

    /**
     * Begins a file in {@code folder}.
     *
     * @param folder made if missing
     * @param step where the run begins or goes on; TensorBoard forgets what it read of later steps
     */
    public static EventFile open(Path folder, long step, InstantSource clock) throws IOException {
        Files.createDirectories(folder);
        long seconds = clock.millis() / 1000;
        Path file = null;
        for (int i = 0; file == null || Files.exists(file); i++) {
            file = folder.resolve(String.format(Locale.ROOT, "events.out.tfevents.%010d.mekiki.%03d", seconds, i));
        }
        EventFile events =
                new EventFile(FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), clock);
        events.event(0, out -> out.writeString(EVENT_FILE_VERSION, "brain.Event:2"));
        events.event(
                step,
                out -> out.writeByteArray(
                        EVENT_SESSION_LOG, message(log -> log.writeEnum(SESSION_STATUS, STATUS_START))));
        return events;
    }

    /** Writes values of a step, in the order of the map; they are in the file when this returns. */
    public void scalars(long step, Map<String, Double> values) throws IOException {
        byte[] summary = message(out -> {
            for (Map.Entry<String, Double> e : values.entrySet()) {
                out.writeByteArray(SUMMARY_VALUE, message(value -> {
                    value.writeString(VALUE_TAG, e.getKey());
                    value.writeFloat(VALUE_SIMPLE, e.getValue().floatValue());
                }));
            }
        });
        event(step, out -> out.writeByteArray(EVENT_SUMMARY, summary));
    }

    private void event(long step, Fields fields) throws IOException {
        record(message(out -> {
            out.writeDouble(EVENT_WALL_TIME, clock.millis() / 1000.0);
            out.writeInt64(EVENT_STEP, step);
            fields.write(out);
        }));
    }

    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        fields.write(out);
        out.flush();
        return bytes.toByteArray();
    }

    private void record(byte[] data) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(Long.BYTES + Integer.BYTES + data.length + Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        record.putLong(data.length);
        record.putInt(maskedCrc(record.array(), 0, Long.BYTES));
        record.put(data);
        record.putInt(maskedCrc(data, 0, data.length));
        record.flip();
        while (record.hasRemaining()) {
            channel.write(record);
        }
    }

    /** CRC-32C rotated and offset, so that a CRC of data that holds CRCs stays telling. */
    static int maskedCrc(byte[] data, int from, int length) {
        CRC32C crc = new CRC32C();
        crc.update(data, from, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
