package dev.mekiki.client.bulk;

import com.google.rpc.Code;
import dev.mekiki.client.Backoff;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Pause;
import dev.mekiki.client.Refusal;
import dev.mekiki.v1.ImportFinding;
import dev.mekiki.v1.ImportOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Registers the rows of a source over one stream. A bounded number of appends is under way without an answer; when the
 * stream breaks, it is opened again after a pause and the source is read again from the first row that is not known to
 * be durable. What is sent twice changes nothing. Instances keep nothing between runs and may be used by several
 * threads; each run belongs to the thread that calls it.
 */
public final class StreamingImport {

    /** The smallest row that may itself be why a message is too large. */
    private static final int SUSPICIOUS_ROW_BYTES = 256 << 10;

    private static final int LEAST_BYTES_PER_APPEND = 64 << 10;

    /** After so many rows in a row that seem too large, it is something else that the service refuses. */
    private static final int MOST_SUSPECTS = 20;

    /**
     * What an import may use.
     *
     * @param rowsPerAppend most rows in one append; 1..1000
     * @param bytesPerAppend from which no further row joins an append; a larger row travels alone. At least 1; has to be
     *     below the service's {@code mekiki.image.max-bytes}
     * @param appendsInFlight most appends without an answer, at least 1
     * @param bytesInFlight from which no further append is sent before one is answered, at least 1
     * @param answerLimit how long nothing may be heard while answers are due before the stream counts as broken
     * @param recordInterval how often progress is recorded
     */
    public record Settings(
            int rowsPerAppend,
            int bytesPerAppend,
            int appendsInFlight,
            long bytesInFlight,
            Duration answerLimit,
            Duration recordInterval) {

        public Settings {
            if (rowsPerAppend < 1 || rowsPerAppend > 1000) {
                throw new IllegalArgumentException("rows per append: " + rowsPerAppend + " (expected: 1..1000)");
            }
            if (bytesPerAppend < 1 || appendsInFlight < 1 || bytesInFlight < 1) {
                throw new IllegalArgumentException("bytes per append, appends in flight, bytes in flight: "
                        + bytesPerAppend + ", " + appendsInFlight + ", " + bytesInFlight + " (expected: at least 1)");
            }
            if (answerLimit.isNegative() || answerLimit.isZero() || recordInterval.isNegative()) {
                throw new IllegalArgumentException("answer limit, record interval: " + answerLimit + ", "
                        + recordInterval + " (expected: positive, not negative)");
            }
        }

        /** For vectors: 1000 rows and 4 MiB an append, sixteen appends and 32 MiB under way. */
        public static Settings standard() {
            return new Settings(1000, 4 << 20, 16, 32L << 20, Duration.ofMinutes(5), Duration.ofSeconds(1));
        }

        public Settings withAppendsInFlight(int appends) {
            return new Settings(rowsPerAppend, bytesPerAppend, appends, bytesInFlight, answerLimit, recordInterval);
        }

        public Settings withRowsPerAppend(int rows) {
            return new Settings(rows, bytesPerAppend, appendsInFlight, bytesInFlight, answerLimit, recordInterval);
        }

        public Settings withAnswerLimit(Duration limit) {
            return new Settings(rowsPerAppend, bytesPerAppend, appendsInFlight, bytesInFlight, limit, recordInterval);
        }
    }

    private final Connection connection;
    private final ImportOptions options;
    private final Settings settings;
    private final Backoff backoff;
    private final Pause pause;
    private final LongSupplier nanoTime;

    /**
     * @param connection not closed
     * @param options sent at the beginning of each stream
     * @param backoff its patience is how long the import goes on without any progress
     * @param pause {@code Thread::sleep}, or a test's
     * @param nanoTime {@code System::nanoTime}, or a test's clock
     */
    public StreamingImport(
            Connection connection,
            ImportOptions options,
            Settings settings,
            Backoff backoff,
            Pause pause,
            LongSupplier nanoTime) {
        this.connection = connection;
        this.options = options;
        this.settings = settings;
        this.backoff = backoff;
        this.pause = pause;
        this.nanoTime = nanoTime;
    }

    /**
     * Sends every row from the one that the journal names; returns when all are durable or rejected, or when the service
     * refuses to go on or stays away.
     *
     * @param journal recorded at intervals, and whenever this method ends
     * @throws IOException if the source cannot be read, or journal or findings not be written
     * @throws InterruptedException if interrupted; the journal says what is durable
     */
    public ImportOutcome run(RowSource source, ImportJournal journal, ImportListener listener)
            throws IOException, InterruptedException {
        Run run = new Run(source, journal, listener);
        try {
            return run.go();
        } finally {
            run.record();
        }
    }

    /** Whether the stream may be opened again: it broke, rather than that its rows were judged. */
    private static boolean mayPass(Refusal refusal) {
        return switch (refusal.code()) {
            // A connection that is cut shows as one of the last three, depending on where it was cut.
            case UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED, CANCELLED, INTERNAL, UNKNOWN -> true;
            case RESOURCE_EXHAUSTED -> refusal.retryAfter().isPresent();
            default -> false;
        };
    }

