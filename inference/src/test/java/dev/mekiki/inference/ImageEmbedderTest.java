package dev.mekiki.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.DeadlineExpired;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.Overloaded;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.core.time.Stage;
import dev.mekiki.inference.InferenceObserver.Outcome;
import dev.mekiki.inference.batch.BatchCosts;
import dev.mekiki.inference.batch.BatchDevice;
import dev.mekiki.inference.batch.BatchSizes;
import dev.mekiki.inference.decode.DecodedImage;
import dev.mekiki.inference.decode.Drawing;
import dev.mekiki.inference.decode.Files;
import dev.mekiki.inference.decode.ImageDecoder;
import dev.mekiki.inference.decode.ImageLimits;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.preprocess.Preprocessor;
import dev.mekiki.inference.session.ExecutionProvider;
import dev.mekiki.inference.session.OnnxModel;
import dev.mekiki.inference.session.OnnxSession;
import dev.mekiki.inference.session.SessionSettings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@SuppressWarnings("FutureReturnValueIgnored") // Many items are there only to be company.
class ImageEmbedderTest {

    @TempDir
    private Path folder;

    private final AtomicLong clock = new AtomicLong(1000);
    private final Outcomes outcomes = new Outcomes();

    private static final class Outcomes implements InferenceObserver {
        final ConcurrentLinkedQueue<Outcome> ended = new ConcurrentLinkedQueue<>();
        final ConcurrentLinkedQueue<Stage> stages = new ConcurrentLinkedQueue<>();

        @Override
        public void stageEnded(Stage stage, long nanos) {
            stages.add(stage);
        }

        @Override
        public void batchRan(int images, int size, long nanos) {}

        @Override
        public void ended(Outcome outcome) {
            ended.add(outcome);
        }
    }

    /** Holds every batch until the test lets it go; its vectors point along axis one or, for dark images, zero. */
    private static final class Puppet implements BatchDevice<ByteBuffer, float[]> {
        final BlockingQueue<Integer> taken = new LinkedBlockingQueue<>();
        final Semaphore permits = new Semaphore(0);

        @Override
        public List<float[]> run(List<ByteBuffer> images) throws InterruptedException {
            taken.add(images.size());
            permits.acquire();
            List<float[]> vectors = new ArrayList<>();
            for (ByteBuffer image : images) {
                float[] vector = new float[TinyModel.DIMENSION];
                vector[image.getFloat(0) > 0 ? 1 : 0] = 1;
                vectors.add(vector);
            }
            return vectors;
        }

        int awaitBatch() throws InterruptedException {
            Integer size = taken.poll(30, TimeUnit.SECONDS);
            assertThat(size).as("a batch within 30 s").isNotNull();
            return size;
        }

        @Override
        public void close() {}
    }

    private static InferenceSettings settings(int sessions, int maxInFlight) {
        return InferenceSettings.forCpu(2)
                .withMaxInFlight(maxInFlight)
                .withSession(SessionSettings.cpu(sessions, 1, List.of(1, 2, 4)));
    }

    private ImageEmbedder embedder(BatchDevice<ByteBuffer, float[]> device, InferenceSettings settings) {
        ModelCard card = TinyModel.card(new byte[0]);
        BatchCosts costs = new BatchCosts(new BatchSizes(settings.session().batchSizes()));
        return new ImageEmbedder(card, ExecutionProvider.CPU, List.of(device), costs, settings, clock::get, outcomes);
    }

    private static EncodedImage grey(int level) {
        try (Mat mat = Drawing.solid(40, 50, level, level, level)) {
            return new EncodedImage(Files.encode(".jpg", mat));
        }
    }

    private static EncodedImage page(int seed) {
        Random random = new Random(seed);
        try (Mat mat = Drawing.page(60 + random.nextInt(200), 60 + random.nextInt(200), seed)) {
            return new EncodedImage(Files.encode(seed % 2 == 0 ? ".jpg" : ".png", mat));
        }
    }

    private static EncodedImage noImage() {
        return new EncodedImage(new byte[] {1, 2, 3});
    }

