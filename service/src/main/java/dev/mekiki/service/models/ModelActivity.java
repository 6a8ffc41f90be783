package dev.mekiki.service.models;

import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.time.Stage;
import dev.mekiki.core.time.StageDurations;
import dev.mekiki.inference.InferenceObserver;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what one model does: images and runs, whoever asked for them, and the requests for its vectors alone. Hears of
 * images and runs from the embedder and passes everything on. Thread-safe.
 */
public final class ModelActivity implements InferenceObserver {

    private final InferenceObserver next;
    private final InstantSource clock;
    private final LongAdder images = new LongAdder();
    private final Map<Integer, Sum> runs = new ConcurrentHashMap<>();
    private final Sum succeeded = new Sum();
    private final Sum failed = new Sum();
    private final Sum queued = new Sum();
    private final Sum prepared = new Sum();
    private final Sum inferred = new Sum();
    private volatile long lastRequestMillis;

    /**
     * @param next hears everything that this one hears
     * @param clock dates requests
     */
    public ModelActivity(InferenceObserver next, InstantSource clock) {
        this.next = next;
        this.clock = clock;
    }

    /** How often something happened, and how long all of it took. */
    public record Total(long count, long nanos) {}

    /**
     * What was counted so far. Read while others count, so that its parts may be of slightly different moments.
     *
     * @param lastRequestMillis when the last request was answered, milliseconds of Unix time; 0 if none was
     * @param images embedded
     * @param runs of the model, by the number of images in them
     * @param succeeded requests, from their message to their answer
     * @param failed requests
     * @param queued what requests waited, for a decoding thread and for the device
     * @param prepared what their images took to be decoded and preprocessed
     * @param inferred what the runs took that they took part in
     */
    public record Figures(
            long lastRequestMillis,
            long images,
            SortedMap<Integer, Total> runs,
            Total succeeded,
            Total failed,
            Total queued,
            Total prepared,
            Total inferred) {}

    /**
     * A request was answered.
     *
     * @param nanos from its message to its answer
     * @param images its vectors, one or more; their stages count with their means
     */
    public void succeeded(long nanos, List<EmbeddedImage> images) {
        lastRequestMillis = clock.millis();
        succeeded.add(nanos);
        queued.add(mean(images, Stage.ADMISSION) + mean(images, Stage.QUEUE));
        prepared.add(mean(images, Stage.DECODE) + mean(images, Stage.PREPROCESS));
        inferred.add(mean(images, Stage.INFERENCE));
    }

    /** A request failed. */
    public void failed(long nanos) {
        lastRequestMillis = clock.millis();
        failed.add(nanos);
    }

    public Figures figures() {
        SortedMap<Integer, Total> bySize = new TreeMap<>();
        runs.forEach((size, sum) -> bySize.put(size, sum.total()));
        return new Figures(
                lastRequestMillis,
                images.sum(),
                bySize,
                succeeded.total(),
                failed.total(),
                queued.total(),
                prepared.total(),
                inferred.total());
    }

    @Override
    public void stageEnded(Stage stage, long nanos) {
        next.stageEnded(stage, nanos);
    }

    @Override
    public void batchRan(int images, int size, long nanos) {
        runs.computeIfAbsent(images, _ -> new Sum()).add(nanos);
        next.batchRan(images, size, nanos);
    }

    @Override
    public void ended(Outcome outcome) {
        if (outcome == Outcome.EMBEDDED) {
            images.increment();
        }
        next.ended(outcome);
    }

    private static long mean(List<EmbeddedImage> images, Stage stage) {
        long sum = 0;
        for (EmbeddedImage image : images) {
            StageDurations durations = image.durations();
            sum += durations.byStage().getOrDefault(stage, Duration.ZERO).toNanos();
        }
        return sum / images.size();
    }

    private static final class Sum {
        private final LongAdder count = new LongAdder();
        private final LongAdder nanos = new LongAdder();

        void add(long duration) {
            count.increment();
            nanos.add(duration);
        }

        Total total() {
            return new Total(count.sum(), nanos.sum());
        }
    }
}
