package dev.mekiki.service;

import dev.mekiki.core.bulk.BulkImporter;
import dev.mekiki.core.embedding.Embedders;
import dev.mekiki.core.embedding.PatientEmbedder;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.keeping.ForgettingGalleries;
import dev.mekiki.core.keeping.KeptImages;
import dev.mekiki.core.recognition.Admission;
import dev.mekiki.core.reembedding.Reembedder;
import dev.mekiki.gallery.embedded.EmbeddedGallery;
import dev.mekiki.gallery.milvus.MilvusGallery;
import dev.mekiki.gallery.milvus.MilvusGallerySettings;
import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.InferenceSettings;
import dev.mekiki.service.doctor.Doctor;
import dev.mekiki.service.doctor.Finding;
import dev.mekiki.service.drift.DecisionLog;
import dev.mekiki.service.images.ImageDirectory;
import dev.mekiki.service.lifecycle.Background;
import dev.mekiki.service.lifecycle.Engine;
import dev.mekiki.service.lifecycle.GalleryThreads;
import dev.mekiki.service.lifecycle.Lifecycle;
import dev.mekiki.service.models.Model;
import dev.mekiki.service.models.ModelActivity;
import dev.mekiki.service.models.Models;
import dev.mekiki.service.settings.Settings;
import dev.mekiki.service.telemetry.Telemetry;
import io.quarkus.grpc.runtime.GrpcServer;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Begins and ends the service.
 *
 * <p>Begin: settings that cannot work end the process with exit code 1. The server listens at once and says that it is
 * not ready; galleries and models are opened beside it, and when the models are warm it is ready. If that fails, the
 * process ends with exit code 1, except that a database which cannot be reached is waited for.
 *
 * <p>End, on SIGTERM or SIGINT: not ready any more, new calls are refused, calls that were taken are answered, then the
 * gallery is closed. The exit code is that of the signal, 143 or 130.
 */
@Singleton
public class Startup {

    private static final Logger LOG = Logger.getLogger(Startup.class);

    /** Each holds a step's images in memory, and one keeps the device busy. */
    private static final int MOST_REEMBEDDING = 2;

    private final Settings settings;
    private final Lifecycle lifecycle;
    private final Telemetry telemetry;
    private final GrpcServer server;

    /** What is open, the last one first. */
    private final Deque<AutoCloseable> open = new ArrayDeque<>();

    public Startup(Settings settings, Lifecycle lifecycle, Telemetry telemetry, GrpcServer server) {
        this.settings = settings;
        this.lifecycle = lifecycle;
        this.telemetry = telemetry;
        this.server = server;
    }

    void begin(@Observes StartupEvent event) {
        if (settings.server().examine()) {
            Thread.ofPlatform().name("mekiki-doctor").start(this::examine);
            return;
        }
        List<String> problems = settings.problems();
        if (!problems.isEmpty()) {
            throw new ConfigurationException("The configuration cannot work: " + String.join("; ", problems));
        }
        if (server.getPort() < 0) {
            throw new ConfigurationException(
                    "gRPC cannot listen on " + settings.listening().grpcHost() + ":"
                            + settings.listening().grpcPort());
        }
        Thread.ofPlatform().name("mekiki-start").start(this::warm);
    }

    private void examine() {
        List<Finding> findings = new Doctor(settings, InstantSource.system()).examine();
        // For people, not for the log.
        findings.forEach(System.out::println);
        boolean works = findings.stream().noneMatch(finding -> finding.verdict() == Finding.Verdict.PROBLEM);
        System.out.println(works ? "The service can work." : "The service cannot work.");
        Quarkus.asyncExit(works ? 0 : 1);
    }

