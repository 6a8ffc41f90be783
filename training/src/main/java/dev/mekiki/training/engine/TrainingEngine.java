package dev.mekiki.training.engine;

import dev.mekiki.training.network.Layer;
import dev.mekiki.training.network.LcNet;
import dev.mekiki.training.network.ParameterLayout;
import dev.mekiki.training.network.TrainedNetwork;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntToDoubleFunction;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Trains one embedder: holds the weights, cuts each batch into equal parts that replicas work on side by side, and moves
 * the weights by AdamW.
 *
 * <p>Deterministic: the same start, batches and number of parts give the same bits. Confined to one thread, apart from
 * the threads it starts itself. Close it to end them.
 */
public final class TrainingEngine implements AutoCloseable {

    /** Where the images of a batch come from; called on the engine's threads, one call per part at a time. */
    @FunctionalInterface
    public interface BatchSource {
        /**
         * Fills one part of a batch.
         *
         * @param step optimiser steps done before this batch
         * @param part 0-based
         * @param images {@code [labels.length, 3, 128, 128]} to be filled from position 0; direct
         * @param labels class of each image, to be filled
         */
        void fill(long step, int part, FloatBuffer images, int[] labels);
    }

    /** Values that are worked on together; a handful of arrays of this many floats fit in a core's cache. */
    private static final long STRETCH = 32_768;

    private final ParameterLayout layout;
    private final int classes;
    private final int partSize;
    private final OptimiserSettings optimiser;
    private final List<Replica> replicas = new ArrayList<>();
    private final List<FloatBuffer> images = new ArrayList<>();
    private final List<int[]> labels = new ArrayList<>();
    private final ExecutorService threads;
    private final Tensor weights;
    private final Tensor firstMoment;
    private final Tensor secondMoment;
    private final Tensor average;
    private final Tensor averageStatistics;
    private long step;
    private double gradientLength;

    /**
     * Builds a network with random weights.
     *
     * @param classes how many classes the head tells apart, at least 2
     * @param parts how many replicas, about one per core
     * @param partSize images of a part, even
     * @param classWeightDeviation standard deviation of the class weights at the start
     */
    public TrainingEngine(
            int classes, int parts, int partSize, double classWeightDeviation, OptimiserSettings optimiser, long seed) {
        if (classes < 2) {
            throw new IllegalArgumentException("classes: " + classes + " (expected: at least 2)");
        }
        if (parts < 1) {
            throw new IllegalArgumentException("parts: " + parts + " (expected: at least 1)");
        }
        if (partSize < 2 || partSize % 2 != 0) {
            throw new IllegalArgumentException("partSize: " + partSize + " (expected: an even number, at least 2)");
        }
        List<Layer> layers = LcNet.layers();
        this.layout = new ParameterLayout(layers);
        this.classes = classes;
        this.partSize = partSize;
        this.optimiser = optimiser;
        long length = layout.parameterCount() + (long) classes * LcNet.DIMENSION;
        torch.set_num_threads(1);
        // Matrix products called from several threads at once wait for one shared pool, whose threads spin; measured,
        // it takes a third of the speed.
        openblas_nolapack.blas_set_num_threads(1);
        weights = torch.zeros(length);
        firstMoment = torch.zeros(length);
        secondMoment = torch.zeros(length);
        average = torch.zeros((long) layout.parameterCount());
        averageStatistics = torch.zeros((long) layout.statisticCount());
        for (int i = 0; i < parts; i++) {
            replicas.add(new Replica(layers, layout, weights, classes, 0.1));
            images.add(ByteBuffer.allocateDirect(partSize * 3 * LcNet.INPUT_SIZE * LcNet.INPUT_SIZE * Float.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer());
            labels.add(new int[partSize]);
        }
        threads = Executors.newFixedThreadPool(
                parts,
                work -> Thread.ofPlatform().daemon().name("training-part").unstarted(() -> {
                    // One thread an operator: the parts are the parallelism.
                    torch.set_num_threads(1);
                    work.run();
                }));
        float[] start = startingWeights(classWeightDeviation, seed);
        write(weights, start);
        float[] statistics = new float[layout.statisticCount()];
        for (ParameterLayout.Slot slot : layout.statistics()) {
            if (slot.start() == ParameterLayout.Start.ONES) {
                java.util.Arrays.fill(statistics, slot.offset(), slot.offset() + slot.count(), 1f);
            }
        }
        for (Replica replica : replicas) {
            write(replica.statistics, statistics);
        }
        write(averageStatistics, statistics);
        write(average, java.util.Arrays.copyOf(start, layout.parameterCount()));
    }

    private float[] startingWeights(double classWeightDeviation, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[layout.parameterCount() + classes * LcNet.DIMENSION];
        for (ParameterLayout.Slot slot : layout.parameters()) {
            List<Integer> shape = slot.shape();
            int perOutput = slot.count() / shape.get(0);
            // A depthwise kernel feeds one channel, so its fan-out is its own area.
            int fanOut = shape.size() == 4
                    ? (shape.get(1) == 1 ? perOutput : shape.get(0) * shape.get(2) * shape.get(3))
                    : shape.get(0);
            for (int i = 0; i < slot.count(); i++) {
                values[slot.offset() + i] = (float)
                        switch (slot.start()) {
                            case HE_FAN_OUT -> random.nextGaussian() * Math.sqrt(2.0 / fanOut);
                            case UNIFORM_FAN_IN -> (2 * random.nextDouble() - 1) / Math.sqrt(perOutput);
                            case ONES -> 1;
                            case ZEROS -> 0;
                        };
            }
        }
        for (int i = layout.parameterCount(); i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * classWeightDeviation);
        }
        return values;
    }

