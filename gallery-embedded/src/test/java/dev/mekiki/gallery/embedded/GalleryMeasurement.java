package dev.mekiki.gallery.embedded;

import com.sun.management.OperatingSystemMXBean;
import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.LookUp;
import dev.mekiki.core.gallery.Match;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.label.LabelScope;
import dev.mekiki.gallery.contract.Specimens;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.apache.lucene.util.VectorUtil;

/**
 * Measures adding and looking up: {@code GalleryMeasurement DIRECTORY REGISTRATIONS DIMENSION EXHAUSTIVE_UP_TO
 * OVER_FETCH}. An existing gallery in the directory is measured again without adding. Times of the wall and of the CPU
 * are both given, because only the latter mean much on a busy machine.
 */
final class GalleryMeasurement {

    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private final EmbeddedGallery store;
    private final Gallery gallery;
    private final List<Registration> registrations;

    private GalleryMeasurement(EmbeddedGallery store, Gallery gallery, List<Registration> registrations) {
        this.store = store;
        this.gallery = gallery;
        this.registrations = registrations;
    }

    public static void main(String[] arguments) throws InterruptedException {
        int count = Integer.parseInt(arguments[1]);
        EmbeddingSpace space = Specimens.space(Integer.parseInt(arguments[2]));
        Gallery gallery = Specimens.gallery("measured", space);
        EmbeddedGallerySettings settings = EmbeddedGallerySettings.in(Path.of(arguments[0]))
                .withSearch(Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]));
        Specimens specimens = new Specimens(space, 1);
        List<Embedding> centres = IntStream.range(0, Math.max(1, count / 5))
                .mapToObj(_ -> specimens.vector())
                .toList();
        List<Registration> registrations = IntStream.range(0, count)
                .mapToObj(i -> Specimens.registration(
                        gallery,
                        "r%08d".formatted(i),
                        "label-" + i % centres.size(),
                        specimens.near(centres.get(i % centres.size()), 0.8)))
                .toList();
        try (EmbeddedGallery store = EmbeddedGallery.open(settings)) {
            GalleryMeasurement measurement = new GalleryMeasurement(store, gallery, registrations);
            if (store.catalogue().find(gallery.id()).isEmpty()) {
                store.catalogue().create(gallery);
                measurement.add(0, 100, 1);
                measurement.add(100, 2_100, 16);
                measurement.add(2_100, count, 1_000);
            }
            List<Embedding> queries = IntStream.range(0, 2_000)
                    .mapToObj(i ->
                            specimens.near(registrations.get(i * 37 % count).embedding(), 0.8))
                    .toList();
            measurement.lookUp("warm-up", queries, 1);
            measurement.lookUp("look-up", queries, 1);
            measurement.lookUp("look-up", queries, 2);
            measurement.recall(queries.subList(0, 300));
        }
    }

    private void add(int from, int to, int callers) throws InterruptedException {
        long cpu = PROCESS.getProcessCpuTime();
        long wall = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(callers)) {
            registrations
                    .subList(from, to)
                    .forEach(r -> threads.execute(() -> store.registrations().add(r)));
        }
        long count = to - from;
        System.out.printf(
                "add: %d by %d callers: %.0f/s, %.2f CPU-ms each%n",
                count,
                callers,
                count * 1e9 / (System.nanoTime() - wall),
                (PROCESS.getProcessCpuTime() - cpu) / 1e6 / count);
    }

    private void lookUp(String name, List<Embedding> queries, int callers) throws InterruptedException {
        long[] nanos = new long[queries.size()];
        long cpu = PROCESS.getProcessCpuTime();
        long wall = System.nanoTime();
        try (ExecutorService threads = Executors.newFixedThreadPool(callers)) {
            for (int i = 0; i < nanos.length; i++) {
                int query = i;
                threads.execute(() -> {
                    long start = System.nanoTime();
                    store.search().lookUp(new LookUp(gallery.id(), queries.get(query), LabelScope.ALL, 10, 3));
                    nanos[query] = System.nanoTime() - start;
                });
            }
        }
        double seconds = (System.nanoTime() - wall) / 1e9;
        double cpuEach = (PROCESS.getProcessCpuTime() - cpu) / 1e6 / nanos.length;
        Arrays.sort(nanos);
        System.out.printf(
                "%s by %d callers: %.0f/s, p50 %.2f ms, p99 %.2f ms, %.2f CPU-ms each%n",
                name,
                callers,
                nanos.length / seconds,
                nanos[nanos.length / 2] / 1e6,
                nanos[nanos.length * 99 / 100] / 1e6,
                cpuEach);
    }

    private void recall(List<Embedding> queries) {
        int atOne = 0;
        int amongTen = 0;
        List<float[]> vectors = new ArrayList<>();
        registrations.forEach(
                registration -> vectors.add(registration.embedding().vector()));
        for (Embedding query : queries) {
            float[] target = query.vector();
            float[] truth = new float[vectors.size()];
            for (int i = 0; i < truth.length; i++) {
                truth[i] = VectorUtil.dotProduct(target, vectors.get(i));
            }
            Arrays.sort(truth);
            List<Match> found = store.search()
                    .lookUp(new LookUp(gallery.id(), query, LabelScope.ALL, 10, 10))
                    .matches();
            atOne += found.getFirst().score().cosine() >= truth[truth.length - 1] - 1e-6 ? 1 : 0;
            amongTen += (int) found.stream()
                    .filter(match -> match.score().cosine() >= truth[truth.length - 10] - 1e-6)
                    .count();
        }
        System.out.printf(
                "recall of %d queries: @1 %.4f, @10 %.4f%n",
                queries.size(), atOne / (double) queries.size(), amongTen / 10.0 / queries.size());
    }
}
