package dev.mekiki.benchmarks.gallery;

import dev.mekiki.cli.process.ServiceProcess;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.gallery.milvus.MilvusGallery;
import dev.mekiki.gallery.milvus.MilvusGallerySettings;
import dev.mekiki.milvus.server.MilvusServer;
import dev.mekiki.milvus.server.MilvusSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * A gallery on Milvus, with three processes: Milvus, the service and this one. Beside each measurement stands the same
 * done by the SDK alone on the same server.
 */
final class MilvusMeasurement {

    static final String BACKEND = "milvus";

    /** What the gallery reads of each candidate: enough to name it and to score it exactly. */
    private static final List<String> FIELDS = List.of("main", "sub", "vector");

    private static final Duration POLL = Duration.ofSeconds(1);

    /** With which the best setting of the raw SDK is found. */
    private static final int TRIAL_ROWS = 20_000;

    private final Plan plan;
    private final GalleryReport before;
    private final Consumer<Figures> done;
    private final Path folder;

    /**
     * @param before what an earlier run measured; what cannot be measured again is taken from it
     * @param done hears of each size
     */
    MilvusMeasurement(Plan plan, GalleryReport before, Consumer<Figures> done) {
        this.plan = plan;
        this.before = before;
        this.done = done;
        this.folder = plan.folder().resolve(BACKEND);
    }

    void run() throws IOException {
        Files.createDirectories(folder);
        System.err.println("Starting Milvus and the service.");
        try (MilvusServer server = MilvusServer.start(folder.resolve("server"), MilvusSettings.DEFAULTS);
                ServiceProcess service = ServiceProcess.start(
                        plan.installation(),
                        Map.of("mekiki.gallery.backend", "milvus", "mekiki.gallery.milvus.uri", server.uri()),
                        Subject.CALL_TIMEOUT);
                RawMilvus raw = new RawMilvus(server.uri())) {
            service.awaitServing(Subject.START_LIMIT);
            RawMilvus.Table table = create(service, raw);
            MilvusGallerySettings settings = MilvusGallerySettings.at(server.uri());
            try (MilvusGallery gallery = MilvusGallery.open(settings, available -> {
                if (!available) {
                    System.err.println("mekiki: Milvus went away");
                }
            })) {
                new Run(server, service, raw, table, settings, gallery).measure();
            }
        }
    }

    /** The gallery's collection; its name is remembered, because it tells nothing by itself. */
    private RawMilvus.Table create(ServiceProcess service, RawMilvus raw) throws IOException {
        Path remembered = folder.resolve("collection");
        if (Files.exists(remembered)) {
            return raw.vectors(Set.of(Files.readString(remembered)));
        }
        Set<String> old = raw.collections();
        Subject.create(service);
        Set<String> added = new HashSet<>(raw.collections());
        added.removeAll(old);
        RawMilvus.Table table = raw.vectors(added);
        Files.writeString(remembered, table.name());
        return table;
    }

    /** Everything is up. */
    private final class Run {

        private final MilvusServer server;
        private final ServiceProcess service;
        private final RawMilvus raw;
        private final RawMilvus.Table table;
        private final MilvusGallerySettings settings;
        private final MilvusGallery gallery;
        private final EmbeddingSpace space;
        private final ServiceImport rows;

        Run(
                MilvusServer server,
                ServiceProcess service,
                RawMilvus raw,
                RawMilvus.Table table,
                MilvusGallerySettings settings,
                MilvusGallery gallery)
                throws IOException {
            this.server = server;
            this.service = service;
            this.raw = raw;
            this.table = table;
            this.settings = settings;
            this.gallery = gallery;
            this.space = Subject.space(gallery);
            this.rows = new ServiceImport(
                    service.connection(),
                    plan.population(),
                    Subject.GALLERY,
                    space.digest(),
                    folder.resolve("journal"));
        }

        void measure() throws IOException {
            for (long size : plan.sizes()) {
                @Nullable Figures earlier = before.of(BACKEND, size).orElse(null);
                // In the last size's share: there are most rows, and the service is warm.
                boolean fits = size - rows.done() >= (plan.slices() + 1L) * plan.sliceRows();
                Figures.@Nullable BesideRaw beside =
                        fits && size == plan.sizes().getLast() ? besideRaw() : null;
                Figures.Import imported = Subject.fill(rows, size, earlier);
                Figures.Settling settling = settle(size, imported != null);
                System.err.printf("%,d registrations: searching exactly.%n", size);
                Questions questions = Questions.of(plan.population(), size);
                System.err.println("Looking up.");
                Figures.Recall recall = questions.recall(gallery, Subject.GALLERY, space);
                Map<String, LongConsumer> paths = new LinkedHashMap<>();
                paths.put(Searches.RAW, questions.raw(raw, table, settings.overFetch(), settings.breadth(), FIELDS));
                paths.put(Searches.ADAPTER, questions.inProcess(gallery, Subject.GALLERY, space));
                paths.put(
                        Searches.SERVICE, questions.through(service.connection().channel(), Subject.GALLERY, space));
                List<Figures.Search> searches = Searches.measure(plan.rounds(), plan.spell(), paths);
                done.accept(new Figures(
                        BACKEND,
                        server.description() + ", version " + raw.version() + ", SDK for Java; " + settings.overFetch()
                                + " candidates, ef " + settings.breadth(),
                        size,
                        imported != null || earlier == null ? Subject.orNothing(imported) : earlier.imported(),
                        beside != null || earlier == null ? beside : earlier.besideRaw(),
                        imported != null || earlier == null ? settling : earlier.settling(),
                        recall,
                        searches,
                        memory(),
                        Subject.diskBytes(folder.resolve("server"))));
            }
        }

