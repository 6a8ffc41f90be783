package dev.mekiki.cli.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.client.Backoff;
import dev.mekiki.client.Connection;
import dev.mekiki.core.label.LabelPath;
import io.grpc.Status;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImporterTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private RememberingService service;
    private Connection connection;

    /** The time that pauses pretend to take. */
    private final AtomicLong now = new AtomicLong();

    private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void connect() throws IOException {
        service = new RememberingService();
        connection = service.connect();
    }

    @AfterEach
    void disconnect() {
        connection.close();
        service.close();
    }

    @Test
    void registersEachImageUnderItsLabel() throws Exception {
        ImportOutcome outcome = run(4, image("passport/first", "a"), image("passport/second", "b"), image("card", "c"));

        assertThat(outcome.registered()).isEqualTo(3);
        assertThat(outcome.rejected()).isEmpty();
        assertThat(outcome.untried()).isZero();
        assertThat(service.storedLabels()).containsExactly("card", "passport/first", "passport/second");
    }

    @Test
    void sendsOnlyWhatIsNotRegisteredYet() throws Exception {
        LabelledFile[] first = {
            image("passport", "a"), image("passport", "b"), image("passport", "c"), image("card", "a")
        };
        run(2, first);
        LabelledFile changed = image("passport", "d");
        LabelledFile relabelled = image("permit", "a");

        ImportOutcome outcome = run(2, first[0], first[1], first[2], first[3], changed, relabelled);

        assertThat(outcome.presentBefore()).isEqualTo(4);
        assertThat(outcome.registered()).isEqualTo(2);
        assertThat(service.labelsReceived()).hasSize(6);
    }

    @Test
    void waitsAtLeastAsLongAsTheServiceAdvises() throws Exception {
        AtomicInteger refusals = new AtomicInteger(3);
        service.decide(_ -> refusals.getAndDecrement() > 0 ? Status.UNAVAILABLE : Status.OK);

        ImportOutcome outcome = run(1, image("passport", "a"));

        assertThat(outcome.registered()).isEqualTo(1);
        assertThat(pauses).hasSize(3).allSatisfy(p -> assertThat(p).isGreaterThanOrEqualTo(Duration.ofMillis(700)));
    }

    @Test
    void rejectsABadFileWithTheReasonAndGoesOn() throws Exception {
        service.decide(r -> r.getRegistration().getLabel().equals("bad")
                ? Status.INVALID_ARGUMENT.withDescription("image: not an image\n(expected: JPEG, PNG or WebP)")
                : Status.OK);
        LabelledFile bad = image("bad", "x");

        ImportOutcome outcome = run(1, bad, image("good", "y"));

        assertThat(outcome.rejected())
                .containsExactly(new Rejection(
                        bad.file(), "INVALID_ARGUMENT: image: not an image (expected: JPEG, PNG or WebP)"));
        assertThat(outcome.registered()).isEqualTo(1);
        assertThat(pauses).isEmpty();
    }

    @Test
    void rejectsAFileThatCannotBeRead() throws Exception {
        LabelledFile gone = new LabelledFile(folder.resolve("gone.jpg"), LabelPath.of("passport"));

        ImportOutcome outcome = run(1, gone, image("passport", "a"));

        assertThat(outcome.rejected()).extracting(Rejection::file).containsExactly(gone.file());
        assertThat(outcome.registered()).isEqualTo(1);
    }

    @Test
    void stopsWhenTheServiceStaysAwayAndGoesOnWhenRunAgain() throws Exception {
        AtomicInteger answered = new AtomicInteger();
        service.decide(_ -> answered.incrementAndGet() > 2 ? Status.UNAVAILABLE : Status.OK);
        LabelledFile[] files = {image("a", "1"), image("b", "2"), image("c", "3"), image("d", "4"), image("e", "5")};

        ImportOutcome broken = run(1, files);

        assertThat(broken.registered()).isEqualTo(2);
        assertThat(broken.untried()).isEqualTo(3);
        assertThat(broken.rejected()).isEmpty();
        assertThat(broken.stop())
                .hasValueSatisfying(s -> assertThat(s.isPassing()).isTrue());
        assertThat(pauses.stream().mapToLong(Duration::toNanos).sum()).isGreaterThanOrEqualTo(PATIENCE.toNanos());

        service.decide(_ -> Status.OK);
        ImportOutcome resumed = run(1, files);

        assertThat(resumed.presentBefore()).isEqualTo(2);
        assertThat(resumed.registered()).isEqualTo(3);
        assertThat(service.storedLabels()).containsExactly("a", "b", "c", "d", "e");
    }

    @Test
    void stopsAtOnceWhenEveryFileWouldBeRefused() throws Exception {
        service.decide(_ -> Status.NOT_FOUND.withDescription("galleries/g does not exist"));

        ImportOutcome outcome = run(1, image("a", "1"), image("b", "2"), image("c", "3"));

        assertThat(service.labelsReceived()).hasSize(1);
        assertThat(outcome.untried()).isEqualTo(3);
        assertThat(outcome.stop())
                .hasValueSatisfying(s -> assertThat(s).hasToString("NOT_FOUND: galleries/g does not exist"));
    }

    @Test
    void keepsAsManyRequestsUnderWayAsAllowedAndNoMore() throws Exception {
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        // Opens only when four requests are under way at once.
        CyclicBarrier four = new CyclicBarrier(4);
        service.beforeAnswer(() -> {
            most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            try {
                four.await(15, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IllegalStateException("four requests were never under way at once", e);
            } finally {
                underWay.decrementAndGet();
            }
        });
        LabelledFile[] files = new LabelledFile[40];
        for (int i = 0; i < files.length; i++) {
            files[i] = image("label " + i, "content " + i);
        }

        ImportOutcome outcome = run(4, files);

        assertThat(outcome.registered()).isEqualTo(40);
        assertThat(most).hasValue(4);
    }

    private ImportOutcome run(int inFlight, LabelledFile... files) throws InterruptedException {
        Backoff backoff = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10), PATIENCE, new Random(7));
        Importer importer = new Importer(connection, "galleries/g", inFlight, backoff, this::pause, now::get);
        return importer.run(
                List.of(files),
                new Progress(
                        new PrintStream(OutputStream.nullOutputStream()),
                        files.length,
                        Duration.ofSeconds(1),
                        now::get));
    }

    private void pause(Duration duration) {
        pauses.add(duration);
        now.addAndGet(duration.toNanos());
    }

    private LabelledFile image(String label, String content) throws IOException {
        Path file = folder.resolve(label.replace('/', '-') + "-" + content + ".jpg");
        Files.writeString(file, content);
        return new LabelledFile(file, LabelPath.parse(label));
    }
}
