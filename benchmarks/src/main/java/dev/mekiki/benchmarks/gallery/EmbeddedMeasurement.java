package dev.mekiki.benchmarks.gallery;

import dev.mekiki.cli.process.ServiceProcess;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.gallery.embedded.EmbeddedGallery;
import dev.mekiki.gallery.embedded.EmbeddedGallerySettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The embedded gallery: filled and asked in the service's process, then opened in this one, because one process at a
 * time may have it open.
 */
final class EmbeddedMeasurement {

    static final String BACKEND = "embedded";

    private static final Duration POLL = Duration.ofSeconds(1);

    /** Seconds in a row without work after which the service counts as done with merging. */
    private static final int QUIET = 5;

    private static final double IDLE_SHARE = 0.05;

    private final Plan plan;
    private final GalleryReport before;
    private final Consumer<Figures> done;
    private final Path folder;

    /** As {@link MilvusMeasurement}. */
    EmbeddedMeasurement(Plan plan, GalleryReport before, Consumer<Figures> done) {
        this.plan = plan;
        this.before = before;
        this.done = done;
        this.folder = plan.folder().resolve(BACKEND);
    }

    void run() throws IOException {
        Files.createDirectories(folder);
        for (long size : plan.sizes()) {
            System.err.printf("%,d registrations: searching exactly.%n", size);
            Questions questions = Questions.of(plan.population(), size);
            measure(size, questions);
        }
    }

    private void measure(long size, Questions questions) throws IOException {
        Path directory = folder.resolve("galleries");
        @Nullable Figures earlier = before.of(BACKEND, size).orElse(null);
        Figures.Import imported;
        Figures.Settling settling;
        List<Figures.Search> searches = new ArrayList<>();
        List<ProcessMemory> memory = new ArrayList<>();
        System.err.println("Starting the service.");
        try (ServiceProcess service = ServiceProcess.start(
                plan.installation(),
                Map.of("mekiki.gallery.backend", "embedded", "mekiki.gallery.directory", directory.toString()),
                Subject.CALL_TIMEOUT)) {
            service.awaitServing(Subject.START_LIMIT);
            EmbeddingSpace space = Subject.create(service);
            ServiceImport rows = new ServiceImport(
                    service.connection(),
                    plan.population(),
                    Subject.GALLERY,
                    space.digest(),
                    folder.resolve("journal"));
            imported = Subject.fill(rows, size, earlier);
            System.err.println("Waiting for the merges.");
            settling = settle(service);
            System.err.println("Looking up.");
            searches.addAll(Searches.measure(
                    plan.rounds(),
                    plan.spell(),
                    Map.of(
                            Searches.SERVICE,
                            questions.through(service.connection().channel(), Subject.GALLERY, space))));
            ProcessMemory.of("service, the gallery in it", service.handle()).ifPresent(memory::add);
            ProcessMemory.of("client", ProcessHandle.current()).ifPresent(memory::add);
        }
        EmbeddedGallerySettings settings = EmbeddedGallerySettings.in(directory);
        Figures.Recall recall;
        try (EmbeddedGallery gallery = EmbeddedGallery.open(settings)) {
            EmbeddingSpace space = Subject.space(gallery);
            recall = questions.recall(gallery, Subject.GALLERY, space);
            searches.addAll(
                    0,
                    Searches.measure(
                            plan.rounds(),
                            plan.spell(),
                            Map.of(Searches.ADAPTER, questions.inProcess(gallery, Subject.GALLERY, space))));
        }
        done.accept(new Figures(
                BACKEND,
                "Lucene, M " + settings.graphConnections() + ", beam " + settings.graphBeam() + "; "
                        + settings.overFetch() + " candidates",
                size,
                imported != null || earlier == null ? Subject.orNothing(imported) : earlier.imported(),
                null,
                imported != null || earlier == null ? settling : earlier.settling(),
                recall,
                searches,
                memory,
                Subject.diskBytes(directory)));
    }

    private Figures.Settling settle(ServiceProcess service) {
        long start = System.nanoTime();
        Duration before = service.cpuTime();
        long measuredAt = start;
        int quiet = 0;
        while (quiet < QUIET) {
            LockSupport.parkNanos(POLL.toNanos());
            long now = System.nanoTime();
            Duration after = service.cpuTime();
            boolean idle = after.minus(before).toNanos() < IDLE_SHARE * (now - measuredAt);
            quiet = idle ? quiet + 1 : 0;
            before = after;
            measuredAt = now;
            if (now - start > plan.settleLimit().toNanos()) {
                System.err.println("mekiki: the service is still at work after "
                        + plan.settleLimit().toMinutes() + " min; going on");
                break;
            }
        }
        return new Figures.Settling(Math.max(0, (measuredAt - start) / 1e9 - QUIET), 0);
    }
}