    /** What an image gives all alone, without embedder and batcher. */
    private static List<float[]> alone(Path onnx, List<EncodedImage> images) throws Exception {
        ModelCard card = ModelCard.read(ImageEmbedder.cardOf(onnx));
        ImageDecoder decoder =
                new ImageDecoder(ImageLimits.DEFAULT, card.input().leastDecodedSide());
        Preprocessor preprocessor = Preprocessor.of(card.input());
        ByteBuffer slot = ByteBuffer.allocateDirect(preprocessor.bytes()).order(ByteOrder.nativeOrder());
        SessionSettings one = SessionSettings.cpu(1, 1, List.of(1));
        List<float[]> vectors = new ArrayList<>();
        try (OnnxSession session = OnnxModel.load(onnx, card, one).sessions().getFirst()) {
            for (EncodedImage image : images) {
                try (DecodedImage pixels = decoder.decode(image.bytes())) {
                    preprocessor.write(pixels.bgr(), pixels.extent(), slot);
                }
                vectors.add(session.run(List.of(slot)).getFirst());
            }
        }
        return vectors;
    }

    @Test
    void everyCallerGetsTheVectorOfItsOwnImage() throws Exception {
        Path onnx = TinyModel.write(folder);
        List<EncodedImage> images = new ArrayList<>();
        for (int i = 0; i < 48; i++) {
            images.add(page(i));
        }
        List<float[]> expected = alone(onnx, images);
        assertThat(leastDistance(expected)).as("images can be told apart").isGreaterThan(1e-3);
        int callers = 12;
        try (ImageEmbedder embedder = ImageEmbedder.open(onnx, settings(2, 64), InferenceObserver.SILENT);
                ExecutorService pool = Executors.newFixedThreadPool(callers)) {
            List<Future<?>> runs = new ArrayList<>();
            for (int c = 0; c < callers; c++) {
                Random random = new Random(c);
                runs.add(pool.submit(() -> {
                    for (int round = 0; round < 50; round++) {
                        int i = random.nextInt(images.size());
                        EmbeddedImage embedded = embedder.embed(images.get(i), Tenant.UNNAMED, Deadline.NONE)
                                .get();
                        assertThat(largestDifference(embedded.embedding().vector(), expected.get(i)))
                                .isLessThan(1e-5f);
                    }
                    return null;
                }));
            }
            for (Future<?> run : runs) {
                run.get();
            }
        }
    }

    private static float largestDifference(float[] a, float[] b) {
        float largest = 0;
        for (int d = 0; d < TinyModel.DIMENSION; d++) {
            largest = Math.max(largest, Math.abs(a[d] - b[d]));
        }
        return largest;
    }

    private static double leastDistance(List<float[]> vectors) {
        double least = Double.MAX_VALUE;
        for (int i = 0; i < vectors.size(); i++) {
            for (int j = 0; j < i; j++) {
                double squares = 0;
                for (int d = 0; d < TinyModel.DIMENSION; d++) {
                    squares += Math.pow(vectors.get(i)[d] - vectors.get(j)[d], 2);
                }
                least = Math.min(least, Math.sqrt(squares));
            }
        }
        return least;
    }

    @Test
    void describesTheSpaceByModelAndPreprocessing() {
        Path onnx = TinyModel.write(folder);
        try (ImageEmbedder real = ImageEmbedder.open(onnx, settings(1, 64), InferenceObserver.SILENT);
                ImageEmbedder other = embedder(new Puppet(), settings(1, 64))) {
            assertThat(real.space().modelId()).isEqualTo("tiny@3");
            assertThat(real.space().dimension()).isEqualTo(TinyModel.DIMENSION);
            assertThat(real.space().digest())
                    .matches("[0-9a-f]{64}")
                    .isNotEqualTo(other.space().digest());
            assertThat(real.provider()).isEqualTo(ExecutionProvider.CPU);
        }
    }

    @Test
    void tellsHowLongEachStageTook() throws Exception {
        Puppet device = new Puppet();
        try (ImageEmbedder embedder = embedder(device, settings(1, 8))) {
            CompletableFuture<EmbeddedImage> answer = embedder.embed(grey(250), Tenant.UNNAMED, Deadline.NONE);
            device.awaitBatch();
            clock.addAndGet(5_000_000);
            device.permits.release();
            EmbeddedImage embedded = answer.get();

            assertThat(embedded.durations().byStage())
                    .containsOnlyKeys(Stage.ADMISSION, Stage.DECODE, Stage.PREPROCESS, Stage.QUEUE, Stage.INFERENCE)
                    .containsEntry(Stage.INFERENCE, Duration.ofMillis(5))
                    .containsEntry(Stage.DECODE, Duration.ZERO);
            assertThat(outcomes.stages)
                    .containsExactly(Stage.ADMISSION, Stage.DECODE, Stage.PREPROCESS, Stage.QUEUE, Stage.INFERENCE);
            assertThat(outcomes.ended).containsExactly(Outcome.EMBEDDED);
        }
    }

