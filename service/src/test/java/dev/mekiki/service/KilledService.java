package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.v1.CountRegistrationsRequest;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.Embedding;
import dev.mekiki.v1.EmbeddingSpace;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.GetRegistrationRequest;
import dev.mekiki.v1.LabelsGrpc;
import dev.mekiki.v1.Match;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.Registration;
import dev.mekiki.v1.RegistrationView;
import dev.mekiki.v1.RegistrationsGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * A service that is killed at random, again and again, while a client imports into one of its galleries and others
 * register in another. After each kill, what was acknowledged has to be there, and of what was not, all or nothing.
 */
final class KilledService implements AutoCloseable {

    /** How often; more than in every build with {@code -Dmekiki.test.kills=200}. */
    static int kills(int usually) {
        return Integer.getInteger("mekiki.test.kills", usually);
    }

    private static final String IMPORTED = "galleries/imported";
    private static final String REGISTERED = "galleries/registered";

    /** One of them registers images, the others vectors. */
    private static final int REGISTRARS = 4;

    private static final int ASKERS = 16;

    /** Are acknowledged before the next kill. */
    private static final int MOST_ROWS_BETWEEN = 300;

    /** Those, and what is under way or is acknowledged before the process is gone. */
    private static final int ROWS_FOR_A_KILL = 800;

    private static final long MOST_NANOS_AFTER = TimeUnit.MILLISECONDS.toNanos(30);
    private static final double SAME = 0.999;
    private static final int MOST_QUESTIONS = 10;

    /**
     * What came of it.
     *
     * @param kills so many
     * @param registrations that were acknowledged one by one, and found to be there
     * @param rows that were imported, and found to be there
     * @param passedBy those of them that were found only when asked for under their label, counted at each question
     * @param first the first start, until it was ready
     * @param slowest the longest times of those after a kill
     */
    record Figures(int kills, int registrations, int rows, int passedBy, Start first, Start slowest) {}

    /**
     * A start of the process, until it was ready.
     *
     * @param processorTime of all its threads; does not depend on what else the machine does
     */
    record Start(Duration time, Duration processorTime) {}

    /** A registration that somebody sent. */
    private record Sent(String name, String label, Optional<Embedding> vector, Optional<ByteString> image) {}

    private final Path folder;
    private final Optional<Path> images;
    private final String[] arguments;
    private final String target;
    private final int rowCount;
    private final Random random;

    private final List<Sent> acknowledged = new ArrayList<>();
    private final List<Sent> unacknowledged = new ArrayList<>();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger passedBy = new AtomicInteger();
    private final Start first;
    private Start slowest = new Start(Duration.ZERO, Duration.ZERO);
    private ServiceProcess service;
    private ImportedRows rows;

    /**
     * Starts it, and waits until it is ready.
     *
     * @param folder for its galleries and logs
     * @param images where it is to keep images, if it is
     * @param seed of all that is random
     * @param kills how often it is going to be killed
     * @param settings of the service
     */
    KilledService(Path folder, Optional<Path> images, long seed, int kills, List<String> settings) throws IOException {
        this.folder = folder;
        this.images = images;
        this.random = new Random(seed);
        this.rowCount = (kills + 1) * ROWS_FOR_A_KILL;
        int port = ServiceProcess.freePort();
        this.target = "127.0.0.1:" + port;
        List<String> all = new ArrayList<>(settings);
        all.add("-Dquarkus.grpc.server.port=" + port);
        images.ifPresent(kept -> all.add("-Dmekiki.images.directory=" + kept));
        this.arguments = all.toArray(String[]::new);
        this.service = start();
        this.first = slowest;
        this.slowest = new Start(Duration.ZERO, Duration.ZERO);
        this.rows = begin(service.connect());
    }

    private ImportedRows begin(ManagedChannel channel) {
        EmbeddingSpace space = GalleriesGrpc.newBlockingStub(channel)
                .createGallery(CreateGalleryRequest.newBuilder()
                        .setGalleryId(id(IMPORTED))
                        .build())
                .getEmbeddingSpace();
        var _ = GalleriesGrpc.newBlockingStub(channel)
                .createGallery(CreateGalleryRequest.newBuilder()
                        .setGalleryId(id(REGISTERED))
                        .build());
        return new ImportedRows(rowCount, space.getDimension(), space.getDigest());
    }

    /** Is ready to import; after every kill it goes on by itself. */
    ImportingProcess startImport(Path journal) throws IOException, InterruptedException {
        ImportingProcess importing = ImportingProcess.start(target, IMPORTED, rows, journal);
        importing.pause();
        return importing;
    }

