package dev.mekiki.service.telemetry;

import dev.mekiki.core.bulk.RowResult;
import dev.mekiki.core.decision.Recognition;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.recognition.Admission;
import dev.mekiki.core.reembedding.ReembedStep;
import dev.mekiki.core.time.Stage;
import dev.mekiki.core.time.StageDurations;
import dev.mekiki.inference.InferenceObserver;
import dev.mekiki.inference.session.ExecutionProvider;
import io.grpc.Status;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Every metric of the service, all of them here. Times are in seconds, sizes in bytes. Thread-safe.
 *
 * <table>
 * <caption>Names as Prometheus sees them</caption>
 * <tr><th>name</th><th>type</th><th>labels</th><th>what</th></tr>
 * <tr><td>mekiki_call_seconds</td><td>histogram</td><td>method, status</td>
 *     <td>from a call's headers to its end, refused ones included; of streams the whole life</td></tr>
 * <tr><td>mekiki_stream_answers_total</td><td>counter</td><td>status</td>
 *     <td>answers within RecognizeStream and ModelStreamInfer</td></tr>
 * <tr><td>mekiki_stage_seconds</td><td>histogram</td><td>stage</td>
 *     <td>admission, decode, preprocess, queue, inference, search, store</td></tr>
 * <tr><td>mekiki_recognitions_total</td><td>counter</td><td>outcome</td>
 *     <td>known, no_candidates, below_threshold</td></tr>
 * <tr><td>mekiki_best_score_percent</td><td>histogram</td><td>gallery, outcome</td>
 *     <td>100 times the cosine of the nearest registration, negative ones as 0: known, unknown; of the first 64 galleries</td></tr>
 * <tr><td>mekiki_lead_percent</td><td>histogram</td><td>gallery</td>
 *     <td>of what was known, 100 times the lead over the runner-up main label, in cosine; likewise</td></tr>
 * <tr><td>mekiki_import_rows_total</td><td>counter</td><td>outcome</td>
 *     <td>rows of imports: registered, present, refused; validated where nothing was to be registered</td></tr>
 * <tr><td>mekiki_reembed_registrations_total</td><td>counter</td><td>outcome</td>
 *     <td>registrations of galleries that are embedded anew: embedded, present, corrected, deleted, failed</td></tr>
 * <tr><td>mekiki_images_total</td><td>counter</td><td>outcome</td>
 *     <td>how each image's way through the embedder ended: embedded, invalid, overloaded, expired, cancelled, closed,
 *     failed</td></tr>
 * <tr><td>mekiki_batch_images</td><td>histogram</td><td></td><td>images in a run of the model</td></tr>
 * <tr><td>mekiki_batch_padding_images_total</td><td>counter</td><td></td><td>empty places in runs</td></tr>
 * <tr><td>mekiki_queue_images</td><td>gauge</td><td></td><td>images that are ready and wait for the model</td></tr>
 * <tr><td>mekiki_embedder_images</td><td>gauge</td><td></td><td>images between their bytes and their vector</td></tr>
 * <tr><td>mekiki_admission_requests</td><td>gauge</td><td></td><td>requests under way</td></tr>
 * <tr><td>mekiki_admission_limit_requests</td><td>gauge</td><td></td><td>most of them</td></tr>
 * <tr><td>mekiki_open_calls</td><td>gauge</td><td></td><td>calls that were taken and are not answered</td></tr>
 * <tr><td>mekiki_request_bytes</td><td>gauge</td><td></td><td>bytes of request messages held</td></tr>
 * <tr><td>mekiki_request_limit_bytes</td><td>gauge</td><td></td><td>most of them</td></tr>
 * <tr><td>mekiki_execution_provider_info</td><td>gauge</td><td>provider</td><td>1 for the one that is used</td></tr>
 * <tr><td>mekiki_model_info</td><td>gauge</td><td>model, digest, dimension</td><td>1 for each that is served</td></tr>
 * </table>
 */
public final class Telemetry implements InferenceObserver {

    /** From 0.1 ms, a stage that costs next to nothing, to 10 s, in steps of about 2. */
    private static final Duration[] STAGE_BUCKETS = micros(
            100,
            250,
            500,
            1_000,
            2_000,
            4_000,
            8_000,
            16_000,
            32_000,
            64_000,
            125_000,
            250_000,
            500_000,
            1_000_000,
            2_500_000,
            5_000_000,
            10_000_000);

    private static final double[] BATCH_BUCKETS = {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128};

    /** Finer where thresholds are. In percent, because the registry knows only whole numbers within histograms. */
    private static final double[] SCORE_BUCKETS = {10, 20, 30, 40, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100};

    private static final double[] LEAD_BUCKETS = {1, 2, 5, 10, 15, 20, 30, 40, 60, 100};