        private Figures.BesideRaw besideRaw() throws IOException {
            System.err.printf(
                    "Importing %d slices of %,d rows through the service, in turn with the raw SDK.%n",
                    plan.slices(), plan.sliceRows());
            RawMilvus.Table copy = raw.copy(table);
            List<Map<String, Object>> some = slice().rows();
            RawMilvus.Setting setting = best(copy, some.subList(0, Math.min(some.size(), TRIAL_ROWS)));
            copy = raw.copy(table);
            double serviceSeconds = 0;
            double rawSeconds = 0;
            double least = Double.MAX_VALUE;
            double most = 0;
            for (int i = 0; i < plan.slices(); i++) {
                Slice slice = slice();
                double seconds = insert(copy, slice.rows(), setting);
                System.err.printf(
                        "  %,.0f rows/s, the raw SDK %,.0f%n",
                        plan.sliceRows() / slice.seconds(), plan.sliceRows() / seconds);
                serviceSeconds += slice.seconds();
                rawSeconds += seconds;
                least = Math.min(least, seconds / slice.seconds());
                most = Math.max(most, seconds / slice.seconds());
            }
            raw.dropCopy();
            double all = (double) plan.slices() * plan.sliceRows();
            return new Figures.BesideRaw(
                    plan.slices(),
                    plan.sliceRows(),
                    all / serviceSeconds,
                    all / rawSeconds,
                    least,
                    most,
                    setting.toString());
        }

        /**
         * Rows that the service has just taken, as Milvus holds them.
         *
         * @param seconds that the service took
         */
        private record Slice(double seconds, List<Map<String, Object>> rows) {}

        private Slice slice() throws IOException {
            long begin = rows.done();
            double seconds = rows.drawnUpTo(begin + plan.sliceRows());
            List<String> ids = LongStream.range(begin, rows.done())
                    .mapToObj(row -> rows.id(row).value())
                    .toList();
            return new Slice(seconds, raw.rows(table, ids));
        }

        private RawMilvus.Setting best(RawMilvus.Table copy, List<Map<String, Object>> some) {
            insert(copy, some, RawMilvus.Setting.CANDIDATES.getFirst());
            RawMilvus.Setting best = RawMilvus.Setting.CANDIDATES.getFirst();
            double least = Double.MAX_VALUE;
            for (RawMilvus.Setting candidate : RawMilvus.Setting.CANDIDATES) {
                double seconds = insert(copy, some, candidate);
                if (seconds < least) {
                    least = seconds;
                    best = candidate;
                }
            }
            return best;
        }

        private double insert(RawMilvus.Table into, List<Map<String, Object>> some, RawMilvus.Setting setting) {
            long start = System.nanoTime();
            raw.insert(into, some, setting);
            return (System.nanoTime() - start) / 1e9;
        }

        private Figures.Settling settle(long size, boolean isNew) {
            long start = System.nanoTime();
            if (isNew) {
                System.err.println("Waiting for the index.");
                raw.flush(table);
            }
            while (true) {
                RawMilvus.IndexState state = raw.index(table);
                double seconds = (System.nanoTime() - start) / 1e9;
                // A sealed segment is counted some time after it was sealed.
                if (state.pending() == 0 && state.indexed() >= size) {
                    return new Figures.Settling(seconds, 0);
                }
                if (seconds > plan.settleLimit().toSeconds()) {
                    return new Figures.Settling(seconds, Math.max(state.pending(), size - state.indexed()));
                }
                LockSupport.parkNanos(POLL.toNanos());
            }
        }

        private List<ProcessMemory> memory() {
            List<ProcessMemory> all = new ArrayList<>();
            server.process().flatMap(p -> ProcessMemory.of("Milvus", p)).ifPresent(all::add);
            ProcessMemory.of("service", service.handle()).ifPresent(all::add);
            ProcessMemory.of("client", ProcessHandle.current()).ifPresent(all::add);
            return all;
        }
    }
}