    @Test
    void aBadImageFailsAloneAndTheNextIsServed() throws Exception {
        Puppet device = new Puppet();
        device.permits.release(100);
        try (ImageEmbedder embedder = embedder(device, settings(1, 8))) {
            assertThatThrownBy(embedder.embed(noImage(), Tenant.UNNAMED, Deadline.NONE)::get)
                    .hasCauseInstanceOf(InvalidInput.class);
            assertThatThrownBy(embedder.embed(new EncodedImage(new byte[0]), Tenant.UNNAMED, Deadline.NONE)::get)
                    .hasCauseInstanceOf(InvalidInput.class);
            assertThatThrownBy(embedder.embed(new EncodedImage(new byte[60 << 20]), Tenant.UNNAMED, Deadline.NONE)::get)
                    .cause()
                    .isInstanceOf(InvalidInput.class)
                    .hasMessage("image.content: 62914560 bytes (expected: at most 20971520 bytes)");
            assertThat(embedder.embed(grey(250), Tenant.UNNAMED, Deadline.NONE)
                            .get()
                            .embedding()
                            .vector()[1])
                    .isEqualTo(1);
            assertThat(outcomes.ended)
                    .containsExactly(Outcome.INVALID, Outcome.INVALID, Outcome.INVALID, Outcome.EMBEDDED);
            assertThat(embedder.inFlight()).isZero();
        }
    }

    @Test
    void aModelThatGivesNoUnitVectorIsNotTheCallersFault() {
        BatchDevice<ByteBuffer, float[]> broken = new BatchDevice<>() {
            @Override
            public List<float[]> run(List<ByteBuffer> items) {
                return items.stream().map(i -> new float[TinyModel.DIMENSION]).toList();
            }

            @Override
            public void close() {}
        };
        try (ImageEmbedder embedder = embedder(broken, settings(1, 8))) {
            assertThatThrownBy(embedder.embed(grey(9), Tenant.UNNAMED, Deadline.NONE)::get)
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the model's output");
            assertThat(outcomes.ended).containsExactly(Outcome.FAILED);
        }
    }

    /** A tensor of which the puppet makes axis one or, if {@code value} is not positive, zero. */
    private static ByteBuffer tensor(float value) {
        return ByteBuffer.allocate(3 * TinyModel.SIDE * TinyModel.SIDE * Float.BYTES)
                .putFloat(0, value);
    }

    @Test
    void decodesJpegsAsFarReducedAsTheCardAllowsAndCallsThatASpaceOfItsOwn() throws Exception {
        Path onnx = TinyModel.write(folder);
        Path card = ImageEmbedder.cardOf(onnx);
        ModelCard clean = ModelCard.read(card);
        EncodedImage jpeg = page(2);
        List<EmbeddedImage> embedded = new ArrayList<>();
        for (int oversampling : new int[] {2, 1}) {
            ModelCard.Input in = clean.input();
            TinyModel.with(
                            clean,
                            new ModelCard.Input(
                                    in.name(),
                                    in.type(),
                                    in.height(),
                                    in.width(),
                                    oversampling,
                                    in.channelOrder(),
                                    in.mean(),
                                    in.std()))
                    .write(card);
            try (ImageEmbedder embedder = ImageEmbedder.open(onnx, settings(1, 64), InferenceObserver.SILENT)) {
                EmbeddedImage image =
                        embedder.embed(jpeg, Tenant.UNNAMED, Deadline.NONE).get();
                assertThat(image.embedding().vector())
                        .containsExactly(alone(onnx, List.of(jpeg)).getFirst());
                embedded.add(image);
            }
        }
        assertThat(embedded.getFirst().embedding().space())
                .isNotEqualTo(embedded.getLast().embedding().space());
        assertThat(embedded.getFirst().embedding().vector())
                .isNotEqualTo(embedded.getLast().embedding().vector());
    }