    /** Kills it so many times, and checks each time what is there; in the end everything. */
    Figures kill(int kills, ImportingProcess importing) throws Exception {
        for (int i = 0; i < kills; i++) {
            killOnce(importing);
        }
        importing.goOn();
        assertThat(importing.awaitEnd()).startsWith("done").endsWith("Optional.empty");
        ManagedChannel channel = service.connect();
        assertThat(count(channel, IMPORTED)).isEqualTo(rowCount);
        requireEveryRow(channel);
        for (Sent sent : acknowledged) {
            requireThere(channel, sent);
        }
        assertThat(count(channel, REGISTERED))
                .isBetween((long) acknowledged.size(), (long) acknowledged.size() + unacknowledged.size());
        return new Figures(kills, acknowledged.size(), rowCount, passedBy.get(), first, slowest);
    }

    private void killOnce(ImportingProcess importing) throws Exception {
        List<Sent> mayBeThere = new ArrayList<>();
        int before = acknowledged.size();
        try (ExecutorService registrars = Executors.newFixedThreadPool(REGISTRARS)) {
            ManagedChannel channel = service.connect();
            BlockingQueue<Sent> answered = new LinkedBlockingQueue<>();
            List<Future<Sent>> last = new ArrayList<>();
            for (int i = 0; i < REGISTRARS; i++) {
                boolean withImages = i == 0;
                last.add(registrars.submit(() -> registerUntilKilled(channel, withImages, answered)));
            }
            try {
                acknowledged.add(answered.take());
                importing.goOn();
                importing.awaitAcknowledged(importing.acknowledged() + 1 + random.nextInt(MOST_ROWS_BETWEEN));
                // So that it is killed at any moment, and not only when it has just answered.
                LockSupport.parkNanos(random.nextLong(MOST_NANOS_AFTER));
            } finally {
                // Also if the import has failed: the others go on until then.
                service.kill();
            }
            for (Future<Sent> unanswered : last) {
                mayBeThere.add(unanswered.get());
            }
            answered.drainTo(acknowledged);
        }
        service.close();
        importing.awaitBreak();
        long rowsBefore = importing.acknowledged();
        // What is checked is to be as the kill has left it.
        importing.pause();

        service = start();
        ManagedChannel channel = service.connect();
        for (Sent sent : acknowledged.subList(before, acknowledged.size())) {
            requireThere(channel, sent);
        }
        for (Sent sent : mayBeThere) {
            requireWholeIfThere(channel, sent);
        }
        unacknowledged.addAll(mayBeThere);
        assertThat(count(channel, IMPORTED)).isGreaterThanOrEqualTo(rowsBefore);
        for (long row = Math.max(0, rowsBefore - 10);
                row < Math.min(rowCount, rowsBefore + ROWS_FOR_A_KILL);
                row += row < rowsBefore ? 1 : 25) {
            requireRow(channel, Math.toIntExact(row), row < rowsBefore);
        }
    }

    private ServiceProcess start() throws IOException {
        long began = System.nanoTime();
        ServiceProcess ready = ServiceProcess.ready(folder, arguments);
        Duration processorTime = ready.process.info().totalCpuDuration().orElseThrow();
        slowest = new Start(
                longer(slowest.time, Duration.ofNanos(System.nanoTime() - began)),
                longer(slowest.processorTime, processorTime));
        return ready;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /** The registration that was not answered. */
    private Sent registerUntilKilled(ManagedChannel channel, boolean withImages, BlockingQueue<Sent> answered) {
        while (true) {
            int number = next.getAndIncrement();
            Sent sent = new Sent(
                    REGISTERED + "/registrations/r-" + number,
                    "label-" + number,
                    withImages ? Optional.empty() : Optional.of(vector(-1 - number)),
                    withImages ? Optional.of(image(number)) : Optional.empty());
            try {
                var _ = RegistrationsGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(1, TimeUnit.MINUTES)
                        .createRegistration(request(sent));
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
                return sent;
            }
            answered.add(sent);
        }
    }

    private static CreateRegistrationRequest request(Sent sent) {
        CreateRegistrationRequest.Builder request = CreateRegistrationRequest.newBuilder()
                .setParent(REGISTERED)
                .setRegistrationId(sent.name.substring(sent.name.lastIndexOf('/') + 1))
                .setRegistration(Registration.newBuilder().setLabel(sent.label));
        sent.vector.ifPresent(request::setEmbedding);
        sent.image.ifPresent(request::setImage);
        return request.build();
    }

    private void requireWholeIfThere(ManagedChannel channel, Sent sent) throws IOException {
        try {
            requireThere(channel, sent);
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Code.NOT_FOUND);
            assertThat(nearest(channel, REGISTERED, query(sent)).map(Match::getRegistration))
                    .isNotEqualTo(Optional.of(sent.name));
        }
    }