    /** Parameters and statistics by name. */
    public ParameterLayout layout() {
        return layout;
    }

    /** Optimiser steps done. */
    public long stepsDone() {
        return step;
    }

    /** Length of the last step's gradient before it was limited. */
    public double gradientLength() {
        return gradientLength;
    }

    /**
     * One optimiser step on {@code parts × partSize} images.
     *
     * @throws TrainingDivergedException if the loss or the gradient is not finite; the weights are as before the step
     */
    public LossParts step(BatchSource source, LossSettings loss, double learningRate) {
        List<Future<LossParts>> running = new ArrayList<>();
        double share = 1.0 / replicas.size();
        for (int part = 0; part < replicas.size(); part++) {
            int index = part;
            running.add(threads.submit(() -> {
                source.fill(step, index, images.get(index), labels.get(index));
                return replicas.get(index).learn(images.get(index), labels.get(index), loss, share);
            }));
        }
        List<LossParts> parts = new ArrayList<>();
        for (Future<LossParts> f : running) {
            parts.add(result(f));
        }
        LossParts seen = LossParts.mean(parts);
        if (!Double.isFinite(seen.classification()) || !Double.isFinite(seen.contrast())) {
            throw new TrainingDivergedException("step " + step + ": loss " + seen
                    + " (expected: finite). Lower the learning rate (now " + learningRate
                    + "), lengthen the warm-up, or lower the scale (now " + loss.scale() + ").");
        }
        move(learningRate);
        step++;
        return seen;
    }

    private static <T> T result(Future<T> future) {
        try {
            return future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a batch was computed", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("a part of the batch failed", e.getCause());
        }
    }