    @Test
    void aTensorThatTheCallerPreprocessedGivesTheVectorOfItsImage() throws Exception {
        Path onnx = TinyModel.write(folder);
        ModelCard card = ModelCard.read(ImageEmbedder.cardOf(onnx));
        Preprocessor preprocessor = Preprocessor.of(card.input());
        ImageDecoder decoder =
                new ImageDecoder(ImageLimits.DEFAULT, card.input().leastDecodedSide());
        // As it comes over the network: on the heap, little-endian, read only, somewhere within a larger buffer.
        ByteBuffer bytes = ByteBuffer.allocate(3 * preprocessor.values() * Float.BYTES + 3)
                .position(3)
                .slice()
                .order(ByteOrder.LITTLE_ENDIAN);
        FloatBuffer tensors = bytes.asFloatBuffer();
        for (int i = 0; i < 3; i++) {
            try (DecodedImage pixels = decoder.decode(page(i).bytes())) {
                preprocessor.write(pixels.bgr(), pixels.extent(), tensors, i * preprocessor.values());
            }
        }
        try (ImageEmbedder embedder = ImageEmbedder.open(onnx, settings(1, 64), InferenceObserver.SILENT)) {
            for (int i = 0; i < 3; i++) {
                float[] expected = embedder.embed(page(i), Tenant.UNNAMED, Deadline.NONE)
                        .get()
                        .embedding()
                        .vector();
                ByteBuffer tensor = bytes.asReadOnlyBuffer()
                        .slice(i * preprocessor.bytes(), preprocessor.bytes())
                        .order(ByteOrder.LITTLE_ENDIAN);

                EmbeddedImage embedded = embedder.embedPrepared(tensor, Tenant.UNNAMED, Deadline.NONE)
                        .get();

                assertThat(largestDifference(embedded.embedding().vector(), expected))
                        .isLessThan(1e-5f);
                assertThat(embedded.durations().byStage()).containsOnlyKeys(Stage.QUEUE, Stage.INFERENCE);
            }
        }
    }

    @Test
    void batchesTensorsTogetherWithImages() throws Exception {
        Puppet device = new Puppet();
        try (ImageEmbedder embedder = embedder(device, settings(1, 8))) {
            CompletableFuture<EmbeddedImage> running = occupy(embedder, device);
            CompletableFuture<EmbeddedImage> bright = embedder.embedPrepared(tensor(1), Tenant.UNNAMED, Deadline.NONE);
            CompletableFuture<EmbeddedImage> image = embedder.embed(grey(250), Tenant.UNNAMED, Deadline.NONE);
            CompletableFuture<EmbeddedImage> dark = embedder.embedPrepared(tensor(-1), Tenant.UNNAMED, Deadline.NONE);
            CompletableFuture<EmbeddedImage> unwanted =
                    embedder.embedPrepared(tensor(1), Tenant.UNNAMED, Deadline.NONE);
            awaitQueue(embedder, 4);

            unwanted.cancel(false);
            device.permits.release(2);

            running.get();
            assertThat(device.awaitBatch()).isEqualTo(3);
            assertThat(bright.get().embedding().vector()[1]).isEqualTo(1);
            assertThat(image.get().embedding().vector()[1]).isEqualTo(1);
            assertThat(dark.get().embedding().vector()[0]).isEqualTo(1);
            assertThat(outcomes.ended)
                    .containsExactlyInAnyOrder(
                            Outcome.CANCELLED, Outcome.EMBEDDED, Outcome.EMBEDDED, Outcome.EMBEDDED, Outcome.EMBEDDED);
        }
    }

