package dev.mekiki.benchmarks;

import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.decode.DecodedImage;
import dev.mekiki.inference.decode.ImageDecoder;
import dev.mekiki.inference.decode.ImageLimits;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.preprocess.Preprocessor;
import dev.mekiki.inference.session.OnnxModel;
import dev.mekiki.inference.session.OnnxSession;
import dev.mekiki.inference.session.SessionSettings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The work of the service without the service: threads that share nothing, each with its own ONNX Runtime session,
 * decode, preprocess and run the model in batches of a fixed size. No queue, no hand-over between threads, no gRPC, so
 * nothing that serves single images can be faster.
 */
final class InProcess implements AutoCloseable {

    private final Setting setting;
    private final List<byte[]> images;
    private final List<OnnxSession> sessions;
    private final ImageDecoder decoder;
    private final Preprocessor preprocessor;
    private final ExecutorService threads;
    private final AtomicInteger next = new AtomicInteger();

    /**
     * @param threads each with a session
     * @param batch images per run of the model
     * @param intraOpThreads threads within one run of the model
     */
    record Setting(int threads, int batch, int intraOpThreads) {

        /** What is tried: a thread for every processor, for half of them, and one with all of them within a run. */
        static List<Setting> candidates(int processors) {
            return Stream.concat(
                            Stream.of(1, 2, 4, 8).map(batch -> new Setting(processors, batch, 1)),
                            Stream.of(1, 4)
                                    .flatMap(batch -> Stream.of(
                                            new Setting(Math.max(1, processors / 2), batch, 1),
                                            new Setting(1, batch, processors))))
                    .distinct()
                    .toList();
        }

        @Override
        public String toString() {
            return threads + (threads == 1 ? " thread" : " threads") + ", batches of " + batch
                    + (intraOpThreads > 1 ? ", " + intraOpThreads + " threads within a run" : "");
        }
    }

    /**
     * What was done.
     *
     * @param images through the model
     * @param elapsed time that they took
     * @param cpu time of this process meanwhile
     */
    record Work(long images, Duration elapsed, Duration cpu) {

        double imagesPerSecond() {
            return images / (elapsed.toNanos() / 1e9);
        }

        double cpuMillisPerImage() {
            return cpu.toNanos() / 1e6 / images;
        }

        Work plus(Work other) {
            return new Work(images + other.images, elapsed.plus(other.elapsed), cpu.plus(other.cpu));
        }
    }

    InProcess(Path onnx, Setting setting, List<byte[]> images) {
        this.setting = setting;
        this.images = images;
        ModelCard card = ModelCard.read(ImageEmbedder.cardOf(onnx));
        sessions = OnnxModel.load(
                        onnx,
                        card,
                        SessionSettings.cpu(setting.threads(), setting.intraOpThreads(), List.of(setting.batch())))
                .sessions();
        // As the service's embedder does it.
        decoder = new ImageDecoder(ImageLimits.DEFAULT, card.input().leastDecodedSide());
        preprocessor = Preprocessor.of(card.input());
        threads = Executors.newFixedThreadPool(setting.threads());
    }

    Setting setting() {
        return setting;
    }

    /** Works for about the given time; counts whole batches and the time that they took. */
    Work run(Duration time) {
        long start = System.nanoTime();
        long end = start + time.toNanos();
        Duration cpuBefore = OwnProcess.cpuTime();
        List<Future<Long>> counts = new ArrayList<>();
        for (OnnxSession session : sessions) {
            counts.add(threads.submit(() -> work(session, end)));
        }
        long done = 0;
        try {
            for (Future<Long> count : counts) {
                done += count.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("the limit cannot be measured: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
        return new Work(done, elapsed, OwnProcess.cpuTime().minus(cpuBefore));
    }

    private long work(OnnxSession session, long end) throws Exception {
        List<ByteBuffer> batch = new ArrayList<>();
        for (int i = 0; i < setting.batch(); i++) {
            batch.add(ByteBuffer.allocateDirect(preprocessor.bytes()).order(ByteOrder.nativeOrder()));
        }
        long done = 0;
        while (System.nanoTime() - end < 0) {
            for (ByteBuffer slot : batch) {
                byte[] image = images.get(Math.floorMod(next.getAndIncrement(), images.size()));
                try (DecodedImage decoded = decoder.decode(image)) {
                    preprocessor.write(decoded.bgr(), decoded.extent(), slot);
                }
            }
            done += session.run(batch).size();
        }
        return done;
    }

    @Override
    public void close() {
        threads.close();
        sessions.forEach(OnnxSession::close);
    }
}
