package dev.mekiki.client.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.mekiki.client.Backoff;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Refusal;
import dev.mekiki.v1.ImportAppend;
import dev.mekiki.v1.ImportFinding;
import dev.mekiki.v1.ImportOptions;
import dev.mekiki.v1.ImportRow;
import io.grpc.Status;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StreamingImportTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private ImportServer server;
    private Connection connection;

    /** The time that pauses pretend to take. */
    private final AtomicLong now = new AtomicLong();

    private final List<Duration> pauses = new ArrayList<>();
    private final Heard heard = new Heard();
    private final ImportJournal journal = ImportJournal.inMemory();
    private StreamingImport.Settings settings =
            new StreamingImport.Settings(10, 1 << 20, 3, 8 << 20, Duration.ofSeconds(20), Duration.ZERO);

    @BeforeEach
    void connect() throws IOException {
        server = new ImportServer();
        connection = server.connect();
    }

    @AfterEach
    void disconnect() {
        connection.close();
        server.close();
    }

    @Test
    void sendsEveryRowOnceAndInOrder() throws Exception {
        ImportOutcome outcome = run(rows(95));

        assertThat(outcome.stop()).isEmpty();
        assertThat(outcome.progress()).isEqualTo(new ImportProgress(95, 95, 0, 0, 0, 0));
        assertThat(server.stored()).isEqualTo(labels(95));
        assertThat(server.offsets()).containsExactly(0L, 10L, 20L, 30L, 40L, 50L, 60L, 70L, 80L, 90L);
        assertThat(server.streams()).containsExactly(options());
        assertThat(journal.progress()).isEqualTo(outcome.progress());
    }

    @Test
    void sendsNothingForAnEmptySource() throws Exception {
        assertThat(run(rows(0)).progress()).isEqualTo(ImportProgress.NONE);
        assertThat(server.offsets()).isEmpty();
    }

    @Test
    void opensTheStreamAgainAtWhatIsDurable() throws Exception {
        AtomicInteger appends = new AtomicInteger();
        server.decide(_ -> appends.incrementAndGet() == 4
                ? new ImportServer.Fate.Forget(Status.UNAVAILABLE)
                : ImportServer.ANSWER);

        ImportOutcome outcome = run(rows(95));

        assertThat(outcome.stop()).isEmpty();
        assertThat(server.stored()).isEqualTo(labels(95));
        // The fourth append had been stored, so its rows were found present when they came again.
        assertThat(outcome.progress()).isEqualTo(new ImportProgress(95, 85, 10, 0, 0, 0));
        assertThat(server.streams()).hasSize(2);
        assertThat(pauses).singleElement().satisfies(p -> assertThat(p).isGreaterThanOrEqualTo(Duration.ofMillis(700)));
        assertThat(heard.waits).singleElement().asString().contains("the store is away");
    }

    @Test
    void opensTheStreamAgainWhenTheServiceEndsItEarly() throws Exception {
        AtomicInteger appends = new AtomicInteger();
        server.decide(_ -> appends.incrementAndGet() == 2 ? new ImportServer.Fate.End() : ImportServer.ANSWER);

        assertThat(run(rows(40)).progress().registered()).isEqualTo(40);
        assertThat(server.streams()).hasSize(2);
    }

    @Test
    void opensTheStreamAgainWhenNothingIsHeard() throws Exception {
        settings = settings.withAnswerLimit(Duration.ofMillis(100));
        AtomicInteger appends = new AtomicInteger();
        server.decide(_ -> appends.incrementAndGet() <= 2 ? new ImportServer.Fate.Silence() : ImportServer.ANSWER);

        ImportOutcome outcome = run(rows(20));

        assertThat(outcome.stop()).isEmpty();
        assertThat(outcome.progress()).isEqualTo(new ImportProgress(20, 0, 20, 0, 0, 0));
    }

    @Test
    void goesOnInAnotherRunWhereTheJournalSays() throws Exception {
        server.decide(a -> a.getOffset() >= 50
                ? new ImportServer.Fate.Refuse(Status.NOT_FOUND.withDescription("no such gallery"))
                : ImportServer.ANSWER);
        assertThat(run(rows(95)).progress().nextOffset()).isEqualTo(50);

        server.decide(_ -> ImportServer.ANSWER);
        int before = server.offsets().size();
        ImportOutcome resumed = run(rows(95));

        assertThat(server.offsets().get(before)).isEqualTo(50);
        assertThat(resumed.progress()).isEqualTo(new ImportProgress(95, 95, 0, 0, 0, 0));
        assertThat(server.stored()).isEqualTo(labels(95));
    }

    @Test
    void stopsAtOnceWhenTryingAgainWouldNotHelp() throws Exception {
        server.decide(_ -> new ImportServer.Fate.Refuse(Status.OUT_OF_RANGE.withDescription("offset")));

        ImportOutcome outcome = run(rows(30));

        assertThat(outcome.stop()).hasValueSatisfying(s -> assertThat(s).hasToString("OUT_OF_RANGE: offset"));
        assertThat(outcome.progress()).isEqualTo(ImportProgress.NONE);
        assertThat(pauses).isEmpty();
        assertThat(server.streams()).hasSize(1);
    }

    @Test
    void stopsWhenThereIsNoProgressForLongerThanItsPatience() throws Exception {
        server.decide(
                a -> a.getOffset() >= 20 ? new ImportServer.Fate.Refuse(Status.UNAVAILABLE) : ImportServer.ANSWER);

        ImportOutcome outcome = run(rows(95));

        assertThat(outcome.stop()).map(Refusal::code).contains(Status.Code.UNAVAILABLE);
        assertThat(outcome.progress().nextOffset()).isEqualTo(20);
        assertThat(journal.progress()).isEqualTo(outcome.progress());
        assertThat(pauses.stream().mapToLong(Duration::toNanos).sum()).isGreaterThanOrEqualTo(PATIENCE.toNanos());
    }

    @Test
    void isPatientAnewAfterProgress() throws Exception {
        // Each append fails for longer than half of the patience, then goes through.
        AtomicLong since = new AtomicLong();
        server.decide(_ -> {
            if (now.get() - since.get() < PATIENCE.toNanos() * 2 / 3) {
                return new ImportServer.Fate.Refuse(Status.UNAVAILABLE);
            }
            since.set(now.get());
            return ImportServer.ANSWER;
        });
        settings = settings.withAppendsInFlight(1);

        assertThat(run(rows(40)).stop()).isEmpty();
        assertThat(now.get()).isGreaterThan(2 * PATIENCE.toNanos());
    }

    @Test
    void tellsOfRowsThatCannotBeSentWithoutLeavingGapsInTheStream() throws Exception {
        List<SourceRow> rows = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            rows.add(
                    i % 7 == 3 ? new SourceRow.Unusable("line " + i, "no label") : row(i == 12 ? "bad" : "label " + i));
        }
        rows.set(20, row("twin"));
        rows.set(22, row("twin 2"));

        ImportOutcome outcome = run(rows);

        assertThat(outcome.stop()).isEmpty();
        assertThat(outcome.progress()).isEqualTo(new ImportProgress(25, 18, 0, 5, 0, 2));
        assertThat(heard.findings)
                .extracting(f -> f.finding().getOffset() + " " + f.origin() + ": " + f.reason())
                .containsExactly(
                        "3 line 3: no label",
                        "10 line 10: no label",
                        "12 from bad: not an image",
                        "17 line 17: no label",
                        "20 from twin: same content as row 19, another main label",
                        "22 from twin 2: same content as row 21 under label 21, another main label",
                        "24 line 24: no label");
    }

    @Test
    void finishesWhenNoRowCanBeSent() throws Exception {
        List<SourceRow> rows = IntStream.range(0, 25)
                .mapToObj(i -> (SourceRow) new SourceRow.Unusable("line " + i, "no label"))
                .toList();

        assertThat(run(rows).progress()).isEqualTo(new ImportProgress(25, 0, 0, 25, 0, 0));
        assertThat(heard.findings).hasSize(25);
        assertThat(server.offsets()).isEmpty();
    }

    @Test
    void keepsNoMoreAppendsUnderWayThanAllowed() throws Exception {
        settings = settings.withAnswerLimit(Duration.ofMillis(200));
        server.decide(_ -> new ImportServer.Fate.Silence());

        Backoff impatient = new Backoff(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ZERO, new Random(7));
        ImportOutcome outcome = run(rows(95), impatient);

        assertThat(outcome.stop()).map(Refusal::code).contains(Status.Code.UNAVAILABLE);
        // As it gave up at once, there was one stream.
        assertThat(server.offsets()).containsExactly(0L, 10L, 20L);
    }

    @Test
    void boundsAppendsByTheirBytes() throws Exception {
        List<SourceRow> rows = IntStream.range(0, 12)
                .mapToObj(i -> image("label " + i, 300_000))
                .toList();

        assertThat(run(rows).progress().registered()).isEqualTo(12);
        assertThat(server.sizes()).containsExactly(3, 3, 3, 3);
    }

    @Test
    void findsTheRowThatIsTooLargeForTheServiceAndSendsTheOthers() throws Exception {
        server.decide(StreamingImportTest::refuseAboveOneMegabyte);
        List<SourceRow> rows = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            rows.add(image("label " + i, i == 13 ? 1_200_000 : 100_000));
        }

        ImportOutcome outcome = run(rows);

        assertThat(outcome.stop()).isEmpty();
        assertThat(outcome.progress().nextOffset()).isEqualTo(30);
        assertThat(outcome.progress().rejected()).isEqualTo(1);
        assertThat(heard.findings)
                .singleElement()
                .satisfies(f -> assertThat(f.reason()).isEqualTo("INVALID_ARGUMENT: a message too large"));
        assertThat(heard.findings.getFirst().finding().getOffset()).isEqualTo(13);
        assertThat(server.stored()).hasSize(29);
        assertThat(pauses).isEmpty();
    }

    @Test
    void doesNotBlameRowsForARefusalThatTheyDidNotCause() throws Exception {
        server.decide(_ -> new ImportServer.Fate.Refuse(Status.INVALID_ARGUMENT.withDescription("options")));
        List<SourceRow> rows = IntStream.range(0, 100)
                .mapToObj(i -> image("label " + i, 300_000))
                .toList();

        ImportOutcome outcome = run(rows);

        assertThat(outcome.stop()).map(Refusal::code).contains(Status.Code.INVALID_ARGUMENT);
        assertThat(outcome.progress().nextOffset()).isLessThan(30);
    }

    @Test
    void recordsWhatIsDurableWhenTheSourceFails() {
        RowSource failing = offset -> new RowCursor() {
            private long next = offset;

            @Override
            public SourceRow next() throws IOException {
                if (next == 50) {
                    // By then the answers to the first appends are there.
                    awaitUntil(() -> server.offsets().size() >= 4);
                    throw new IOException("disk");
                }
                return row("label " + next++);
            }

            @Override
            public void close() {}
        };

        assertThatThrownBy(() -> importer(backoff()).run(failing, journal, heard))
                .isInstanceOf(IOException.class)
                .hasMessage("disk");
        assertThat(journal.progress().nextOffset()).isPositive().isLessThanOrEqualTo(50);
    }

    @Test
    void packsVectorsAsTheyTravel() {
        float[] vector = {1, -0.5f, Float.MIN_VALUE};

        assertThat(PackedVectors.bytes(vector).toByteArray())
                .containsExactly(0, 0, 0x80, 0x3f, 0, 0, 0, 0xbf, 1, 0, 0, 0);
        assertThat(PackedVectors.unpack(PackedVectors.bytes(vector))).containsExactly(vector);
    }

    private static ImportServer.Fate refuseAboveOneMegabyte(ImportAppend append) {
        return append.getSerializedSize() > 1_000_000
                ? new ImportServer.Fate.Refuse(Status.INVALID_ARGUMENT.withDescription("a message too large"))
                : ImportServer.ANSWER;
    }

    private static void awaitUntil(java.util.function.BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private ImportOutcome run(List<SourceRow> rows) throws Exception {
        return run(rows, backoff());
    }

    private ImportOutcome run(List<SourceRow> rows, Backoff backoff) throws Exception {
        return importer(backoff).run(offset -> cursor(rows, offset), journal, heard);
    }

    private StreamingImport importer(Backoff backoff) {
        return new StreamingImport(connection, options(), settings, backoff, this::pause, now::get);
    }

    private static Backoff backoff() {
        return new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10), PATIENCE, new Random(7));
    }

    private static ImportOptions options() {
        return ImportOptions.newBuilder().setParent("galleries/g").build();
    }

    private void pause(Duration duration) {
        pauses.add(duration);
        now.addAndGet(duration.toNanos());
    }

    private static RowCursor cursor(List<SourceRow> rows, long offset) {
        return new RowCursor() {
            private int next = Math.toIntExact(offset);

            @Override
            public @Nullable SourceRow next() {
                return next < rows.size() ? rows.get(next++) : null;
            }

            @Override
            public void close() {}
        };
    }

    private static List<SourceRow> rows(int count) {
        return labels(count).stream().map(StreamingImportTest::row).toList();
    }

    private static List<String> labels(int count) {
        return IntStream.range(0, count).mapToObj(i -> "label " + i).toList();
    }

    private static SourceRow row(String label) {
        return image(label, 3);
    }

    private static SourceRow image(String label, int bytes) {
        return new SourceRow.Usable(
                "from " + label,
                ImportRow.newBuilder()
                        .setLabel(label)
                        .setImage(ByteString.copyFrom(new byte[bytes]))
                        .build());
    }

    private static final class Heard implements ImportListener {
        private final List<RowFinding> findings = new ArrayList<>();
        private final List<Refusal> waits = new ArrayList<>();

        @Override
        public void found(RowFinding finding) {
            assertThat(finding.finding().getKind()).isNotEqualTo(ImportFinding.Kind.KIND_UNSPECIFIED);
            findings.add(finding);
        }

        @Override
        public void waits(Refusal reason, Duration pause) {
            waits.add(reason);
        }
    }
}