    private void warm() {
        openEveryJar();
        try {
            synchronized (open) {
                Optional<GalleryBackend> galleries = openGalleries();
                if (galleries.isPresent() && lifecycle.phase() == Lifecycle.Phase.STARTING) {
                    lifecycle.serve(open(galleries.get()));
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts this thread", e);
        } catch (RuntimeException | LinkageError e) {
            LOG.error("The service cannot start: " + e.getMessage(), e);
            Quarkus.asyncExit(1);
        }
    }

    /**
     * Looks for what is nowhere: jars that have been looked into stay open. So classes can be loaded whatever is used for
     * the first time while the process may open no more files.
     */
    private static void openEveryJar() {
        if (ClassLoader.getSystemResource("mekiki/nowhere") != null) {
            throw new AssertionError("mekiki/nowhere is a resource");
        }
    }

    /** Opens the store of galleries as soon as it can be reached; empty if the service is stopped before that. Holds the lock of what is open. */
    private Optional<GalleryBackend> openGalleries() throws InterruptedException {
        boolean said = false;
        while (lifecycle.phase() == Lifecycle.Phase.STARTING) {
            try {
                GalleryBackend galleries = switch (settings.gallery().backend()) {
                    case EMBEDDED -> EmbeddedGallery.open(settings.gallerySettings());
                    case MILVUS -> openMilvus();
                };
                open.push(galleries);
                return Optional.of(galleries);
            } catch (Unavailable e) {
                String why = Objects.requireNonNullElse(e.getMessage(), "away");
                lifecycle.storeAway(why);
                if (!said) {
                    said = true;
                    LOG.warn("The galleries cannot be opened yet: " + why
                            + "; the service is not ready and keeps trying");
                }
                // Gives up the lock, so that the service can be stopped meanwhile.
                open.wait(Math.max(1, e.retryAfter().toMillis()));
            }
        }
        return Optional.empty();
    }

    private MilvusGallery openMilvus() {
        MilvusGallerySettings milvus = settings.milvusSettings();
        String address = URI.create(milvus.uri()).getHost() + ":"
                + URI.create(milvus.uri()).getPort();
        MilvusGallery gallery = MilvusGallery.open(milvus, available -> {
            if (available) {
                LOG.infof("Milvus at %s is back", address);
                lifecycle.storeBack();
            } else {
                LOG.warnf("Milvus at %s is away; what needs galleries is refused until it is back", address);
                lifecycle.storeAway("Milvus at " + address + " does not answer");
            }
        });
        lifecycle.storeBack();
        return gallery;
    }

    private Engine open(GalleryBackend store) {
        Duration retryAfter = settings.admission().retryAfter();
        int maxRequests = settings.admission().maxRequests();
        Optional<KeptImages> images = settings.images().directory().map(folder -> {
            ImageDirectory directory = ImageDirectory.open(folder, retryAfter);
            open.push(directory);
            return new KeptImages(directory, store);
        });
        GalleryBackend gallery = images.<GalleryBackend>map(kept -> new ForgettingGalleries(store, kept))
                .orElse(store);
        // Twice, because a call that was cancelled gives its place back before its task leaves the queue.
        ExecutorService galleryThreads = GalleryThreads.pool(settings.galleryThreads(), 2 * maxRequests, retryAfter);
        open.push(galleryThreads);
        ExecutorService bulkThreads = GalleryThreads.bulk(settings.bulkThreads(), retryAfter);
        open.push(bulkThreads);
        images.ifPresent(kept -> bulkThreads.execute(kept.leftovers()));
        List<Model> configured = new ArrayList<>();
        for (Path onnx : settings.models()) {
            Model model = openModel(onnx, bulkThreads, true);
            open.push(model.embedder());
            configured.add(model);
            telemetry.serves(model.embedder().space(), model.embedder().provider());
        }
        Embedders embedders =
                new Embedders(configured.stream().map(Model::embedder).toList());
        Embedders patient =
                new Embedders(configured.stream().map(Model::patient).toList());
        Models models = new Models(
                configured,
                settings.model().repository(),
                onnx -> openModel(onnx, bulkThreads, false),
                audience(embedders, patient),
                galleryThreads,
                retryAfter);
        open.push(models);
        Admission admission = new Admission(maxRequests, retryAfter);
        telemetry.watchAdmission(admission);
        telemetry.watchEmbedders(
                () -> models.served().stream()
                        .mapToInt(model -> model.embedder().queueLength())
                        .sum(),
                () -> models.served().stream()
                        .mapToInt(model -> model.embedder().inFlight())
                        .sum());
        DecisionLog decisions = openDecisions(gallery);
        Engine engine = new Engine(
                embedders,
                models,
                gallery,
                admission,
                galleryThreads,
                retryAfter,
                Clock.systemUTC(),
                images,
                new Background(
                        new BulkImporter(patient::of, gallery, bulkThreads, Clock.systemUTC()),
                        new Reembedder(
                                patient, gallery, images, new Admission(MOST_REEMBEDDING, retryAfter), bulkThreads),
                        images,
                        bulkThreads),
                decisions);
        LOG.infof(
                "Serving %s on %s, galleries in %s, gRPC on %s:%d, HTTP on %s:%d; ready after %d ms",
                engine.embedders().spaces(),
                configured.getFirst().embedder().provider(),
                switch (settings.gallery().backend()) {
                    case EMBEDDED -> settings.gallery().directory().toAbsolutePath();
                    case MILVUS -> settings.milvusSettings();
                },
                settings.listening().grpcHost(),
                server.getPort(),
                settings.listening().httpHost(),
                settings.listening().httpPort(),
                ManagementFactory.getRuntimeMXBean().getUptime());
        return engine;
    }

    /** Keeps the decisions from now on, on a thread of its own, because it waits for the disk. */
    private DecisionLog openDecisions(GalleryBackend gallery) {
        DecisionLog decisions = DecisionLog.open(
                Clock.systemUTC(),
                settings.drift().retention(),
                settings.drift().directory());
        open.push(decisions);
        ScheduledExecutorService minutes = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("mekiki-drift").daemon().factory());
        open.push(minutes);
        var _ = minutes.scheduleWithFixedDelay(() -> decisions.tick(gallery.catalogue()), 1, 1, TimeUnit.MINUTES);
        return decisions;
    }

    private Model openModel(Path onnx, ExecutorService bulkThreads, boolean configured) {
        InferenceSettings inference = settings.inferenceSettings();
        ModelActivity activity = new ModelActivity(telemetry, Clock.systemUTC());
        ImageEmbedder embedder = ImageEmbedder.open(onnx, inference, activity);
        PatientEmbedder patient = new PatientEmbedder(
                embedder,
                settings.bulkImages(),
                (pause, then) -> CompletableFuture.delayedExecutor(pause.toNanos(), TimeUnit.NANOSECONDS, bulkThreads)
                        .execute(then));
        return new Model(embedder, patient, inference, activity, configured);
    }

    /** Lets galleries have the models that come, and not those that go. */
    private Models.Audience audience(Embedders embedders, Embedders patient) {
        return new Models.Audience() {
            @Override
            public void served(Model model) {
                embedders.add(model.embedder());
                patient.add(model.patient());
                telemetry.serves(model.embedder().space(), model.embedder().provider());
            }

            @Override
            public void retired(Model model) {
                embedders.remove(model.embedder());
                patient.remove(model.patient());
                if (embedders.of(model.embedder().space()).isEmpty()) {
                    telemetry.retires(model.embedder().space());
                }
            }
        };
    }

    void end(@Observes ShutdownEvent event) {
        int taken = lifecycle.openCalls();
        int unanswered = lifecycle.drain(settings.server().drainTimeout());
        if (unanswered > 0) {
            LOG.warnf(
                    "Stopping: %d of %d calls were not answered within %s",
                    unanswered, taken, settings.server().drainTimeout());
        } else {
            LOG.infof("Stopping: %d calls that were under way are answered", taken);
        }
        synchronized (open) {
            open.notifyAll();
            // The embedder first, then the threads that its completions run on, the gallery last.
            while (!open.isEmpty()) {
                close(open.pop());
            }
        }
    }

    private static void close(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            LOG.error("closing failed: " + part, e);
        }
    }
}
