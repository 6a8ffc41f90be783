package dev.mekiki.benchmarks.gallery;

import com.google.protobuf.ByteString;
import dev.mekiki.client.Backoff;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Refusal;
import dev.mekiki.client.bulk.ImportJournal;
import dev.mekiki.client.bulk.ImportListener;
import dev.mekiki.client.bulk.ImportOutcome;
import dev.mekiki.client.bulk.ImportProgress;
import dev.mekiki.client.bulk.JournalFile;
import dev.mekiki.client.bulk.PackedVectors;
import dev.mekiki.client.bulk.RowCursor;
import dev.mekiki.client.bulk.SourceRow;
import dev.mekiki.client.bulk.StreamingImport;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.v1.ImportOptions;
import dev.mekiki.v1.ImportRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Registers a population through the service, as {@code mekiki import} does. Goes on where the journal says. */
final class ServiceImport {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Connection connection;
    private final Population population;
    private final GalleryId gallery;
    private final String spaceDigest;
    private final ImportJournal journal;

    ServiceImport(Connection connection, Population population, GalleryId gallery, String spaceDigest, Path journalFile)
            throws IOException {
        this.connection = connection;
        this.population = population;
        this.gallery = gallery;
        this.spaceDigest = spaceDigest;
        this.journal = JournalFile.open(
                journalFile,
                new JournalFile.Identity("population of seed " + population.seed(), gallery.resource(), ""));
    }

    /** How many rows are durable. */
    long done() {
        return journal.progress().nextOffset();
    }

    /** Sends the rows up to a number; returns the seconds that it took. */
    double upTo(long end) throws IOException {
        return upTo(end, population::registration);
    }

    /** Draws the vectors first, so that what is timed is the import alone. */
    double drawnUpTo(long end) throws IOException {
        long begin = done();
        List<float[]> drawn =
                LongStream.range(begin, end).mapToObj(population::registration).toList();
        return upTo(end, row -> drawn.get((int) (row - begin)));
    }

    private double upTo(long end, LongFunction<float[]> vectors) throws IOException {
        StreamingImport streaming = new StreamingImport(
                connection,
                ImportOptions.newBuilder().setParent(gallery.resource()).build(),
                StreamingImport.Settings.standard(),
                new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5), PATIENCE, new Random()),
                Thread::sleep,
                System::nanoTime);
        long before = journal.progress().registered();
        long start = System.nanoTime();
        long from = done();
        ImportOutcome outcome;
        try {
            outcome = streaming.run(offset -> new Rows(offset, end, vectors), journal, new Progress(end));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (outcome.stop().isPresent()) {
            throw new IllegalStateException("the import stopped at row " + done() + ": "
                    + outcome.stop().get());
        }
        long registered = outcome.progress().registered() - before;
        if (registered != end - from) {
            System.err.printf(
                    "mekiki: of %,d rows %,d were registered anew; the others were there already%n",
                    end - from, registered);
        }
        return seconds;
    }

    /** The id that the service derives. */
    RegistrationId id(long row) {
        return RegistrationId.derived(gallery, LabelPath.of(Population.label(row)), content(row));
    }

    /** Of an image that nobody has drawn. */
    private ContentDigest content(long row) {
        return ContentDigest.of(
                ("population " + population.seed() + ", image " + row).getBytes(StandardCharsets.UTF_8));
    }

    private final class Rows implements RowCursor {

        private final long end;
        private final LongFunction<float[]> vectors;
        private long next;

        Rows(long offset, long end, LongFunction<float[]> vectors) {
            this.next = offset;
            this.end = end;
            this.vectors = vectors;
        }

        @Override
        public @Nullable SourceRow next() {
            if (next >= end) {
                return null;
            }
            long row = next++;
            return new SourceRow.Usable(
                    "row " + row,
                    ImportRow.newBuilder()
                            .setLabel(Population.label(row))
                            .setEmbedding(PackedVectors.pack(spaceDigest, vectors.apply(row)))
                            .setContentDigest(ByteString.copyFrom(
                                    HexFormat.of().parseHex(content(row).hex())))
                            .build());
        }

        @Override
        public void close() {}
    }

    /** Says now and then how far it is. */
    private static final class Progress implements ImportListener {

        private static final long STEP = 50_000;

        private final long end;
        private long told;

        Progress(long end) {
            this.end = end;
        }

        @Override
        public void advanced(ImportProgress progress) {
            if (progress.nextOffset() - told >= STEP) {
                told = progress.nextOffset() - progress.nextOffset() % STEP;
                System.err.printf("  %,d of %,d rows%n", progress.nextOffset(), end);
            }
        }

        @Override
        public void waits(Refusal reason, Duration pause) {
            System.err.println("  the service refuses, trying again: " + reason);
        }
    }
}
