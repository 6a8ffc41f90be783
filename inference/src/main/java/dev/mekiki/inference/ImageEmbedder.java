package dev.mekiki.inference;

import dev.mekiki.core.completion.Callbacks;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.DeadlineExpired;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.Overloaded;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.core.time.Stage;
import dev.mekiki.core.time.StageDurations;
import dev.mekiki.inference.Forecaster.Forecast;
import dev.mekiki.inference.InferenceObserver.Outcome;
import dev.mekiki.inference.batch.BatchCosts;
import dev.mekiki.inference.batch.BatchDevice;
import dev.mekiki.inference.batch.BatchListener;
import dev.mekiki.inference.batch.BatchPolicy;
import dev.mekiki.inference.batch.BatchSizes;
import dev.mekiki.inference.batch.Batched;
import dev.mekiki.inference.batch.Batcher;
import dev.mekiki.inference.decode.DecodedImage;
import dev.mekiki.inference.decode.ImageDecoder;
import dev.mekiki.inference.decode.ImageLimits;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.preprocess.Preprocessor;
import dev.mekiki.inference.session.ExecutionProvider;
import dev.mekiki.inference.session.OnnxModel;
import dev.mekiki.inference.session.OnnxSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The embedder of one model: admits a bounded number of images, decodes them on a pool of its own, and runs the model in
 * batches. Images that the caller has preprocessed himself go into the same batches without a detour.
 *
 * <p><b>Admission.</b> An image is admitted or refused on the caller's thread. It is refused if there is no room for it,
 * or if by what is waiting, and by what images of its size and batches took lately, it could not be answered within
 * the {@linkplain InferenceSettings#latencyBudget budget} or before its deadline. An image that finds nobody waiting is
 * never refused for being slow itself. Forecasts may be wrong: an image whose budget is spent when it could be decoded
 * is refused then, undecoded. The budget binds nobody who works in the background.
 *
 * <p><b>Fairness.</b> Images wait for a decoding thread, and there each {@link Tenant} gets its part of the decoding
 * time. The forecast is the tenant's own: whoever has much waiting is refused while others are still let in.
 *
 * <p><b>What costs nothing.</b> An admitted image waits for a decoding thread, and that for a slot, which is the memory
 * for one image's input tensor; slots are allocated once. Cancelled, an image gives back its place at once, unless it is
 * just being decoded or the device has it. If its deadline passes it is dropped when its turn comes, before it is
 * decoded, and again before it reaches the device; whoever wants to be told at the deadline cancels. Its place, slot
 * included, is free again before its future completes.
 *
 * <p>{@link #close} refuses new images and returns when those admitted are answered. Thread-safe.
 */
public final class ImageEmbedder implements Embedder, AutoCloseable {

    /** Batches that may wait per session: one is being run, one is ready when it ends, one is being filled. */
    private static final int BATCHES_AHEAD = 2;

    private static final Duration RETRY_WHEN_CLOSED = Duration.ofSeconds(1);

    /** Before the first image is measured. */
    private static final long FIRST_GUESS_NANOS = 100_000_000;

    private static final int WARM_UP_IMAGES = 100;

    private final ModelCard card;
    private final EmbeddingSpace space;
    private final ExecutionProvider provider;
    private final InferenceSettings settings;
    private final InferenceObserver observer;
    private final LongSupplier nanoClock;
    private final ImageDecoder decoder;
    private final Preprocessor preprocessor;
    private final Batcher<ByteBuffer, float[]> batcher;
    private final ExecutorService decodePool;
    private final BlockingQueue<ByteBuffer> slots;
    private final Doorkeeper doorkeeper;
    private final FairQueue<Request> waiting = new FairQueue<>();
    private final Forecaster forecaster;
    private final AtomicLong recentNanos = new AtomicLong(FIRST_GUESS_NANOS);

    ImageEmbedder(
            ModelCard card,
            ExecutionProvider provider,
            List<? extends BatchDevice<ByteBuffer, float[]>> devices,
            BatchCosts batchCosts,
            InferenceSettings settings,
            LongSupplier nanoClock,
            InferenceObserver observer) {
        this.card = card;
        this.provider = provider;
        this.settings = settings;
        this.observer = observer;
        this.nanoClock = nanoClock;
        ModelCard.Input input = card.input();
        decoder = decoder(settings.limits());
        preprocessor = Preprocessor.of(input);
        space = new EmbeddingSpace(
                card.name() + "@" + card.version(),
                card.output().dimension(),
                ContentDigest.of((card.sha256() + "\n" + preprocessor.description()).getBytes(StandardCharsets.UTF_8))
                        .hex());
        int largest = settings.session().batchSizes().getLast();
        int ready = BATCHES_AHEAD * largest * devices.size();
        int slotCount = ready + largest * devices.size() + settings.decodeThreads();
        slots = new ArrayBlockingQueue<>(slotCount);
        for (int i = 0; i < slotCount; i++) {
            slots.add(tensor(preprocessor.bytes()));
        }
        doorkeeper = new Doorkeeper(settings.maxInFlight(), settings.maxInFlightBytes());
        forecaster = new Forecaster(
                waiting,
                this::queueLength,
                settings.decodeThreads(),
                devices.size(),
                batchCosts,
                settings.latencyBudget());
        // Tensors need no slot, so that everybody who is admitted may wait here.
        BatchPolicy policy = settings.latencyBudget().isPositive()
                ? BatchPolicy.measured(
                        batchCosts,
                        LatencyBudget.longestRun(settings.latencyBudget()),
                        forecaster::spacing,
                        settings.maxInFlight())
                : BatchPolicy.fixed(batchCosts.sizes(), settings.maxDelay(), settings.maxInFlight());
        batcher = new Batcher<>("mekiki-session", policy, devices, nanoClock, new BatchListener() {
            @Override
            public void batchRan(int items, int size, long nanos) {
                batchCosts.ran(size, nanos);
                observer.batchRan(items, size, nanos);
            }

            @Override
            public void batchSplit(int items, Throwable cause) {}
        });
        decodePool = Executors.newFixedThreadPool(
                settings.decodeThreads(),
                Thread.ofPlatform().name("mekiki-decode-", 0).daemon().factory());
        for (int i = 0; i < settings.decodeThreads(); i++) {
            decodePool.execute(this::decodeUntilClosed);
        }
    }

    /**
     * Loads a model and its card, warms every session and the decoder, measures both, and starts.
     *
     * @param onnx {@code NAME.onnx}; its card {@code NAME.json} lies beside it
     * @throws dev.mekiki.inference.session.ModelUnusable if the model is not as its card says or cannot run here
     * @throws IllegalArgumentException if the card is not valid
     * @throws java.io.UncheckedIOException if a file cannot be read
     */
    public static ImageEmbedder open(Path onnx, InferenceSettings settings, InferenceObserver observer) {
        ModelCard card = ModelCard.read(cardOf(onnx));
        OnnxModel model = OnnxModel.load(onnx, card, settings.session());
        ImageEmbedder embedder;
        try {
            BatchCosts costs = new BatchCosts(new BatchSizes(settings.session().batchSizes()));
            costs.measure(
                    model.sessions().getFirst(),
                    tensor(Preprocessor.of(card.input()).bytes()));
            embedder = new ImageEmbedder(
                    card, model.provider(), model.sessions(), costs, settings, System::nanoTime, observer);
        } catch (RuntimeException | Error e) {
            // For want of memory, most likely: what the sessions hold must not be lost as well.
            model.sessions().forEach(OnnxSession::close);
            throw e;
        }
        embedder.warmUp();
        return embedder;
    }

    /**
     * Decodes and preprocesses a picture until the code that does it is compiled: the first images would be slow, and
     * what they took would have the next ones refused.
     */
    private void warmUp() {
        byte[] picture = WarmUpPicture.jpeg();
        // The operator's limits may be narrower than the picture.
        ImageDecoder unlimited = decoder(ImageLimits.DEFAULT);
        ByteBuffer into = tensor(preprocessor.bytes());
        for (int i = 0; i < WARM_UP_IMAGES; i++) {
            long began = nanoClock.getAsLong();
            try (DecodedImage pixels = unlimited.decode(picture)) {
                preprocessor.write(pixels.bgr(), pixels.extent(), into);
            }
            if (i >= WARM_UP_IMAGES / 2) {
                forecaster.decoded(picture.length, nanoClock.getAsLong() - began);
            }
        }
    }

    private ImageDecoder decoder(ImageLimits limits) {
        return new ImageDecoder(limits, card.input().leastDecodedSide());
    }

    private static ByteBuffer tensor(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    /** Where the card of a model file lies: {@code NAME.json} beside {@code NAME.onnx}. */
    public static Path cardOf(Path onnx) {
        String name = onnx.getFileName().toString();
        String base = name.endsWith(".onnx") ? name.substring(0, name.length() - ".onnx".length()) : name;
        return onnx.resolveSibling(base + ".json");
    }

    @Override
    public EmbeddingSpace space() {
        return space;
    }

    /** What the model takes and gives. */
    public ModelCard card() {
        return card;
    }

    /** What the model runs on. */
    public ExecutionProvider provider() {
        return provider;
    }

    /** Images between {@link #embed} and their vector now. */
    public int inFlight() {
        return doorkeeper.images();
    }

    /** Images that are ready for the model and wait for it now. */
    public int queueLength() {
        return batcher.queueLength();
    }

    @Override
    public CompletableFuture<EmbeddedImage> embed(EncodedImage image, Tenant tenant, Deadline deadline) {
        try {
            settings.limits().checkBytes(image.size());
        } catch (InvalidInput e) {
            return refused(e, Outcome.INVALID);
        }
        Forecast forecast = forecaster.forecast(tenant, image.size());
        return admit(new Request(image.size(), false, deadline, forecast), request -> request.queueImage(image));
    }

    /**
     * Embeds one image that the caller has preprocessed; fails as {@link #embed} does, and with {@code InvalidInput} if
     * the model makes no unit vector of it.
     *
     * @param tensor {@code 3 × height × width} values from its position to its limit, as the card's input says, floats
     *     in its byte order, on the heap or off it; not copied, so nobody may write to it before the future completes
     */
    public CompletableFuture<EmbeddedImage> embedPrepared(ByteBuffer tensor, Tenant tenant, Deadline deadline) {
        int bytes = preprocessor.bytes();
        if (tensor.remaining() != bytes) {
            return refused(
                    new InvalidInput(
                            "tensor",
                            tensor.remaining() + " bytes",
                            bytes + " bytes, " + card.input().type() + " of 3x"
                                    + card.input().height() + "x" + card.input().width()),
                    Outcome.INVALID);
        }
        ByteBuffer values = tensor.slice().order(tensor.order());
        Forecast forecast = forecaster.forecastPrepared(tenant);
        return admit(new Request(bytes, true, deadline, forecast), request -> request.queueTensor(values));
    }

    /**
     * Refuses an image before it has come, if one like the last ones would be refused by {@link #embed} now, whatever
     * its deadline. That it is not refused here promises nothing.
     *
     * @throws Overloaded if the answer would come too late
     */
    public void requireTime(Tenant tenant) {
        Overloaded late = forecaster.refusal(forecaster.forecast(tenant), Deadline.NONE, nanoClock.getAsLong());
        if (late != null) {
            observer.ended(Outcome.OVERLOADED);
            throw late;
        }
    }

    private CompletableFuture<EmbeddedImage> admit(Request request, Consumer<Request> begin) {
        if (request.deadline.expiredAt(request.admittedNanos)) {
            return refused(new DeadlineExpired(Stage.ADMISSION), Outcome.EXPIRED);
        }
        Overloaded late = forecaster.refusal(request.forecast, request.deadline, request.admittedNanos);
        if (late != null) {
            return refused(late, Outcome.OVERLOADED);
        }
        return switch (doorkeeper.enter(request.bytes)) {
            case ADMITTED -> {
                begin.accept(request);
                yield request.answer;
            }
            case FULL ->
                refused(
                        new Overloaded("embedder", settings.maxInFlight(), Duration.ofNanos(recentNanos.get())),
                        Outcome.OVERLOADED);
            case CLOSED -> refused(new Unavailable("the embedder is closed", RETRY_WHEN_CLOSED), Outcome.CLOSED);
        };
    }

    private CompletableFuture<EmbeddedImage> refused(RuntimeException failure, Outcome outcome) {
        observer.ended(outcome);
        return CompletableFuture.failedFuture(failure);
    }

    private void decodeUntilClosed() {
        try {
            while (true) {
                // The slot first: an image that still waits can be taken back, one that a thread has cannot.
                ByteBuffer slot = slots.take();
                Request request = waiting.take();
                if (request == null) {
                    return;
                }
                request.decode(slot);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts decoding threads", e);
        }
    }

    @Override
    public void close() {
        doorkeeper.closeAndAwaitEmpty();
        waiting.close();
        decodePool.close();
        batcher.close();
    }

    /** One image. While a decoding thread has it, it owns a slot; what the batcher has is the batcher's. */
    private final class Request {
        private final int bytes;
        private final boolean prepared;
        private final Deadline deadline;
        private final long admittedNanos = nanoClock.getAsLong();
        private final Forecast forecast;

        /** Until it is decoded. */
        private volatile @Nullable EncodedImage image;

        private final CompletableFuture<EmbeddedImage> answer = new CompletableFuture<>();
        private final Map<Stage, Duration> durations = new EnumMap<>(Stage.class);
        private volatile FairQueue<Request>.@Nullable Ticket ticket;
        private volatile @Nullable CompletableFuture<?> queued;

        Request(int bytes, boolean prepared, Deadline deadline, Forecast forecast) {
            this.bytes = bytes;
            this.prepared = prepared;
            this.deadline = deadline;
            this.forecast = forecast;
            var _ = answer.whenComplete((_, _) -> takeBackIfCancelled());
        }

        /** Waits for a decoding thread. */
        void queueImage(EncodedImage file) {
            image = file;
            ticket = waiting.add(forecast.tenant(), this, forecast.decodeNanos());
        }

        /** Runs on a decoding thread. */
        void decode(ByteBuffer slot) {
            EncodedImage file = Objects.requireNonNull(image);
            image = null;
            try {
                fill(slot, file);
            } catch (Throwable e) {
                slots.add(slot);
                leave(null, e);
                return;
            }
            queue(slot, (result, failure) -> {
                slots.add(slot);
                leave(result, failure);
            });
        }

        /** Runs on the caller's thread. */
        void queueTensor(ByteBuffer tensor) {
            queue(tensor, this::leave);
        }

        private void queue(ByteBuffer tensor, BiConsumer<@Nullable Batched<float[]>, @Nullable Throwable> then) {
            CompletableFuture<Batched<float[]>> batched = batcher.submit(tensor, deadline);
            queued = batched;
            var _ = batched.whenComplete(Callbacks.orFail(answer, then));
            takeBackIfCancelled();
        }

        private void fill(ByteBuffer slot, EncodedImage file) {
            long began = nanoClock.getAsLong();
            if (answer.isCancelled()) {
                throw new CancellationException();
            }
            if (deadline.expiredAt(began)) {
                throw new DeadlineExpired(Stage.DECODE);
            }
            Overloaded late = forecaster.refusalAfter(forecast, began - admittedNanos);
            if (late != null) {
                throw late;
            }
            ended(Stage.ADMISSION, began - admittedNanos);
            try (DecodedImage pixels = decoder.decode(file.bytes())) {
                long decoded = nanoClock.getAsLong();
                ended(Stage.DECODE, decoded - began);
                preprocessor.write(pixels.bgr(), pixels.extent(), slot);
                long ready = nanoClock.getAsLong();
                ended(Stage.PREPROCESS, ready - decoded);
                forecaster.decoded(file.size(), ready - began);
            }
        }

        private void takeBackIfCancelled() {
            if (!answer.isCancelled()) {
                return;
            }
            FairQueue<Request>.Ticket place = ticket;
            if (place != null && waiting.remove(place)) {
                leave(null, new CancellationException());
            }
            CompletableFuture<?> ready = queued;
            if (ready != null) {
                ready.cancel(false);
            }
        }

        /** Gives back the place, then answers; called once, by whoever ends this image's way. */
        private void leave(@Nullable Batched<float[]> result, @Nullable Throwable failure) {
            doorkeeper.leave(bytes);
            try {
                answer(result, failure);
            } catch (Throwable e) {
                // Whoever waits for the answer, and the thread that gives it, must go on.
                answer.completeExceptionally(e);
            }
        }

        private void answer(@Nullable Batched<float[]> result, @Nullable Throwable failure) {
            EmbeddedImage embedded = null;
            Throwable cause = failure;
            if (result != null) {
                ended(Stage.QUEUE, result.queued().toNanos());
                ended(Stage.INFERENCE, result.ran().toNanos());
                try {
                    embedded =
                            new EmbeddedImage(Embedding.ofUnit(space, result.output()), new StageDurations(durations));
                } catch (InvalidInput e) {
                    cause = noUnitVector(e);
                }
                long took = nanoClock.getAsLong() - admittedNanos;
                recentNanos.updateAndGet(average -> (7 * average + took) / 8);
                forecaster.answered(forecast, took);
            }
            observer.ended(outcome(cause));
            if (embedded != null) {
                answer.complete(embedded);
            } else if (cause != null) {
                answer.completeExceptionally(cause);
            }
        }

        /** A caller's file is not to blame for what the model made of it; a caller's tensor is. */
        private RuntimeException noUnitVector(InvalidInput output) {
            return prepared
                    ? new InvalidInput(
                            "tensor",
                            "the model makes of it " + output.description(),
                            "an image, preprocessed as the model's card says")
                    : new IllegalStateException("the model's output: " + output.description(), output);
        }

        private Outcome outcome(@Nullable Throwable cause) {
            if (answer.isCancelled()) {
                return Outcome.CANCELLED;
            }
            return switch (cause) {
                case null -> Outcome.EMBEDDED;
                case InvalidInput _ -> Outcome.INVALID;
                case DeadlineExpired _ -> Outcome.EXPIRED;
                case Overloaded _ -> Outcome.OVERLOADED;
                default -> Outcome.FAILED;
            };
        }

        private void ended(Stage stage, long nanos) {
            durations.put(stage, Duration.ofNanos(nanos));
            observer.stageEnded(stage, nanos);
        }
    }
}
