package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.samples.SampleDocument;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.Registration;
import dev.mekiki.v1.RegistrationsGrpc;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.NameResolverRegistry;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replicas that come and go under load, as Kubernetes has them: their address is taken away, they are told to stop a moment
 * later, and end when what they took is answered. Callers balance by themselves and do not retry. As often as
 * {@code mekiki.test.replica-changes} says.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class ReplicasIT {

    private static final int CHANGES = Integer.getInteger("mekiki.test.replica-changes", 1);
    private static final int CALLERS = 16;

    /** What the chart calls {@code shutdown.preStopSeconds}, but shorter. */
    private static final int PRE_STOP_SECONDS = 1;

    private static final int DRAINED = 143;
    private static final String GALLERY = "galleries/documents";

    @TempDir
    private Path folder;

    private final ReplicaResolver resolver = new ReplicaResolver("mekiki-test-replicas");
    private final List<ServiceProcess> replicas = new ArrayList<>();
    private final SampleDocument document = SampleCatalogue.registered().getFirst();
    private ManagedChannel channel;
    private int started;

    @BeforeEach
    void start() throws IOException {
        replicas.add(replica());
        replicas.add(replica());
        resolver.set(replicas);
        NameResolverRegistry.getDefaultRegistry().register(resolver);
        channel = ManagedChannelBuilder.forTarget(resolver.target())
                .defaultLoadBalancingPolicy("round_robin")
                .disableRetry()
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow();
        NameResolverRegistry.getDefaultRegistry().deregister(resolver);
        for (ServiceProcess replica : replicas) {
            replica.close();
        }
    }

    @Test
    void noCallFailsWhenReplicasGoAndCome() throws Exception {
        try (Load load = new Load()) {
            for (int i = 0; i < CHANGES; i++) {
                load.awaitAnswers();
                remove(replicas.getFirst(), load);
                load.awaitAnswers();
                add();
            }
        }
    }

    @Test
    void noCallFailsWhenReplicasAreReplacedByOnesWithAnotherModel() throws Exception {
        String[] models = {OtherModel.usual().toString(), OtherModel.in(folder).toString()};
        try (Load load = new Load()) {
            for (int i = 1; i <= CHANGES; i++) {
                for (int each = 0; each < 2; each++) {
                    load.awaitAnswers();
                    // The gallery's model stays beside the new one, as it is changed.
                    add("-Dmekiki.model.path=" + models[i % 2], "-Dmekiki.model.more=" + models[(i + 1) % 2]);
                    remove(replicas.getFirst(), load);
                }
            }
        }
    }

    /** One more, once it is ready and knows the document. */
    private void add(String... settings) throws IOException {
        replicas.add(replica(settings));
        resolver.set(replicas);
    }

    private void remove(ServiceProcess replica, Load load) throws Exception {
        replicas.remove(replica);
        resolver.set(replicas);
        load.awaitAnswers();
        // It is time that tells Kubernetes when everybody has heard of it.
        TimeUnit.SECONDS.sleep(PRE_STOP_SECONDS);
        replica.process.destroy();
        assertThat(replica.exitCode()).isEqualTo(DRAINED);
        replica.close();
    }

    private ServiceProcess replica(String... settings) throws IOException {
        ServiceProcess replica =
                ServiceProcess.ready(Files.createDirectory(folder.resolve("replica-" + started++)), settings);
        ManagedChannel direct = replica.connect();
        GalleriesGrpc.newBlockingStub(direct)
                .createGallery(CreateGalleryRequest.newBuilder()
                        .setGalleryId("documents")
                        .setModel(galleryModel())
                        .build());
        RegistrationsGrpc.newBlockingStub(direct)
                .createRegistration(CreateRegistrationRequest.newBuilder()
                        .setParent(GALLERY)
                        .setRegistration(Registration.newBuilder().setLabel(document.mainLabel()))
                        .setImage(Documents.scan(document, 700))
                        .build());
        return replica;
    }

    /** Id of the model that the gallery is of, whichever is the main one. */
    private static String galleryModel() {
        ModelCard card = ModelCard.read(ImageEmbedder.cardOf(OtherModel.usual()));
        return card.name() + "@" + card.version();
    }

    /** Callers that ask what a photograph shows, again and again, and want to be answered each time. */
    private final class Load implements AutoCloseable {

        private final ByteString photograph = Documents.photograph(document, 7);
        private final AtomicBoolean stopped = new AtomicBoolean();
        private final AtomicLong answers = new AtomicLong();
        private final Queue<String> failures = new ConcurrentLinkedQueue<>();
        private final List<Thread> callers = new ArrayList<>();

        /** Counted down with every call that has ended. */
        private final AtomicReference<CountDownLatch> ended = new AtomicReference<>(new CountDownLatch(0));

        Load() {
            for (int i = 0; i < CALLERS; i++) {
                callers.add(Thread.ofPlatform().name("caller-" + i).start(this::call));
            }
        }

        private void call() {
            RecognizeRequest request = RecognizeRequest.newBuilder()
                    .setGallery(GALLERY)
                    .setImage(photograph)
                    .build();
            while (!stopped.get() && failures.isEmpty()) {
                try {
                    RecognizeResponse answer = RecognitionGrpc.newBlockingStub(channel)
                            .withDeadlineAfter(60, TimeUnit.SECONDS)
                            .recognize(request);
                    if (!answer.getKnown().getMainLabel().equals(document.mainLabel())) {
                        failures.add("another answer: " + answer);
                    }
                    answers.incrementAndGet();
                } catch (StatusRuntimeException e) {
                    failures.add(e.getStatus().toString());
                }
                Objects.requireNonNull(ended.get()).countDown();
            }
        }

        /** Waits until so many answers have come from now on that every caller can have had several. */
        void awaitAnswers() throws InterruptedException {
            CountDownLatch enough = new CountDownLatch(10 * CALLERS);
            ended.set(enough);
            boolean came = enough.await(1, TimeUnit.MINUTES);
            assertThat(failures).isEmpty();
            assertThat(came).isTrue();
        }

        @Override
        public void close() throws InterruptedException {
            stopped.set(true);
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(failures).isEmpty();
            System.out.println(answers + " answers while " + CHANGES + " replicas or pairs of them changed");
        }
    }
}
