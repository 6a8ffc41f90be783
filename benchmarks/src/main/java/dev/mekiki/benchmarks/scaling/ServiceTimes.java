package dev.mekiki.benchmarks.scaling;

import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.decode.DecodedImage;
import dev.mekiki.inference.decode.ImageDecoder;
import dev.mekiki.inference.decode.ImageLimits;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.preprocess.Preprocessor;
import dev.mekiki.inference.session.OnnxModel;
import dev.mekiki.inference.session.OnnxSession;
import dev.mekiki.inference.session.SessionSettings;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** How long processors work on single images, as it was measured. */
final class ServiceTimes {

    private final double[] seconds;
    private final double mean;

    /** @param seconds of single images, at least one, more than 0 */
    ServiceTimes(double[] seconds) {
        if (seconds.length == 0 || Arrays.stream(seconds).anyMatch(s -> !(s > 0))) {
            throw new IllegalArgumentException("times: " + seconds.length + " (expected: some, all more than 0)");
        }
        this.seconds = seconds.clone();
        Arrays.sort(this.seconds);
        this.mean = Arrays.stream(seconds).average().orElseThrow();
    }

    /**
     * Decodes, preprocesses and embeds images one by one on this thread, and keeps the processor time of each, so that
     * what else this machine does hardly shows.
     *
     * @param warmUp images before those that are measured
     * @param count of those
     * @param factor by which what is measured is more in the service
     * @throws Exception if the model cannot be run
     */
    static ServiceTimes measure(Path onnx, List<byte[]> images, int warmUp, int count, double factor) throws Exception {
        ModelCard card = ModelCard.read(ImageEmbedder.cardOf(onnx));
        ImageDecoder decoder =
                new ImageDecoder(ImageLimits.DEFAULT, card.input().leastDecodedSide());
        Preprocessor preprocessor = Preprocessor.of(card.input());
        ByteBuffer slot = ByteBuffer.allocateDirect(preprocessor.bytes()).order(ByteOrder.nativeOrder());
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        double[] seconds = new double[count];
        try (OnnxSession session = OnnxModel.load(onnx, card, SessionSettings.cpu(1, 1, List.of(1)))
                .sessions()
                .getFirst()) {
            for (int i = 0; i < warmUp + count; i++) {
                long before = threads.getCurrentThreadCpuTime();
                try (DecodedImage decoded = decoder.decode(images.get(i % images.size()))) {
                    preprocessor.write(decoded.bgr(), decoded.extent(), slot);
                }
                session.run(List.of(slot));
                if (i >= warmUp) {
                    seconds[i - warmUp] = (threads.getCurrentThreadCpuTime() - before) / 1e9 * factor;
                }
            }
        }
        return new ServiceTimes(seconds);
    }

    double meanSeconds() {
        return mean;
    }

    /** The time that {@code share} of the images take at most. */
    double quantile(double share) {
        return seconds[(int) Math.min(seconds.length - 1, Math.floor(share * seconds.length))];
    }

    int count() {
        return seconds.length;
    }

    /** Of an image like those that were measured. */
    double draw(RandomGenerator random) {
        return seconds[random.nextInt(seconds.length)];
    }
}