    /** One run, over as many streams as it takes. */
    final class Run {

        private final RowSource source;
        private final ImportJournal journal;
        private final ImportListener listener;
        private ImportProgress progress;
        private long recordedAt;
        private int bytesPerAppend = settings.bytesPerAppend();

        /** Rows before it are sent one by one, to find the one that is too large. */
        private long singlyUntil;

        private long tooLarge = -1;
        private String whyTooLarge = "";
        private int suspectsInARow;

        private Run(RowSource source, ImportJournal journal, ImportListener listener) {
            this.source = source;
            this.journal = journal;
            this.listener = listener;
            this.progress = journal.progress();
            this.recordedAt = nanoTime.getAsLong();
        }

        private ImportOutcome go() throws IOException, InterruptedException {
            int failures = 0;
            long giveUpAt = 0;
            while (true) {
                long before = progress.nextOffset();
                @Nullable Refusal refusal;
                ImportStream.Unanswered unanswered;
                try (RowCursor cursor = source.open(before);
                        ImportStream stream = new ImportStream(this, connection, cursor, before)) {
                    refusal = stream.run();
                    unanswered = stream.unanswered();
                }
                if (refusal == null) {
                    return new ImportOutcome(progress, Optional.empty());
                }
                if (refusal.mayBeTooLarge() && suspects(unanswered, refusal)) {
                    continue;
                }
                if (progress.nextOffset() > before) {
                    failures = 0;
                }
                long now = nanoTime.getAsLong();
                if (failures++ == 0) {
                    giveUpAt = now + backoff.patience().toNanos();
                }
                if (!mayPass(refusal) || now - giveUpAt >= 0) {
                    return new ImportOutcome(progress, Optional.of(refusal));
                }
                record();
                Duration wait = backoff.before(failures, refusal.retryAfter());
                listener.waits(refusal, wait);
                pause.last(wait);
                // Else the channel would sit out a back-off of its own, which grows to minutes.
                connection.channel().resetConnectBackoff();
            }
        }

        /** Narrows down which row is too large; false if none can be. */
        private boolean suspects(ImportStream.Unanswered unanswered, Refusal refusal) {
            if (unanswered.bytes() < SUSPICIOUS_ROW_BYTES || suspectsInARow == MOST_SUSPECTS) {
                return false;
            }
            if (unanswered.rows() == 1) {
                suspectsInARow++;
                tooLarge = unanswered.firstRow();
                whyTooLarge = refusal.toString();
            } else {
                singlyUntil = unanswered.end();
                bytesPerAppend = Math.max(LEAST_BYTES_PER_APPEND, bytesPerAppend / 2);
            }
            return true;
        }

        ImportOptions options() {
            return options;
        }

        Settings settings() {
            return settings;
        }

        /** Whether the row travels alone and only when nothing else is under way. */
        boolean isSingle(long offset) {
            return offset < singlyUntil;
        }

        int bytesPerAppend() {
            return bytesPerAppend;
        }

        /** Why the row is not to be sent again; null if it is. */
        @Nullable
        String refused(long offset) {
            return offset == tooLarge ? whyTooLarge : null;
        }

        /** Takes note of an answer, or of rows that needed none. */
        void advance(long nextOffset, int registered, int present, List<RowFinding> findings) throws IOException {
            if (findings.size() < nextOffset - progress.nextOffset()) {
                suspectsInARow = 0;
            }
            long rejected = 0;
            long duplicates = 0;
            long conflicts = 0;
            for (RowFinding finding : findings) {
                switch (finding.finding().getKind()) {
                    case KIND_DUPLICATE -> duplicates++;
                    case KIND_CONFLICTING_CONTENT, KIND_CONFLICTING_EMBEDDING -> conflicts++;
                    case KIND_REJECTED, KIND_UNSPECIFIED, UNRECOGNIZED -> rejected++;
                }
                listener.found(finding);
            }
            progress = new ImportProgress(
                    nextOffset,
                    progress.registered() + registered,
                    progress.present() + present,
                    progress.rejected() + rejected,
                    progress.duplicates() + duplicates,
                    progress.conflicts() + conflicts);
            listener.advanced(progress);
            if (nanoTime.getAsLong() - recordedAt >= settings.recordInterval().toNanos()) {
                record();
            }
        }

        private void record() throws IOException {
            if (!journal.progress().equals(progress)) {
                journal.record(progress);
            }
            recordedAt = nanoTime.getAsLong();
        }
    }

    /** A rejection that this side found. */
    static RowFinding rejection(long offset, String origin, String reason) {
        return new RowFinding(
                origin,
                ImportFinding.newBuilder()
                        .setOffset(offset)
                        .setKind(ImportFinding.Kind.KIND_REJECTED)
                        .setError(com.google.rpc.Status.newBuilder()
                                .setCode(Code.INVALID_ARGUMENT_VALUE)
                                .setMessage(reason))
                        .build());
    }
}
