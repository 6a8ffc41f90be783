package dev.mekiki.training.engine;

import dev.mekiki.training.network.ParameterLayout;
import dev.mekiki.training.network.Quadrilateral;
import dev.mekiki.training.network.StartingWeights;
import dev.mekiki.training.network.TrainedNetwork;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.openblas.presets.openblas_nolapack;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.DeviceOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

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
         */
        void fill(long step, int part, BatchPart into);
    }

    /** Values that are worked on together; a handful of arrays of this many floats fit in a core's cache. */
    private static final long STRETCH = 32_768;

    private final EngineSettings settings;
    private final ParameterLayout layout;
    private final List<Replica> replicas = new ArrayList<>();
    private final List<BatchPart> batch = new ArrayList<>();
    private final ExecutorService threads;

    /** Flat parameters, the projection to a teacher if there is one, the weights of the classes that a step takes. */
    private final Tensor weights;

    private final Tensor firstMoment;
    private final Tensor secondMoment;
    private final long classesAt;

    /** Where the classes wait that a step does not take; null if a step takes all. */
    private final @Nullable ClassStore store;

    private final @Nullable ClassCentres centres;

    /** What a step moves that teaches the localiser, and what the others move. */
    private final List<Stretch> locating;

    private final List<Stretch> embedding;
    private final Tensor average;
    private final Tensor averageStatistics;
    private long step;
    private double gradientLength;

    /**
     * Builds a network with random weights.
     *
     * @throws TrainingMemoryException if it does not fit
     * @throws IllegalStateException if the device is not there
     */
    public TrainingEngine(EngineSettings settings) {
        this(settings, settings.classesOfAStep() < settings.classes());
    }

    /** As above; {@code stores} says whether classes wait elsewhere, which changes no result when a step takes all. */
    TrainingEngine(EngineSettings settings, boolean stores) {
        this.settings = settings;
        this.layout = new ParameterLayout(settings.network().layers());
        this.classesAt = layout.parameterCount()
                + (long) settings.teacherDimension() * settings.network().dimension();
        torch.set_num_threads(1);
        // Matrix products called from several threads at once wait for one shared pool, whose threads spin; measured,
        // it takes a third of the speed.
        openblas_nolapack.blas_set_num_threads(1);
        try {
            TensorOptions options = options(settings.hardware().device());
            int stepClasses = settings.classesOfAStep();
            long dimension = settings.network().dimension();
            long[] length = {classesAt + stepClasses * dimension};
            weights = torch.zeros(length, options);
            firstMoment = torch.zeros(length, options);
            secondMoment = torch.zeros(length, options);
            store = stores ? new ClassStore(settings.classes(), dimension, options) : null;
            centres = settings.centres() ? new ClassCentres(settings.classes(), (int) dimension, options) : null;
            average = torch.zeros(new long[] {layout.parameterCount()}, options);
            averageStatistics = torch.zeros(new long[] {layout.statisticCount()}, options);
            for (int i = 0; i < settings.parts(); i++) {
                replicas.add(new Replica(
                        settings.network(),
                        layout,
                        weights,
                        settings.teacherDimension(),
                        settings.hardware().precision()));
                batch.add(new BatchPart(
                        direct(settings.partSize() * settings.network().inputFloats()),
                        new int[settings.partSize()],
                        direct(settings.partSize() * settings.teacherDimension()),
                        direct(settings.partSize() * cornerNumbers())));
            }
            locating = stretches(true);
            embedding = stretches(false);
            start();
        } catch (RuntimeException | OutOfMemoryError e) {
            throw explained(e);
        }
        threads = Executors.newFixedThreadPool(
                settings.parts(),
                work -> Thread.ofPlatform().daemon().name("training-part").unstarted(() -> {
                    // One thread an operator: the parts are the parallelism.
                    torch.set_num_threads(1);
                    work.run();
                }));
    }

    private int cornerNumbers() {
        return settings.network().localises() ? Quadrilateral.NUMBERS : 0;
    }

    /** A piece of the flat weights that stays in the cache while it is worked on. */
    private record Stretch(long from, long count) {}

    /** The localiser's weights in pieces, or all others, those of the classes among them. */
    private List<Stretch> stretches(boolean ofLocaliser) {
        List<Stretch> stretches = new ArrayList<>();
        long from = 0;
        long to = 0;
        for (ParameterLayout.Slot slot : layout.parameters()) {
            if (ParameterLayout.locates(slot) == ofLocaliser) {
                if (slot.offset() != to) {
                    addStretches(stretches, from, to);
                    from = slot.offset();
                }
                to = (long) slot.offset() + slot.count();
            }
        }
        if (ofLocaliser) {
            addStretches(stretches, from, to);
        } else if (to == layout.parameterCount()) {
            addStretches(stretches, from, weights.numel());
        } else {
            addStretches(stretches, from, to);
            addStretches(stretches, layout.parameterCount(), weights.numel());
        }
        return List.copyOf(stretches);
    }

    private static void addStretches(List<Stretch> stretches, long from, long to) {
        for (long at = from; at < to; at += STRETCH) {
            stretches.add(new Stretch(at, Math.min(STRETCH, to - at)));
        }
    }

    private static TensorOptions options(Hardware.Device device) {
        return switch (device) {
            case CPU -> new TensorOptions(torch.ScalarType.Float);
            case CUDA -> {
                if (!torch.cuda_is_available()) {
                    throw new IllegalStateException("hardware.device: CUDA (expected: a GPU that libtorch sees; build"
                            + " with -Dpytorch.platform=linux-x86_64-gpu and install CUDA and cuDNN, or say CPU)");
                }
                yield new TensorOptions(torch.ScalarType.Float)
                        .device(new DeviceOptional(new Device(torch.DeviceType.CUDA)));
            }
        };
    }

    private static FloatBuffer direct(int floats) {
        return ByteBuffer.allocateDirect(Math.multiplyExact(floats, Float.BYTES))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }

    private void start() {
        float[] start = startingWeights(settings.classDeviation(), settings.seed());
        writeWithStore(0, start);
        float[] statistics = new float[layout.statisticCount()];
        for (ParameterLayout.Slot slot : layout.statistics()) {
            if (slot.start() == ParameterLayout.Start.ONES) {
                Arrays.fill(statistics, slot.offset(), slot.offset() + slot.count(), 1f);
            }
        }
        for (Replica replica : replicas) {
            write(replica.statistics, statistics);
        }
        write(averageStatistics, statistics);
        write(average, Arrays.copyOf(start, layout.parameterCount()));
    }

    /** Takes over what a trained network knows. Before the first step, and before {@link #restore}. */
    public void startFrom(StartingWeights start) {
        float[] values = read(average);
        start.parameters().forEach((name, from) -> copy(from, layout.slot(name), values));
        float[] statistics = read(averageStatistics);
        start.statistics().forEach((name, from) -> copy(from, layout.slot(name), statistics));
        write(weights.narrow(0, 0, layout.parameterCount()), values);
        write(average, values);
        write(averageStatistics, statistics);
        for (Replica replica : replicas) {
            write(replica.statistics, statistics);
            replica.settle(start.settledNorms());
        }
    }

    private static void copy(float[] from, ParameterLayout.Slot slot, float[] into) {
        if (from.length != slot.count()) {
            throw new IllegalArgumentException(
                    slot.name() + ": " + from.length + " values (expected: " + slot.count() + ")");
        }
        System.arraycopy(from, 0, into, slot.offset(), from.length);
    }

    /** Gives the images that classes are made of. */
    @FunctionalInterface
    public interface ClassImages {
        /** Writes the flat image of a class from {@code offset} on. */
        void write(int label, FloatBuffer images, int offset);
    }

    /** Makes the weights of each class the embedding of its image, of the length that random weights have. */
    public void startClasses(ClassImages images) {
        settleLocaliser();
        int dimension = settings.network().dimension();
        float length = (float) (settings.classDeviation() * Math.sqrt(dimension));
        float[] all = readWithStore(0);
        FloatBuffer input = batch.getFirst().images();
        int at = Math.toIntExact(classesAt);
        for (int from = 0; from < settings.classes(); from += settings.partSize()) {
            int count = Math.min(settings.partSize(), settings.classes() - from);
            for (int i = 0; i < count; i++) {
                images.write(from + i, input, i * settings.network().inputFloats());
            }
            float[] units = new float[count * dimension];
            replicas.getFirst().embed(input, count, units);
            for (float value : units) {
                all[at++] = length * value;
            }
        }
        writeWithStore(0, all);
    }

    /** What a shortage of memory needs to be understood; other failures as they are. */
    private RuntimeException explained(Throwable failure) {
        if (TrainingMemoryException.isShortage(failure)) {
            long rows = settings.classesOfAStep();
            return new TrainingMemoryException(
                    String.format(
                            Locale.ROOT,
                            "out of memory on %s: %,d classes of dimension %d, %,d of them a step, in %d parts of %d"
                                    + " images of %d×%d; class weights and their moments take about %,d MB, gradients %,d MB,"
                                    + " logits %,d MB. Lower schedule.partSize, head.classShare (now %s), schedule.parts or"
                                    + " network.inputSize, or take a narrower backbone.",
                            settings.hardware().device(),
                            settings.classes(),
                            settings.network().dimension(),
                            rows,
                            settings.parts(),
                            settings.partSize(),
                            settings.network().inputSize(),
                            settings.network().inputSize(),
                            (3L * settings.classes() * settings.network().dimension()) >> 18,
                            (settings.parts() * rows * settings.network().dimension()) >> 18,
                            (6L * settings.parts() * settings.partSize() * rows) >> 18,
                            settings.classShare()),
                    failure);
        }
        if (failure instanceof RuntimeException e) {
            return e;
        }
        return new IllegalStateException("the training engine failed", failure);
    }

    private float[] startingWeights(double classDeviation, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int classesFrom = Math.toIntExact(classesAt);
        float[] values =
                new float[classesFrom + settings.classes() * settings.network().dimension()];
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
                            case QUARTERS -> 0.25;
                        };
            }
        }
        for (int i = classesFrom; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * classDeviation);
        }
        for (int i = layout.parameterCount(); i < classesFrom; i++) {
            values[i] = (float) ((2 * random.nextDouble() - 1)
                    / Math.sqrt(settings.network().dimension()));
        }
        return values;
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
     * @throws TrainingMemoryException if it does not fit
     */
    public LossParts step(BatchSource source, LossSettings loss, double learningRate) {
        try {
            if (step == settings.localiserSteps()) {
                settleLocaliser();
            }
            List<Replica.Seen> seen = locates()
                    ? stepOfLocaliser(source)
                    : store == null ? stepOverAllClasses(source, loss) : stepOverSomeClasses(source, loss, store);
            LossParts parts =
                    LossParts.mean(seen.stream().map(Replica.Seen::parts).toList());
            if (!parts.isFinite()) {
                throw new TrainingDivergedException("step " + step + ": loss " + parts
                        + " (expected: finite). Lower the learning rate (now " + learningRate
                        + "), lengthen the warm-up, or lower the scale (now " + loss.scale() + ").");
            }
            move(learningRate);
            if (centres != null && !locates()) {
                for (int i = 0; i < seen.size(); i++) {
                    centres.add(
                            batch.get(i).labels(),
                            seen.get(i).units(),
                            loss.clusters().memory());
                }
            }
            step++;
            long images = (long) settings.parts() * settings.partSize();
            if (centres != null
                    && step * images / loss.clusters().epochImages()
                            > (step - 1) * images / loss.clusters().epochImages()) {
                centres.endEpoch();
            }
            return parts;
        } catch (RuntimeException | OutOfMemoryError e) {
            throw explained(e);
        }
    }

    /** Whether the next step teaches the localiser. */
    private boolean locates() {
        return step < settings.localiserSteps();
    }

    private long stepsOfPhase() {
        return locates() ? step : step - settings.localiserSteps();
    }

    /** From now on the localiser is what will be exported: its averages. All else has not moved yet. */
    private void settleLocaliser() {
        try (NoGradGuard guard = new NoGradGuard()) {
            weights.narrow(0, 0, layout.parameterCount()).copy_(average);
            for (Replica replica : replicas) {
                replica.statistics.copy_(averageStatistics);
            }
        }
    }

    private List<Replica.Seen> stepOfLocaliser(BatchSource source) {
        return onAllThreads(part -> {
            source.fill(step, part, batch.get(part));
            return replicas.get(part).learnToLocate(batch.get(part), 1.0 / replicas.size());
        });
    }

    private List<Replica.Seen> stepOverAllClasses(BatchSource source, LossSettings loss) {
        return onAllThreads(part -> {
            source.fill(step, part, batch.get(part));
            int[] labels = batch.get(part).labels();
            return learn(part, loss, settings.classes(), labels, centres == null ? null : centres.all());
        });
    }

    /** Class weights and their moments come from the store for the step and go back after it. */
    private List<Replica.Seen> stepOverSomeClasses(BatchSource source, LossSettings loss, ClassStore from) {
        onAllThreads(part -> {
            source.fill(step, part, batch.get(part));
            return part;
        });
        from.giveBack(flat(), classesAt);
        int[] taken = ClassSampler.sample(
                batch.stream().map(BatchPart::labels).toList(),
                settings.classes(),
                (int) Math.floor(settings.classShare() * settings.classes() + 1e-9),
                new SplittableRandom(settings.seed() ^ (step + 1) * 0x9e3779b97f4a7c15L));
        from.take(taken, flat(), classesAt);
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor rows = centres == null ? null : centres.rows(taken);
            return onAllThreads(part -> {
                int[] labels = batch.get(part).labels();
                int[] places = new int[labels.length];
                for (int i = 0; i < labels.length; i++) {
                    places[i] = Arrays.binarySearch(taken, labels[i]);
                }
                return learn(part, loss, taken.length, places, rows);
            });
        }
    }

    private Replica.Seen learn(int part, LossSettings loss, int count, int[] rows, @Nullable Tensor centreRows) {
        int[] labels = batch.get(part).labels();
        float[] leans = new float[labels.length];
        for (int i = 0; centres != null && i < labels.length; i++) {
            leans[i] = centres.lean(labels[i]);
        }
        return replicas.get(part)
                .learn(
                        batch.get(part),
                        new Replica.StepClasses(count, rows, centreRows, leans),
                        loss,
                        1.0 / replicas.size());
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
        double shrink = Math.min(1, settings.optimiser().gradientLimit() / Math.max(gradientLength, 1e-12));
        onAllThreads(thread -> {
            moveStretches(thread, learningRate, shrink);
            return 0.0;
        });
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            long done = stepsOfPhase();
            double keep = Math.min(settings.optimiser().averageDecay(), (2.0 + done) / (11.0 + done));
            average.lerp_(weights.narrow(0, 0, layout.parameterCount()), scalar(1 - keep));
            for (Replica replica : replicas) {
                averageStatistics.lerp_(replica.statistics, scalar((1 - keep) / replicas.size()));
            }
        }
    }

    private <T> List<T> onAllThreads(IntFunction<T> work) {
        List<Future<T>> running = new ArrayList<>();
        for (int i = 0; i < replicas.size(); i++) {
            int thread = i;
            running.add(threads.submit(() -> work.apply(thread)));
        }
        // All are waited for: a part that still runs must not meet the next step.
        List<T> results = new ArrayList<>();
        RuntimeException failure = null;
        for (Future<T> future : running) {
            try {
                results.add(result(future));
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return results;
    }

    /** Adds all replicas' gradients into the first one's; gives the sum of squares of this thread's share. */
    private double gatherGradient(int thread) {
        double squares = 0;
        try (NoGradGuard guard = new NoGradGuard()) {
            for (Stretch stretch : stretchesOf(thread)) {
                try (PointerScope scope = new PointerScope()) {
                    long from = stretch.from();
                    long count = stretch.count();
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

    /** A thread's share of what the step moves. */
    private List<Stretch> stretchesOf(int thread) {
        List<Stretch> all = locates() ? locating : embedding;
        return IntStream.iterate(thread, i -> i < all.size(), i -> i + replicas.size())
                .mapToObj(all::get)
                .toList();
    }

    private void moveStretches(int thread, double learningRate, double shrink) {
        long t = stepsOfPhase() + 1;
        double b1 = settings.optimiser().firstDecay();
        double b2 = settings.optimiser().secondDecay();
        double rootFactor = 1 / Math.sqrt(1 - Math.pow(b2, t));
        double rate = -learningRate / (1 - Math.pow(b1, t));
        try (NoGradGuard guard = new NoGradGuard()) {
            for (Stretch stretch : stretchesOf(thread)) {
                try (PointerScope scope = new PointerScope()) {
                    long from = stretch.from();
                    long count = stretch.count();
                    Tensor gradient = replicas.get(0).gradient.narrow(0, from, count);
                    Tensor first = firstMoment.narrow(0, from, count);
                    Tensor second = secondMoment.narrow(0, from, count);
                    Tensor values = weights.narrow(0, from, count);
                    first.mul_(scalar(b1)).add_(gradient, scalar((1 - b1) * shrink));
                    second.mul_(scalar(b2)).addcmul_(gradient, gradient, scalar((1 - b2) * shrink * shrink));
                    Tensor root = second.sqrt()
                            .mul_(scalar(rootFactor))
                            .add_(scalar(settings.optimiser().epsilon()));
                    long decayed = Math.min(count, layout.decayedCount() - from);
                    if (decayed > 0) {
                        values.narrow(0, 0, decayed)
                                .mul_(scalar(
                                        1 - learningRate * settings.optimiser().weightDecay()));
                    }
                    values.addcdiv_(first, root, scalar(rate));
                }
            }
        }
    }

    private static Scalar scalar(double value) {
        return Losses.scalar(value);
    }

    private List<Tensor> flat() {
        return List.of(weights, firstMoment, secondMoment);
    }

    /** The averaged network, ready for export. */
    public TrainedNetwork averaged() {
        return new TrainedNetwork(settings.network(), layout, read(average), read(averageStatistics));
    }

    /**
     * Computes embeddings with a trained network, as the engine sees it: the reference for an exported model.
     *
     * @param images {@code [n, 3, S, S]}, direct
     * @return {@code [n × D]}, rows of unit length
     */
    public static float[] embed(TrainedNetwork network, FloatBuffer images, int n) {
        try (PointerScope scope = new PointerScope()) {
            float[] into = new float[n * network.settings().dimension()];
            replica(network).embed(images, n, into);
            return into;
        }
    }

    /**
     * Finds documents with a trained network's localiser.
     *
     * @param images {@code [n, 3, S, S]}, direct
     * @return {@code [n × 8]}, each row a {@link Quadrilateral}
     * @throws IllegalArgumentException if the network has none
     */
    public static float[] locate(TrainedNetwork network, FloatBuffer images, int n) {
        try (PointerScope scope = new PointerScope()) {
            return replica(network).locate(images, n);
        }
    }

    private static Replica replica(TrainedNetwork network) {
        Tensor weights = torch.zeros((long) network.parameters().length);
        write(weights, network.parameters());
        Replica replica = new Replica(network.settings(), network.layout(), weights, 0, Hardware.Precision.FLOAT32);
        write(replica.statistics, network.statistics());
        return replica;
    }

    /** Takes a copy of everything that {@link #restore} needs. */
    public EngineState state() {
        if (store != null) {
            store.giveBack(flat(), classesAt);
        }
        return new EngineState(
                step,
                readWithStore(0),
                readWithStore(1),
                readWithStore(2),
                read(average),
                read(averageStatistics),
                replicas.stream().map(r -> read(r.statistics)).toList(),
                centres == null ? List.of() : centres.state());
    }

    /**
     * Puts the engine where {@code state} was taken.
     *
     * @throws IllegalArgumentException if the state is of another network, class count or number of parts
     */
    public void restore(EngineState state) {
        long expected =
                classesAt + (long) settings.classes() * settings.network().dimension();
        if (state.weights().length != expected || state.statistics().size() != replicas.size()) {
            throw new IllegalArgumentException("state: " + state.weights().length + " weights in "
                    + state.statistics().size() + " parts (expected: " + expected + " in " + replicas.size()
                    + "; the checkpoint belongs to another recipe or corpus)");
        }
        step = state.step();
        if (store != null) {
            store.giveBack(flat(), classesAt);
        }
        writeWithStore(0, state.weights());
        writeWithStore(1, state.firstMoment());
        writeWithStore(2, state.secondMoment());
        write(average, state.average());
        write(averageStatistics, state.averageStatistics());
        for (int i = 0; i < replicas.size(); i++) {
            write(replicas.get(i).statistics, state.statistics().get(i));
        }
        if (centres != null) {
            centres.restore(state.centres());
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }

    /** Weights (0), first (1) or second moments (2), of all classes. */
    private float[] readWithStore(int which) {
        Tensor all = flat().get(which);
        if (store == null) {
            return read(all);
        }
        float[] network = read(all.narrow(0, 0, classesAt));
        float[] classes = read(store.rows(which));
        float[] values = Arrays.copyOf(network, network.length + classes.length);
        System.arraycopy(classes, 0, values, network.length, classes.length);
        return values;
    }

    private void writeWithStore(int which, float[] values) {
        Tensor all = flat().get(which);
        if (store == null) {
            write(all, values);
        } else {
            int from = Math.toIntExact(classesAt);
            write(all.narrow(0, 0, classesAt), Arrays.copyOf(values, from));
            write(store.rows(which).view(-1), Arrays.copyOfRange(values, from, values.length));
        }
    }

    static float[] read(Tensor tensor) {
        float[] values = new float[Math.toIntExact(tensor.numel())];
        try (PointerScope scope = new PointerScope()) {
            Tensor near = tensor.is_cuda() ? tensor.cpu() : tensor;
            near.contiguous().data_ptr_float().get(values);
        }
        return values;
    }

    static void write(Tensor tensor, float[] values) {
        if (values.length != tensor.numel()) {
            throw new IllegalArgumentException(
                    "state: array of " + values.length + " (expected: " + tensor.numel() + ")");
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            if (tensor.is_cuda()) {
                tensor.copy_(torch.from_blob(new FloatPointer(values), tensor.numel())
                        .view(tensor.sizes()));
            } else {
                tensor.data_ptr_float().put(values);
            }
        }
    }
}