    @Test
    void letsAsManyTensorsWaitAsItAdmits() throws Exception {
        Puppet device = new Puppet();
        try (ImageEmbedder embedder = embedder(device, settings(1, 200))) {
            List<CompletableFuture<EmbeddedImage>> admitted = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                admitted.add(embedder.embedPrepared(tensor(1), Tenant.UNNAMED, Deadline.NONE));
            }
            CompletableFuture<EmbeddedImage> beyond = embedder.embedPrepared(tensor(1), Tenant.UNNAMED, Deadline.NONE);

            assertThatThrownBy(beyond::get).hasCauseInstanceOf(Overloaded.class);
            device.permits.release(1000);
            for (CompletableFuture<EmbeddedImage> one : admitted) {
                assertThat(one.get().embedding().vector()[1]).isEqualTo(1);
            }
        }
    }

    @Test
    void refusesATensorOfAnotherSize() {
        try (ImageEmbedder embedder = embedder(new Puppet(), settings(1, 8))) {
            assertThatThrownBy(embedder.embedPrepared(ByteBuffer.allocate(5), Tenant.UNNAMED, Deadline.NONE)::get)
                    .cause()
                    .isInstanceOf(InvalidInput.class)
                    .hasMessage("tensor: 5 bytes (expected: 12288 bytes, FLOAT32 of 3x32x32)");
            assertThat(outcomes.ended).containsExactly(Outcome.INVALID);
        }
    }

    @Test
    void aTensorOfWhichTheModelMakesNoUnitVectorIsTheCallersFault() throws Exception {
        Path onnx = TinyModel.write(folder);
        try (ImageEmbedder embedder = ImageEmbedder.open(onnx, settings(1, 8), outcomes)) {
            assertThatThrownBy(embedder.embedPrepared(tensor(Float.NaN), Tenant.UNNAMED, Deadline.NONE)::get)
                    .cause()
                    .isInstanceOf(InvalidInput.class)
                    .hasMessageStartingWith("tensor: the model makes of it length NaN");
            assertThat(outcomes.ended).containsExactly(Outcome.INVALID);
        }
    }

    /** Occupies the device and both decoding threads' reach: one image runs, the others wait. */
    private static CompletableFuture<EmbeddedImage> occupy(ImageEmbedder embedder, Puppet device)
            throws InterruptedException {
        CompletableFuture<EmbeddedImage> running = embedder.embed(grey(250), Tenant.UNNAMED, Deadline.NONE);
        assertThat(device.awaitBatch()).isEqualTo(1);
        return running;
    }

    @Test
    void takesNoImageThatHasExpiredHoweverLongTheQueueIs() throws Exception {
        Puppet device = new Puppet();
        try (ImageEmbedder embedder = stuck(device, fiveMillis(), oneByOne(Duration.ZERO))) {
            outcomes.ended.clear();
            CompletableFuture<EmbeddedImage> late =
                    embedder.embed(grey(9), Tenant.UNNAMED, Deadline.after(Duration.ZERO, clock.get()));

            assertThat(late.exceptionNow())
                    .isInstanceOf(DeadlineExpired.class)
                    .hasMessage("deadline expired before stage admission");
            assertThat(outcomes.ended).containsExactly(Outcome.EXPIRED);
            device.permits.release(100);
        }
    }

    @Test
    void dropsAnImageThatExpiredBeforeItIsDecoded() throws Exception {
        Puppet device = new Puppet();
        try (ImageEmbedder embedder = stuck(device, fiveMillis(), oneByOne(Duration.ZERO))) {
            // Had it been decoded, the answer would be that it is no image.
            CompletableFuture<EmbeddedImage> late =
                    embedder.embed(noImage(), Tenant.UNNAMED, Deadline.after(Duration.ofMillis(50), clock.get()));
            assertThat(late).isNotDone();
            clock.addAndGet(50_000_000);
            device.permits.release(100);

            assertThatThrownBy(late::get)
                    .cause()
                    .isInstanceOf(DeadlineExpired.class)
                    .hasMessageContaining("decode");
        }
    }

    @Test
    void dropsAnImageThatExpiredInTheQueue() throws Exception {
        Puppet device = new Puppet();
        try (ImageEmbedder embedder = embedder(device, settings(1, 8))) {
            CompletableFuture<EmbeddedImage> running = occupy(embedder, device);
            CompletableFuture<EmbeddedImage> late =
                    embedder.embed(grey(9), Tenant.UNNAMED, Deadline.after(Duration.ofMillis(1), clock.get()));
            awaitQueue(embedder, 1);
            clock.addAndGet(1_000_000);
            device.permits.release(2);

            running.get();
            assertThatThrownBy(late::get)
                    .cause()
                    .isInstanceOf(DeadlineExpired.class)
                    .hasMessageContaining("inference");
        }
        assertThat(device.taken).as("no further batch").isEmpty();
    }

    /** Decoding happens on other threads; waits for its end, which the queue's length shows. */
    private static void awaitQueue(ImageEmbedder embedder, int length) {
        while (embedder.queueLength() < length) {
            Thread.onSpinWait();
        }
    }

    @Test
    void dropsAnImageThatWasCancelledInTheQueue() throws Exception {
        Puppet device = new Puppet();
        try (ImageEmbedder embedder = embedder(device, settings(1, 8))) {
            CompletableFuture<EmbeddedImage> running = occupy(embedder, device);
            CompletableFuture<EmbeddedImage> unwanted = embedder.embed(grey(9), Tenant.UNNAMED, Deadline.NONE);
            awaitQueue(embedder, 1);

            unwanted.cancel(false);

            assertThat(embedder.queueLength()).isZero();
            assertThat(embedder.inFlight()).isEqualTo(1);
            assertThat(outcomes.ended).containsExactly(Outcome.CANCELLED);
            device.permits.release(2);
            running.get();
        }
        assertThat(device.taken).as("no further batch").isEmpty();
    }

    @Test
    void cancellingWhatTheDeviceHasKeepsItsSlotUntilTheDeviceIsDone() throws Exception {
        Puppet device = new Puppet();
        try (ImageEmbedder embedder = embedder(device, settings(1, 8))) {
            CompletableFuture<EmbeddedImage> running = occupy(embedder, device);
            running.cancel(false);
            assertThat(embedder.inFlight()).isEqualTo(1);
            device.permits.release();
        }
        assertThat(outcomes.ended).containsExactly(Outcome.CANCELLED);
    }

    /** One image runs, the queue before the device is full, and what comes now waits to be decoded. */
    private ImageEmbedder stuck(Puppet device, BatchCosts costs, InferenceSettings settings)
            throws InterruptedException {
        ImageEmbedder embedder = new ImageEmbedder(
                TinyModel.card(new byte[0]),
                ExecutionProvider.CPU,
                List.of(device),
                costs,
                settings,
                clock::get,
                outcomes);
        occupy(embedder, device);
        int slots = 3 + settings.decodeThreads();
        for (int i = 1; i < slots; i++) {
            embedder.embed(grey(9), Tenant.UNNAMED, Deadline.NONE);
        }
        awaitQueue(embedder, slots - 1);
        return embedder;
    }

    private static InferenceSettings oneByOne(Duration budget) {
        return settings(1, 256)
                .withSession(SessionSettings.cpu(1, 1, List.of(1)))
                .withLatencyBudget(budget);
    }

    /** A device of five milliseconds an image. */
    private static BatchCosts fiveMillis() {
        BatchCosts costs = new BatchCosts(new BatchSizes(List.of(1)));
        costs.ran(1, 5_000_000);
        return costs;
    }

    @Test
    void whatIsCancelledBeforeItIsDecodedGivesBackItsPlaceAtOnce() throws Exception {
        Puppet device = new Puppet();
        try (ImageEmbedder embedder = stuck(device, fiveMillis(), oneByOne(Duration.ZERO))) {
            int before = embedder.inFlight();
            // Had it been decoded, the outcome would be that it is no image.
            CompletableFuture<EmbeddedImage> unwanted = embedder.embed(noImage(), Tenant.UNNAMED, Deadline.NONE);
            assertThat(embedder.inFlight()).isEqualTo(before + 1);

            unwanted.cancel(false);

            assertThat(embedder.inFlight()).isEqualTo(before);
            assertThat(outcomes.ended).containsExactly(Outcome.CANCELLED);
            device.permits.release(100);
        }
        assertThat(outcomes.ended).doesNotContain(Outcome.INVALID);
    }

    @Test
    void refusesWhoeverHasTooMuchWaitingForTheBudgetAndLetsOthersIn() throws Exception {
        Puppet device = new Puppet();
        Tenant greedy = new Tenant("greedy", false);
        Tenant modest = new Tenant("modest", false);
        try (ImageEmbedder embedder = stuck(device, fiveMillis(), oneByOne(Duration.ofMillis(100)))) {
            int admitted = 0;
            CompletableFuture<EmbeddedImage> answer = embedder.embed(grey(9), greedy, Deadline.NONE);
            while (!answer.isCompletedExceptionally()) {
                admitted++;
                answer = embedder.embed(grey(9), greedy, Deadline.NONE);
            }

            assertThat(admitted)
                    .as("of 19 in 95 ms four are ready, and two are the last one's own run and the one before it")
                    .isBetween(13, 14);
            assertThat(answer.exceptionNow())
                    .isInstanceOfSatisfying(
                            Overloaded.class,
                            refused -> assertThat(refused.retryAfter())
                                    .isBetween(Duration.ofMillis(40), Duration.ofMillis(50)))
                    .hasMessageMatching(
                            "an answer would take 10. ms \\(expected: at most 100 ms, the latency budget\\)");
            assertThat(embedder.embed(grey(9), modest, Deadline.NONE)).isNotDone();
            assertThat(embedder.embed(grey(9), greedy.inBackground(), Deadline.NONE))
                    .as("nobody waits for it")
                    .isNotDone();
            device.permits.release(100);
        }
    }

    @Test
    void refusesAnImageThatHasNotComeYetOfWhomeverWouldBeRefused() throws Exception {
        Puppet device = new Puppet();
        try (ImageEmbedder embedder = stuck(device, fiveMillis(), oneByOne(Duration.ofMillis(100)))) {
            Tenant greedy = new Tenant("greedy", false);
            embedder.requireTime(greedy);
            CompletableFuture<EmbeddedImage> answer = embedder.embed(grey(9), greedy, Deadline.NONE);
            while (!answer.isCompletedExceptionally()) {
                answer = embedder.embed(grey(9), greedy, Deadline.NONE);
            }
            outcomes.ended.clear();

            assertThatExceptionOfType(Overloaded.class)
                    .isThrownBy(() -> embedder.requireTime(greedy))
                    .withMessageContaining("the latency budget");
            assertThat(outcomes.ended).containsExactly(Outcome.OVERLOADED);
            embedder.requireTime(new Tenant("modest", false));
            embedder.requireTime(greedy.inBackground());
            device.permits.release(100);
        }
    }

    @Test
    void refusesWhatCannotBeAnsweredBeforeItsDeadline() throws Exception {
        Puppet device = new Puppet();
        try (ImageEmbedder embedder = stuck(device, fiveMillis(), oneByOne(Duration.ZERO))) {
            assertThat(embedder.embed(grey(9), Tenant.UNNAMED, Deadline.after(Duration.ofMillis(20), clock.get()))
                            .exceptionNow())
                    .isInstanceOf(Overloaded.class)
                    .hasMessageContaining("what is left until the deadline");
            assertThat(embedder.embed(grey(9), Tenant.UNNAMED, Deadline.after(Duration.ofMillis(50), clock.get())))
                    .isNotDone();
            device.permits.release(100);
        }
    }

    @Test
    void doesNotDecodeWhatHasSpentItsBudgetWaiting() throws Exception {
        Puppet device = new Puppet();
        try (ImageEmbedder embedder = stuck(device, fiveMillis(), oneByOne(Duration.ofMillis(100)))) {
            // Had it been decoded, the answer would be that it is no image.
            CompletableFuture<EmbeddedImage> late = embedder.embed(noImage(), Tenant.UNNAMED, Deadline.NONE);
            clock.addAndGet(100_000_000);
            device.permits.release(100);

            assertThatThrownBy(late::get).hasCauseInstanceOf(Overloaded.class);
        }
    }

    @Test
    void anImageThatFindsNobodyWaitingIsTakenHoweverSlowItIs() throws Exception {
        Puppet device = new Puppet();
        device.permits.release(100);
        BatchCosts costs = new BatchCosts(new BatchSizes(List.of(1)));
        costs.ran(1, 5_000_000_000L);
        try (ImageEmbedder embedder = new ImageEmbedder(
                TinyModel.card(new byte[0]),
                ExecutionProvider.CPU,
                List.of(device),
                costs,
                oneByOne(Duration.ofMillis(1)),
                clock::get,
                outcomes)) {
            assertThat(embedder.embed(grey(250), Tenant.UNNAMED, Deadline.NONE)
                            .get()
                            .embedding()
                            .vector()[1])
                    .isEqualTo(1);
        }
    }

    @Test
    void everyImageEndsOnceWhereManyTenantsCallAndCancelUnderOverload() throws Exception {
        int callers = 12;
        int each = 300;
        EncodedImage image = grey(250);
        Puppet device = new Puppet();
        device.permits.release(Integer.MAX_VALUE);
        InferenceSettings settings = settings(1, 64).withLatencyBudget(Duration.ofMillis(5));
        BatchCosts costs = new BatchCosts(new BatchSizes(settings.session().batchSizes()));
        List<CompletableFuture<EmbeddedImage>> all = new ArrayList<>();
        try (ImageEmbedder embedder = new ImageEmbedder(
                        TinyModel.card(new byte[0]),
                        ExecutionProvider.CPU,
                        List.of(device),
                        costs,
                        settings,
                        System::nanoTime,
                        outcomes);
                ExecutorService pool = Executors.newFixedThreadPool(callers)) {
            List<Future<List<CompletableFuture<EmbeddedImage>>>> calling = new ArrayList<>();
            for (int c = 0; c < callers; c++) {
                Tenant tenant = new Tenant("t" + c % 3, c == 0);
                Random random = new Random(c);
                calling.add(pool.submit(() -> {
                    List<CompletableFuture<EmbeddedImage>> own = new ArrayList<>();
                    for (int i = 0; i < each; i++) {
                        own.add(embedder.embed(image, tenant, Deadline.NONE));
                        if (random.nextInt(4) == 0) {
                            own.get(random.nextInt(own.size())).cancel(false);
                        }
                        if (random.nextInt(8) == 0) {
                            own.getLast().handle((_, _) -> true).get();
                        }
                    }
                    return own;
                }));
            }
            for (Future<List<CompletableFuture<EmbeddedImage>>> own : calling) {
                all.addAll(own.get());
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                    .handle((_, _) -> true)
                    .get();
            assertThat(embedder.embed(image, Tenant.UNNAMED, Deadline.NONE)
                            .get()
                            .embedding()
                            .vector()[1])
                    .isEqualTo(1);
        }
        assertThat(outcomes.ended).hasSize(callers * each + 1);
        assertThat(outcomes.ended).containsOnly(Outcome.EMBEDDED, Outcome.OVERLOADED, Outcome.CANCELLED);
        assertThat(all.stream().filter(f -> f.state() == Future.State.FAILED))
                .allSatisfy(f -> assertThat(f.exceptionNow()).isInstanceOf(Overloaded.class));
    }

    @Test
    void refusesImagesBeyondItsBoundAndTakesNewOnesWhenOthersAreDone() throws Exception {
        Puppet device = new Puppet();
        try (ImageEmbedder embedder = embedder(device, settings(1, 8))) {
            CompletableFuture<EmbeddedImage> first = embedder.embed(grey(250), Tenant.UNNAMED, Deadline.NONE);
            for (int i = 0; i < 7; i++) {
                embedder.embed(grey(250), Tenant.UNNAMED, Deadline.NONE);
            }
            assertThatThrownBy(embedder.embed(grey(250), Tenant.UNNAMED, Deadline.NONE)::get)
                    .cause()
                    .isInstanceOfSatisfying(
                            Overloaded.class,
                            e -> assertThat(e.retryAfter()).isPositive().isLessThan(Duration.ofSeconds(10)));
            assertThat(outcomes.ended).containsExactly(Outcome.OVERLOADED);

            // Whoever got an answer finds a place free, even from within the answer's own continuation.
            CompletableFuture<EmbeddedImage> next =
                    first.thenCompose(_ -> embedder.embed(grey(250), Tenant.UNNAMED, Deadline.NONE));
            device.permits.release(100);
            assertThat(next.get().embedding().vector()[1]).isEqualTo(1);
        }
    }

    @Test
    void refusesImagesBeyondItsBoundOnBytes() throws Exception {
        Puppet device = new Puppet();
        InferenceSettings roomy = settings(1, 100);
        int size = grey(250).size();
        InferenceSettings tight = new InferenceSettings(
                new ImageLimits(size, 1000_000, 1000),
                2,
                100,
                3L * size + size / 2,
                roomy.session(),
                Duration.ZERO,
                Duration.ZERO);
        try (ImageEmbedder embedder = embedder(device, tight)) {
            for (int i = 0; i < 3; i++) {
                embedder.embed(grey(250), Tenant.UNNAMED, Deadline.NONE);
            }
            assertThatThrownBy(embedder.embed(grey(250), Tenant.UNNAMED, Deadline.NONE)::get)
                    .hasCauseInstanceOf(Overloaded.class);
            device.permits.release(100);
        }
    }

    @Test
    void admitsExactlyItsBoundHoweverManyKnockAtOnce() throws Exception {
        Puppet device = new Puppet();
        EncodedImage image = grey(250);
        int threads = 8;
        CountDownLatch start = new CountDownLatch(1);
        List<CompletableFuture<EmbeddedImage>> all = new ArrayList<>();
        try (ImageEmbedder embedder = embedder(device, settings(1, 23));
                ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<List<CompletableFuture<EmbeddedImage>>>> knocking = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                knocking.add(pool.submit(() -> {
                    start.await();
                    List<CompletableFuture<EmbeddedImage>> own = new ArrayList<>();
                    for (int i = 0; i < 50; i++) {
                        own.add(embedder.embed(image, Tenant.UNNAMED, Deadline.NONE));
                    }
                    return own;
                }));
            }
            start.countDown();
            for (Future<List<CompletableFuture<EmbeddedImage>>> own : knocking) {
                all.addAll(own.get());
            }
            assertThat(all.stream().filter(CompletableFuture::isCompletedExceptionally))
                    .hasSize(threads * 50 - 23)
                    .allSatisfy(f -> assertThat(f.exceptionNow()).isInstanceOf(Overloaded.class));
            device.permits.release(1000);
        }
        assertThat(all.stream().filter(f -> f.state() == Future.State.SUCCESS)).hasSize(23);
    }

    @Test
    void closingAnswersWhatWasAdmittedAndRefusesTheRest() throws Exception {
        Puppet device = new Puppet();
        ImageEmbedder embedder = embedder(device, settings(1, 50));
        List<CompletableFuture<EmbeddedImage>> admitted = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            admitted.add(embedder.embed(grey(i % 2 == 0 ? 250 : 5), Tenant.UNNAMED, Deadline.NONE));
        }
        device.permits.release(1000);
        embedder.close();

        for (int i = 0; i < 30; i++) {
            assertThat(admitted.get(i)).isDone();
            assertThat(admitted.get(i).resultNow().embedding().vector()[i % 2 == 0 ? 1 : 0])
                    .isEqualTo(1);
        }
        assertThatThrownBy(embedder.embed(grey(1), Tenant.UNNAMED, Deadline.NONE)::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(Unavailable.class);
        assertThat(outcomes.ended).contains(Outcome.CLOSED);
    }
}
