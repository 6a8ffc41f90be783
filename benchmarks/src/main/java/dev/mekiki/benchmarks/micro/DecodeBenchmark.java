package dev.mekiki.benchmarks.micro;

import dev.mekiki.benchmarks.Payloads;
import dev.mekiki.inference.decode.DecodedImage;
import dev.mekiki.inference.decode.ImageDecoder;
import dev.mekiki.inference.decode.ImageLimits;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** From a JPEG photograph's bytes to pixels at reduced scale, for a model of 192 by 192 pixels. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // Set up by JMH.
public class DecodeBenchmark {

    private static final long SEED = 2026;

    @Param({"0.15", "12"})
    public double megapixels;

    private final ImageDecoder decoder = new ImageDecoder(ImageLimits.DEFAULT, 192);
    private List<byte[]> images;
    private int next;

    @Setup
    public void draw() {
        images = Payloads.photographs(megapixels, SEED);
    }

    @Benchmark
    public int decode() {
        next = (next + 1) % images.size();
        try (DecodedImage decoded = decoder.decode(images.get(next))) {
            return decoded.bgr().rows();
        }
    }
}