    /** AdamW over stretches that stay in the cache, each thread its share of them. */
    private void move(double learningRate) {
        double squares = 0;
        for (double part : onAllThreads(this::gatherGradient)) {
            squares += part;
        }
        gradientLength = Math.sqrt(squares);
        if (!Double.isFinite(gradientLength)) {
            throw new TrainingDivergedException("step " + step + ": gradient of length " + gradientLength
                    + " (expected: finite). Lower the learning rate (now " + learningRate + ").");
        }
        double shrink = Math.min(1, optimiser.gradientLimit() / Math.max(gradientLength, 1e-12));
        onAllThreads(thread -> {
            moveStretches(thread, learningRate, shrink);
            return 0.0;
        });
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            double keep = Math.min(optimiser.averageDecay(), (2.0 + step) / (11.0 + step));
            average.lerp_(weights.narrow(0, 0, layout.parameterCount()), scalar(1 - keep));
            for (Replica replica : replicas) {
                averageStatistics.lerp_(replica.statistics, scalar((1 - keep) / replicas.size()));
            }
        }
    }

    private List<Double> onAllThreads(IntToDoubleFunction work) {
        List<Future<Double>> running = new ArrayList<>();
        for (int i = 0; i < replicas.size(); i++) {
            int thread = i;
            running.add(threads.submit(() -> work.applyAsDouble(thread)));
        }
        return running.stream().map(TrainingEngine::result).toList();
    }

    /** Adds all replicas' gradients into the first one's; gives the sum of squares of this thread's share. */
    private double gatherGradient(int thread) {
        double squares = 0;
        try (NoGradGuard guard = new NoGradGuard()) {
            for (long from = thread * STRETCH; from < weights.numel(); from += replicas.size() * STRETCH) {
                try (PointerScope scope = new PointerScope()) {
                    long count = Math.min(STRETCH, weights.numel() - from);
                    Tensor gradient = replicas.get(0).gradient.narrow(0, from, count);
                    for (int i = 1; i < replicas.size(); i++) {
                        gradient.add_(replicas.get(i).gradient.narrow(0, from, count));
                    }
                    double length = gradient.norm().item_float();
                    squares += length * length;
                }
            }
        }
        return squares;
    }

    private void moveStretches(int thread, double learningRate, double shrink) {
        long t = step + 1;
        double b1 = optimiser.firstDecay();
        double b2 = optimiser.secondDecay();
        double rootFactor = 1 / Math.sqrt(1 - Math.pow(b2, t));
        double rate = -learningRate / (1 - Math.pow(b1, t));
        try (NoGradGuard guard = new NoGradGuard()) {
            for (long from = thread * STRETCH; from < weights.numel(); from += replicas.size() * STRETCH) {
                try (PointerScope scope = new PointerScope()) {
                    long count = Math.min(STRETCH, weights.numel() - from);
                    Tensor gradient = replicas.get(0).gradient.narrow(0, from, count);
                    Tensor first = firstMoment.narrow(0, from, count);
                    Tensor second = secondMoment.narrow(0, from, count);
                    Tensor values = weights.narrow(0, from, count);
                    first.mul_(scalar(b1)).add_(gradient, scalar((1 - b1) * shrink));
                    second.mul_(scalar(b2)).addcmul_(gradient, gradient, scalar((1 - b2) * shrink * shrink));
                    Tensor root = second.sqrt().mul_(scalar(rootFactor)).add_(scalar(optimiser.epsilon()));
                    long decayed = Math.min(count, layout.decayedCount() - from);
                    if (decayed > 0) {
                        values.narrow(0, 0, decayed).mul_(scalar(1 - learningRate * optimiser.weightDecay()));
                    }
                    values.addcdiv_(first, root, scalar(rate));
                }
            }
        }
    }

    private static Scalar scalar(double value) {
        return new Scalar((float) value);
    }

    /** The averaged network, ready for export. */
    public TrainedNetwork averaged() {
        return new TrainedNetwork(LcNet.layers(), layout, read(average), read(averageStatistics));
    }

    /**
     * Computes embeddings with a trained network, as the engine sees it: the reference for an exported model.
     *
     * @param images {@code [n, 3, 128, 128]}, direct
     * @return {@code [n × 256]}, rows of unit length
     */
    public static float[] embed(TrainedNetwork network, FloatBuffer images, int n) {
        try (PointerScope scope = new PointerScope()) {
            ParameterLayout layout = network.layout();
            // A head of one class, which embedding does not use.
            Tensor weights = torch.zeros((long) layout.parameterCount() + LcNet.DIMENSION);
            write(weights.narrow(0, 0, layout.parameterCount()), network.parameters());
            Replica replica = new Replica(network.layers(), layout, weights, 1, 0.1);
            write(replica.statistics, network.statistics());
            float[] into = new float[n * LcNet.DIMENSION];
            replica.embed(images, n, into);
            return into;
        }
    }

    /** Takes a copy of everything that {@link #restore} needs. */
    public EngineState state() {
        return new EngineState(
                step,
                read(weights),
                read(firstMoment),
                read(secondMoment),
                read(average),
                read(averageStatistics),
                replicas.stream().map(r -> read(r.statistics)).toList());
    }

    /**
     * Puts the engine where {@code state} was taken.
     *
     * @throws IllegalArgumentException if the state is of another network, class count or number of parts
     */
    public void restore(EngineState state) {
        if (state.weights().length != weights.numel() || state.statistics().size() != replicas.size()) {
            throw new IllegalArgumentException("state: " + state.weights().length + " weights in "
                    + state.statistics().size() + " parts (expected: " + weights.numel() + " in " + replicas.size()
                    + "; the checkpoint belongs to another recipe or corpus)");
        }
        step = state.step();
        write(weights, state.weights());
        write(firstMoment, state.firstMoment());
        write(secondMoment, state.secondMoment());
        write(average, state.average());
        write(averageStatistics, state.averageStatistics());
        for (int i = 0; i < replicas.size(); i++) {
            write(replicas.get(i).statistics, state.statistics().get(i));
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }

    static float[] read(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.numel())];
        try (FloatPointer data = tensor.data_ptr_float()) {
            data.get(values);
        }
        return values;
    }

    static void write(Tensor tensor, float[] values) {
        if (values.length != tensor.numel()) {
            throw new IllegalArgumentException(
                    "state: array of " + values.length + " (expected: " + tensor.numel() + ")");
        }
        try (FloatPointer data = tensor.data_ptr_float()) {
            data.put(values);
        }
    }
}
