package dev.mekiki.benchmarks.micro;

import dev.mekiki.benchmarks.Payloads;
import dev.mekiki.inference.decode.DecodedImage;
import dev.mekiki.inference.decode.ImageDecoder;
import dev.mekiki.inference.decode.ImageLimits;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.preprocess.Preprocessor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** From the pixels that a photograph is decoded to, to the input of a model of 192 by 192 pixels. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@SuppressWarnings("NullAway.Init") // Set up by JMH.
public class PreprocessBenchmark {

    private static final long SEED = 2026;
    private static final int SIDE = 192;

    /** Of the photograph, before it is decoded at reduced scale. */
    @Param({"0.15", "12"})
    public double megapixels;

    /** What the model takes. */
    @Param({"FLOAT32", "UINT8"})
    public ModelCard.ElementType type;

    /** How many times the model's input a photograph's shorter side keeps when it is decoded. */
    @Param({"1", "2"})
    public int oversampling;

    private Preprocessor preprocessor;
    private ByteBuffer slot;
    private DecodedImage decoded;

    @Setup
    public void decode() {
        ModelCard.Input input = new ModelCard.Input(
                "image",
                type,
                SIDE,
                SIDE,
                oversampling,
                ModelCard.ChannelOrder.RGB,
                List.of(0.0, 0.0, 0.0),
                List.of(1.0, 1.0, 1.0));
        preprocessor = Preprocessor.of(input);
        slot = ByteBuffer.allocateDirect(preprocessor.bytes()).order(ByteOrder.nativeOrder());
        decoded = new ImageDecoder(ImageLimits.DEFAULT, input.leastDecodedSide())
                .decode(Payloads.photographs(megapixels, SEED).getFirst());
    }

    @TearDown
    public void close() {
        decoded.close();
    }

    @Benchmark
    public byte preprocess() {
        preprocessor.write(decoded.bgr(), decoded.extent(), slot);
        return slot.get(0);
    }
}