    /** Each has some seventy series. */
    private static final int MOST_GALLERIES = 64;

    private final MeterRegistry registry;
    private final Map<Stage, Timer> stages = new EnumMap<>(Stage.class);
    private final Map<Outcome, Counter> images = new EnumMap<>(Outcome.class);
    private final Map<Recognition.Reason, Counter> unknown = new EnumMap<>(Recognition.Reason.class);
    private final Counter known;
    private final Map<GalleryId, OfGallery> galleries = new ConcurrentHashMap<>();
    private final DistributionSummary batches;
    private final Counter padding;
    private final Map<CallOutcome, Timer> calls = new ConcurrentHashMap<>();
    private final Map<Status.Code, Counter> streamAnswers = new ConcurrentHashMap<>();

    private final Map<RowResult.Fate, Counter> importRows = new EnumMap<>(RowResult.Fate.class);
    private final Counter importValidated;

    private record CallOutcome(String method, Status.Code status) {}

    /** What tells a gallery's decisions apart from others'. */
    private record OfGallery(DistributionSummary known, DistributionSummary unknown, DistributionSummary leads) {}

    public Telemetry(MeterRegistry registry) {
        this.registry = registry;
        for (Stage stage : Stage.values()) {
            stages.put(
                    stage,
                    Timer.builder("mekiki.stage")
                            .description("Time that requests spend in each stage")
                            .tag("stage", lower(stage))
                            .serviceLevelObjectives(STAGE_BUCKETS)
                            .register(registry));
        }
        for (Outcome outcome : Outcome.values()) {
            images.put(
                    outcome,
                    Counter.builder("mekiki.images")
                            .description("Images by how their way through the embedder ended")
                            .tag("outcome", lower(outcome))
                            .register(registry));
        }
        for (RowResult.Fate fate : RowResult.Fate.values()) {
            importRows.put(fate, importRows(lower(fate)));
        }
        importValidated = importRows("validated");
        known = recognitions("known");
        for (Recognition.Reason reason : Recognition.Reason.values()) {
            unknown.put(reason, recognitions(lower(reason)));
        }
        batches = DistributionSummary.builder("mekiki.batch.images")
                .description("Images in a run of the model")
                .serviceLevelObjectives(BATCH_BUCKETS)
                .register(registry);
        padding = Counter.builder("mekiki.batch.padding.images")
                .description("Empty places in runs of the model")
                .register(registry);
    }

    /** Shows how many requests are under way. */
    public void watchAdmission(Admission admission) {
        gauge("mekiki.admission.requests", "Requests under way", admission::underWay);
        gauge("mekiki.admission.limit.requests", "Most requests under way", admission::limit);
    }

    /** Shows what calls hold. */
    public void watchCalls(IntSupplier openCalls, LongSupplier requestBytes, long limit) {
        gauge("mekiki.open.calls", "Calls that were taken and are not answered", openCalls);
        Gauge.builder("mekiki.request.bytes", requestBytes::getAsLong)
                .description("Bytes of request messages held")
                .register(registry);
        Gauge.builder("mekiki.request.limit.bytes", () -> limit)
                .description("Most bytes of request messages held")
                .register(registry);
    }

    /** Shows what the embedders are doing, all together. */
    public void watchEmbedders(IntSupplier queueLength, IntSupplier inFlight) {
        gauge("mekiki.queue.images", "Images that are ready and wait for the model", queueLength);
        gauge("mekiki.embedder.images", "Images between their bytes and their vector", inFlight);
    }

    /** Says that a model is served, and on what. */
    public void serves(EmbeddingSpace space, ExecutionProvider provider) {
        Gauge.builder("mekiki.execution.provider.info", () -> 1)
                .description("The execution provider that runs the model")
                .tag("provider", lower(provider))
                .register(registry);
        Gauge.builder("mekiki.model.info", () -> 1)
                .description("The model that is served")
                .tags(tags(space))
                .register(registry);
    }

    /** Says that a model is not served any more. */
    public void retires(EmbeddingSpace space) {
        registry.find("mekiki.model.info").tags(tags(space)).gauges().forEach(registry::remove);
    }

    private static Tags tags(EmbeddingSpace space) {
        return Tags.of(
                "model", space.modelId(), "digest", space.digest(), "dimension", Integer.toString(space.dimension()));
    }

    /** A call's stream was closed. */
    public void callEnded(String method, Status.Code status, Duration duration) {
        calls.computeIfAbsent(
                        new CallOutcome(method, status),
                        outcome -> Timer.builder("mekiki.call")
                                .description("Calls, from their headers to their end")
                                .tag("method", method)
                                .tag("status", status.name())
                                .serviceLevelObjectives(STAGE_BUCKETS)
                                .register(registry))
                .record(duration);
    }

