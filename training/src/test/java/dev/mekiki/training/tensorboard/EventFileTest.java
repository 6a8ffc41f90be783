package dev.mekiki.training.tensorboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.UnknownFieldSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
    private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(1_700_000_000_500L));

    @TempDir
    private Path folder;

    // CRC-32C of "123456789" is e3069283, a published check value; masked by hand.
    @Test
    void masksChecksums() {
        byte[] check = "123456789".getBytes(StandardCharsets.US_ASCII);
        int rotated = (0xe3069283 >>> 15) | (0xe3069283 << 17);
        assertThat(EventFile.maskedCrc(check, 0, 9)).isEqualTo(rotated + 0xa282ead8);
    }

    @Test
    void writesScalarsThatAReaderFindsAgain() throws IOException {
        try (EventFile events = EventFile.open(folder, 7, CLOCK)) {
            Map<String, Double> values = new LinkedHashMap<>();
            values.put("loss", 1.5);
            values.put("rate", .25);
            events.scalars(50, values);
        }
        List<UnknownFieldSet> events = read(onlyFile());
        assertThat(events).hasSize(3);
        assertThat(text(events.get(0), 3)).isEqualTo("brain.Event:2");
        assertThat(events.get(1).getField(2).getVarintList()).containsExactly(7L);
        UnknownFieldSet session = nested(events.get(1), 7).getFirst();
        assertThat(session.getField(1).getVarintList()).containsExactly(1L);
        UnknownFieldSet scalars = events.get(2);
        assertThat(Double.longBitsToDouble(scalars.getField(1).getFixed64List().getFirst()))
                .isEqualTo(1_700_000_000.5);
        assertThat(scalars.getField(2).getVarintList()).containsExactly(50L);
        List<UnknownFieldSet> values = nested(nested(scalars, 5).getFirst(), 1);
        assertThat(values.stream().map(v -> text(v, 1))).containsExactly("loss", "rate");
        assertThat(values.stream()
                        .map(v -> Float.intBitsToFloat(
                                v.getField(2).getFixed32List().getFirst())))
                .containsExactly(1.5f, .25f);
    }

    @Test
    void beginsANewFileEachTime() throws IOException {
        EventFile.open(folder, 0, CLOCK).close();
        EventFile.open(folder, 5, CLOCK).close();
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files)
                    .hasSize(2)
                    .allMatch(f -> f.getFileName().toString().contains("tfevents"));
        }
    }

    private Path onlyFile() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList().getFirst();
        }
    }

    /** Reads records as TensorFlow's reader does, checksums and all. */
    private static List<UnknownFieldSet> read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        List<UnknownFieldSet> events = new ArrayList<>();
        while (buffer.hasRemaining()) {
            int at = buffer.position();
            int length = Math.toIntExact(buffer.getLong());
            assertThat(buffer.getInt()).isEqualTo(EventFile.maskedCrc(bytes, at, 8));
            byte[] data = new byte[length];
            buffer.get(data);
            assertThat(buffer.getInt()).isEqualTo(EventFile.maskedCrc(data, 0, length));
            events.add(UnknownFieldSet.parseFrom(data));
        }
        return events;
    }

    private static String text(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList().getFirst().toStringUtf8();
    }

    private static List<UnknownFieldSet> nested(UnknownFieldSet message, int field) throws IOException {
        List<UnknownFieldSet> nested = new ArrayList<>();
        for (var bytes : message.getField(field).getLengthDelimitedList()) {
            nested.add(UnknownFieldSet.parseFrom(bytes));
        }
        return nested;
    }
}