    private void requireThere(ManagedChannel channel, Sent sent) throws IOException {
        Registration found = patiently(() -> RegistrationsGrpc.newBlockingStub(channel)
                .getRegistration(GetRegistrationRequest.newBuilder()
                        .setName(sent.name)
                        .setView(RegistrationView.REGISTRATION_VIEW_FULL)
                        .build()));
        assertThat(found.getLabel()).isEqualTo(sent.label);
        sent.vector.ifPresent(vector -> assertThat(found.getEmbedding()).isEqualTo(vector));
        if (sent.image.isPresent()) {
            byte[] image = sent.image.get().toByteArray();
            assertThat(found.getContentDigest())
                    .isEqualTo(ContentDigest.of(image).hex());
            if (images.isPresent()) {
                String digest = found.getContentDigest();
                assertThat(Files.readAllBytes(images.get()
                                .resolve("images")
                                .resolve(digest.substring(0, 2))
                                .resolve(digest)))
                        .isEqualTo(image);
            }
        }
        assertThat(nearest(channel, REGISTERED, query(sent)))
                .hasValueSatisfying(match -> assertThat(match.getScore()).isGreaterThan((float) SAME));
    }

    private static RecognizeRequest.Builder query(Sent sent) {
        RecognizeRequest.Builder query = RecognizeRequest.newBuilder();
        sent.vector.ifPresent(query::setEmbedding);
        sent.image.ifPresent(query::setImage);
        return query;
    }

    private void requireRow(ManagedChannel channel, int row, boolean there) {
        String label = ImportedRows.label(row);
        RecognizeRequest.Builder query = RecognizeRequest.newBuilder().setEmbedding(vector(row));
        Optional<Match> nearest = nearest(channel, IMPORTED, query);
        if (there && nearest.filter(match -> match.getScore() > SAME).isEmpty()) {
            // Among many, an approximate index may have passed it by; among those of its label there is nothing to
            // pass.
            passedBy.incrementAndGet();
            nearest = nearest(channel, IMPORTED, query.addLabelScope(label));
        }
        if (there || nearest.filter(match -> match.getScore() > SAME).isPresent()) {
            assertThat(nearest.map(Match::getLabel)).contains(label);
        }
        if (there) {
            assertThat(nearest.orElseThrow().getScore()).isGreaterThan((float) SAME);
        }
    }

    private void requireEveryRow(ManagedChannel channel) throws Exception {
        List<Future<?>> asked = new ArrayList<>();
        try (ExecutorService askers = Executors.newFixedThreadPool(ASKERS)) {
            for (int i = 0; i < rowCount; i++) {
                int row = i;
                asked.add(askers.submit(() -> requireRow(channel, row, true)));
            }
        }
        for (Future<?> row : asked) {
            row.get();
        }
    }

    private static Optional<Match> nearest(ManagedChannel channel, String gallery, RecognizeRequest.Builder query) {
        RecognizeRequest request = query.setGallery(gallery).setMaxMatches(1).build();
        RecognizeResponse answer = patiently(() -> RecognitionGrpc.newBlockingStub(channel)
                .withDeadlineAfter(1, TimeUnit.MINUTES)
                .recognize(request));
        return answer.getMatchesList().stream().findFirst();
    }

    private static long count(ManagedChannel channel, String gallery) {
        return patiently(() -> LabelsGrpc.newBlockingStub(channel)
                        .countRegistrations(CountRegistrationsRequest.newBuilder()
                                .setParent(gallery)
                                .build()))
                .getRegistrationCount();
    }

    /** Asks again if it is refused: a database on a busy machine may not be in time. */
    private static <T> T patiently(Supplier<T> question) {
        for (int more = MOST_QUESTIONS; ; more--) {
            try {
                return question.get();
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() != Code.UNAVAILABLE || more == 0) {
                    throw e;
                }
            }
        }
    }

    private Embedding vector(int number) {
        Embedding.Builder vector = Embedding.newBuilder().setSpaceDigest(rows.spaceDigest());
        for (float value : rows.vector(number)) {
            vector.addValues(value);
        }
        return vector.build();
    }

    private static ByteString image(int number) {
        var documents = SampleCatalogue.registered();
        return Documents.scan(documents.get(number % documents.size()), 200);
    }

    private static String id(String gallery) {
        return gallery.substring(gallery.indexOf('/') + 1);
    }

    @Override
    public void close() throws InterruptedException {
        service.close();
    }
}