    /** A question within a stream was answered. */
    public void streamAnswered(Status.Code status) {
        streamAnswers
                .computeIfAbsent(
                        status,
                        code -> Counter.builder("mekiki.stream.answers")
                                .description("Answers within RecognizeStream and ModelStreamInfer")
                                .tag("status", code.name())
                                .register(registry))
                .increment();
    }

    /** Something was recognised in a gallery, or not. */
    public void recognised(GalleryId gallery, Recognition recognition, StageDurations durations) {
        OfGallery of = galleries.get(gallery);
        // A few more than there should be do no harm.
        if (of == null && galleries.size() < MOST_GALLERIES) {
            of = galleries.computeIfAbsent(gallery, this::ofGallery);
        }
        switch (recognition) {
            case Recognition.Known answer -> {
                known.increment();
                if (of != null) {
                    of.known.record(Math.max(0, answer.score().cosine()));
                    answer.margin().ifPresent(of.leads::record);
                }
            }
            case Recognition.Unknown answer -> {
                counter(unknown, answer.reason()).increment();
                if (of != null && answer.nearest().isPresent()) {
                    of.unknown.record(Math.max(0, answer.nearest().get().score().cosine()));
                }
            }
        }
        gone(durations, Stage.SEARCH);
    }

    private OfGallery ofGallery(GalleryId gallery) {
        return new OfGallery(
                bestScores(gallery, "known"),
                bestScores(gallery, "unknown"),
                DistributionSummary.builder("mekiki.lead.percent")
                        .description("100 times the lead of what was known over the runner-up main label, in cosine")
                        .scale(100)
                        .tag("gallery", gallery.value())
                        .serviceLevelObjectives(LEAD_BUCKETS)
                        .register(registry));
    }

    private DistributionSummary bestScores(GalleryId gallery, String outcome) {
        return DistributionSummary.builder("mekiki.best.score.percent")
                .description("100 times the cosine of the nearest registration")
                .scale(100)
                .tag("gallery", gallery.value())
                .tag("outcome", outcome)
                .serviceLevelObjectives(SCORE_BUCKETS)
                .register(registry);
    }

    /** A gallery was deleted; shows it no more. */
    public void deleted(GalleryId gallery) {
        OfGallery of = galleries.remove(gallery);
        if (of != null) {
            registry.remove(of.known);
            registry.remove(of.unknown);
            registry.remove(of.leads);
        }
    }

    /**
     * Rows of an import were answered.
     *
     * @param validated whether nothing was to be registered
     */
    public void imported(boolean validated, List<RowResult> rows) {
        if (validated) {
            importValidated.increment(rows.size());
        } else {
            rows.forEach(row -> counter(importRows, row.fate()).increment());
        }
    }

    /** A step of embedding a gallery anew was made. */
    public void reembedded(ReembedStep step) {
        reembedded("embedded", step.embedded());
        reembedded("present", step.present());
        reembedded("corrected", step.corrected());
        reembedded("deleted", step.deleted());
        reembedded("failed", step.failures().size());
    }

    private void reembedded(String outcome, int registrations) {
        Counter.builder("mekiki.reembed.registrations")
                .description("Registrations of galleries that are embedded anew, by outcome")
                .tag("outcome", outcome)
                .register(registry)
                .increment(registrations);
    }

    /** A registration became durable. */
    public void registered(StageDurations durations) {
        gone(durations, Stage.STORE);
    }

    @Override
    public void stageEnded(Stage stage, long nanos) {
        timer(stage).record(Duration.ofNanos(nanos));
    }

    @Override
    public void batchRan(int images, int size, long nanos) {
        batches.record(images);
        padding.increment(size - images);
    }

    @Override
    public void ended(Outcome outcome) {
        counter(images, outcome).increment();
    }

    private void gone(StageDurations durations, Stage stage) {
        Duration duration = durations.byStage().get(stage);
        if (duration != null) {
            timer(stage).record(duration);
        }
    }

    private Timer timer(Stage stage) {
        return Objects.requireNonNull(stages.get(stage));
    }

    private static <K> Counter counter(Map<K, Counter> counters, K key) {
        return Objects.requireNonNull(counters.get(key));
    }

    private Counter recognitions(String outcome) {
        return Counter.builder("mekiki.recognitions")
                .description("Recognitions by outcome")
                .tag("outcome", outcome)
                .register(registry);
    }

    private Counter importRows(String outcome) {
        return Counter.builder("mekiki.import.rows")
                .description("Rows of imports by outcome")
                .tag("outcome", outcome)
                .register(registry);
    }

    private void gauge(String name, String description, IntSupplier value) {
        Gauge.builder(name, value::getAsInt).description(description).register(registry);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private static Duration[] micros(long... values) {
        return Arrays.stream(values).mapToObj(v -> Duration.ofNanos(v * 1000)).toArray(Duration[]::new);
    }
}
