package dev.mekiki.service;

import dev.mekiki.client.Backoff;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Refusal;
import dev.mekiki.client.bulk.ImportListener;
import dev.mekiki.client.bulk.ImportOutcome;
import dev.mekiki.client.bulk.ImportProgress;
import dev.mekiki.client.bulk.JournalFile;
import dev.mekiki.client.bulk.StreamingImport;
import dev.mekiki.v1.ImportOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** Imports {@link ImportedRows} in a process that can be killed, and says line by line how far it is. */
final class ImportingProcess implements AutoCloseable {

    private static final String AT = "at ";
    private static final String WAITS = "waits ";
    private static final String DONE = "done";

    private final Process process;
    private final BufferedReader lines;
    private long acknowledged;

    private ImportingProcess(Process process) {
        this.process = process;
        this.lines = process.inputReader(StandardCharsets.UTF_8);
    }

    static ImportingProcess start(String target, String gallery, ImportedRows rows, Path journal) throws IOException {
        return new ImportingProcess(new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        ImportingProcess.class.getName(),
                        target,
                        gallery,
                        Integer.toString(rows.count()),
                        Integer.toString(rows.dimension()),
                        rows.spaceDigest(),
                        journal.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** So many rows were acknowledged by what was heard of it so far. */
    long acknowledged() {
        return acknowledged;
    }

    /** Waits until so many rows are acknowledged. */
    void awaitAcknowledged(long rows) throws IOException {
        while (acknowledged < rows) {
            hear();
        }
    }

    /** Waits until it has noticed that the service does not take rows; fails if it had none left. */
    void awaitBreak() throws IOException {
        while (!hear().startsWith(WAITS)) {}
    }

    private String hear() throws IOException {
        String line = lines.readLine();
        if (line == null || line.startsWith(DONE)) {
            throw new AssertionError("the import ended too early, at row " + acknowledged + ": " + line);
        }
        if (line.startsWith(AT)) {
            acknowledged = Long.parseLong(line.substring(AT.length()));
        }
        return line;
    }

    /** Does nothing until {@link #goOn}. */
    void pause() throws IOException, InterruptedException {
        Signal.STOP.send(process.toHandle());
    }

    void goOn() throws IOException, InterruptedException {
        Signal.CONT.send(process.toHandle());
    }

    /** Waits until it ends by itself; what it said last. */
    String awaitEnd() throws IOException, InterruptedException {
        String last = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            last = line;
        }
        process.waitFor();
        return last;
    }

    /** Ends it as {@code kill -9} does; fails if it had no rows left. */
    void kill() throws IOException, InterruptedException {
        close();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith(DONE)) {
                throw new AssertionError("the import ended before it was killed: " + line);
            }
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.toHandle().destroyForcibly();
        process.waitFor();
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        String gallery = arguments[1];
        ImportedRows rows =
                new ImportedRows(Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]), arguments[4]);
        JournalFile journal =
                JournalFile.open(Path.of(arguments[5]), new JournalFile.Identity("imported rows", gallery, ""));
        Backoff backoff = new Backoff(
                Duration.ofMillis(50), Duration.ofSeconds(1), Duration.ofMinutes(4), RandomGenerator.getDefault());
        // Small, so that a kill meets it between acknowledgements.
        StreamingImport.Settings settings =
                StreamingImport.Settings.standard().withRowsPerAppend(100).withAppendsInFlight(4);
        try (Connection connection = Connection.to(arguments[0], Duration.ofSeconds(30))) {
            ImportOutcome outcome = new StreamingImport(
                            connection,
                            ImportOptions.newBuilder().setParent(gallery).build(),
                            settings,
                            backoff,
                            Thread::sleep,
                            System::nanoTime)
                    .run(rows, journal, new ImportListener() {
                        @Override
                        public void advanced(ImportProgress progress) {
                            System.out.println(AT + progress.nextOffset());
                        }

                        @Override
                        public void waits(Refusal reason, Duration pause) {
                            System.out.println(WAITS + reason);
                        }
                    });
            System.out.println(DONE + " " + outcome.progress() + " " + outcome.stop());
        }
    }
}
