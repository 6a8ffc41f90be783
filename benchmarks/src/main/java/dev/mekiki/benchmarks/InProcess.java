package dev.mekiki.benchmarks;

import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.decode.DecodedImage;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

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
     * @param threads each with a session of one thread
     * @param batch images per run of the model
     */
    record Setting(int threads, int batch) {

        /** What is tried: every processor and half of them, batches of 1, 2 and 4. */
        static List<Setting> candidates(int processors) {
            return Stream.of(processors, Math.max(1, processors / 2))
                    .distinct()
                    .flatMap(threads -> Stream.of(1, 2, 4).map(batch -> new Setting(threads, batch)))
                    .toList();
        }

        @Override
        public String toString() {
            return threads + (threads == 1 ? " thread" : " threads") + ", batches of " + batch;
        }
    }

    InProcess(Path onnx, Setting setting, List<byte[]> images) {
        this.setting = setting;
        this.images = images;
        ModelCard card = ModelCard.read(ImageEmbedder.cardOf(onnx));
        sessions = OnnxModel.load(
                        onnx,
                        card,
                        new SessionSettings(
                                List.of(ExecutionProvider.CPU),
                                false,
                                0,
                                setting.threads(),
                                1,
                                List.of(setting.batch())))
                .sessions();
        // As the service's embedder does it.
        decoder = new ImageDecoder(
                ImageLimits.DEFAULT,
                2 * Math.max(card.input().height(), card.input().width()));
        preprocessor = Preprocessor.of(card.input());
        threads = Executors.newFixedThreadPool(setting.threads());
    }

    Setting setting() {
        return setting;
    }

    /** Works for about the given time; counts whole batches and the time that they took. */
    Load run(Duration time) {
        long start = System.nanoTime();
        long end = start + time.toNanos();
        Duration cpuBefore = cpuTime();
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
        return new Load(done, elapsed, cpuTime().minus(cpuBefore), new Histogram(3));
    }

    private long work(OnnxSession session, long end) throws Exception {
        List<FloatBuffer> batch = new ArrayList<>();
        for (int i = 0; i < setting.batch(); i++) {
            batch.add(ByteBuffer.allocateDirect(preprocessor.floats() * Float.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer());
        }
        long done = 0;
        while (System.nanoTime() - end < 0) {
            for (FloatBuffer slot : batch) {
                byte[] image = images.get(Math.floorMod(next.getAndIncrement(), images.size()));
                try (DecodedImage decoded = decoder.decode(image)) {
                    preprocessor.write(decoded.bgr(), decoded.extent(), slot, 0);
                }
            }
            done += session.run(batch).size();
        }
        return done;
    }

    private static Duration cpuTime() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .orElseThrow(() -> new IllegalStateException("this system does not tell the CPU time of a process"));
    }

    @Override
    public void close() {
        threads.close();
        sessions.forEach(OnnxSession::close);
    }
}
