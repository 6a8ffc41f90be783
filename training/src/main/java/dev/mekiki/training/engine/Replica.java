package dev.mekiki.training.engine;

import dev.mekiki.training.network.Layer;
import dev.mekiki.training.network.NetworkSettings;
import dev.mekiki.training.network.ParameterLayout;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * The network and head over shared weights, with gradients and running statistics of its own. Several replicas work on
 * parts of one batch at the same time, one thread each: on a few cores that beats splitting every operator, because
 * threads meet once a step instead of a thousand times.
 *
 * <p>Confined to one thread between two calls of {@link TrainingEngine#step}.
 */
final class Replica {
    /** Share of a batch's own mean and variance in the running ones. */
    private static final double STATISTIC_MOMENTUM = 0.1;

    private final NetworkSettings network;
    private final List<Layer> layers;
    private final Map<String, Tensor> leaves = new HashMap<>();
    private final Map<String, Tensor> running = new HashMap<>();
    private final Tensor weights;
    private final long classesAt;
    private final Tensor projection;
    private final boolean low;
    private final @Nullable Rectifier rectifier;
    private final Set<String> settledNorms = new HashSet<>();

    final Tensor gradient;
    final Tensor statistics;

    /**
     * A replica.
     *
     * @param weights flat parameters, the projection to a teacher, the weights of the classes that a step takes; shared
     *     by all replicas
     * @param teacherDimension 0 without a teacher
     */
    Replica(
            NetworkSettings network,
            ParameterLayout layout,
            Tensor weights,
            int teacherDimension,
            Hardware.Precision precision) {
        this.network = network;
        this.layers = network.layers();
        this.weights = weights;
        long projected = (long) teacherDimension * network.dimension();
        this.classesAt = layout.parameterCount() + projected;
        this.rectifier = layers.getFirst() instanceof Layer.Rectification r
                ? new Rectifier(r.mapSize(), r.size(), weights)
                : null;
        this.low = precision == Hardware.Precision.BFLOAT16;
        this.gradient = torch.zeros_like(weights);
        this.statistics = torch.zeros(new long[] {layout.statisticCount()}, weights.options());
        for (ParameterLayout.Slot slot : layout.parameters()) {
            leaves.put(slot.name(), leaf(slot.offset(), slot.count(), slot.sizes()));
        }
        this.projection = leaf(layout.parameterCount(), projected, new long[] {teacherDimension, network.dimension()});
        for (ParameterLayout.Slot slot : layout.statistics()) {
            running.put(slot.name(), statistics.narrow(0, slot.offset(), slot.count()));
        }
    }

    /** From now on these batch normalisations go by their running statistics, also while they learn. */
    void settle(Set<String> norms) {
        settledNorms.addAll(norms);
    }

    private Tensor leaf(long offset, long count, long[] shape) {
        Tensor leaf = weights.narrow(0, offset, count).view(shape).detach();
        leaf.set_requires_grad(true);
        leaf.mutable_grad().put(gradient.narrow(0, offset, count).view(shape));
        return leaf;
    }

    /**
     * What one part of a batch gave.
     *
     * @param units unit embeddings {@code [n × D]}, empty unless asked for
     */
    @SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
    record Seen(LossParts parts, float[] units) {}

    /**
     * The classes that a step takes.
     *
     * @param count how many
     * @param rows of the images' classes among them
     * @param centres {@code [count, D]} of these classes; null if none are remembered
     * @param leans of the margins of the images' classes
     */
    @SuppressWarnings("ArrayRecordComponent") // Handed on, never compared.
    record StepClasses(int count, int[] rows, @Nullable Tensor centres, float[] leans) {}

    /**
     * Forward and backward of the localiser over one part of the batch; leaves the gradient of {@code share} times the mean
     * loss in {@link #gradient}.
     */
    Seen learnToLocate(BatchPart batch, double share) {
        try (PointerScope scope = new PointerScope()) {
            gradient.zero_();
            int n = batch.labels().length;
            Tensor found = corners(tensorOf(batch.images(), n), rectification(), true);
            Tensor loss = Losses.corners(found, rowsOf(batch.corners(), n));
            loss.mul(Losses.scalar(share)).backward();
            return new Seen(LossParts.ofCorners(loss.item_float()), new float[0]);
        }
    }

    private Layer.Rectification rectification() {
        if (layers.getFirst() instanceof Layer.Rectification r) {
            return r;
        }
        throw new IllegalArgumentException("network: without a localiser (expected: one with it)");
    }

    /**
     * Forward and backward of all but the localiser over one part of the batch; leaves the gradient of {@code share} times
     * the mean loss in {@link #gradient}.
     */
    Seen learn(BatchPart batch, StepClasses classes, LossSettings loss, double share) {
        try (PointerScope scope = new PointerScope()) {
            gradient.zero_();
            int n = batch.labels().length;
            Tensor classWeights = leaf(classesAt, (long) classes.count() * network.dimension(), new long[] {
                classes.count(), network.dimension()
            });
            Tensor features = forward(tensorOf(batch.images(), n), layers, true);
            Tensor unit = Losses.unitRows(features);
            Tensor cosine = Losses.cosines(unit, classWeights);
            Tensor target = longs(classes.rows());
            Tensor margins = loss.clusters().marginSpread() > 0 ? margins(classes.leans(), loss) : null;
            Tensor classification = Losses.classification(
                    loss.head(),
                    cosine,
                    target,
                    Losses.lengths(features.detach()).view(-1),
                    loss.scale(),
                    loss.margin(),
                    margins);
            Tensor total = classification;
            double contrast = 0;
            if (loss.contrast().weight() > 0) {
                double temperature = loss.contrast().temperature();
                Tensor term = switch (loss.contrast().kind()) {
                    case PAIRS -> Losses.pairs(unit, temperature);
                    case SUPCON -> Losses.supCon(unit, batch.labels(), temperature);
                };
                total = weighted(total, term, loss.contrast().weight());
                contrast = term.item_float();
            }
            double clustering = 0;
            double aligning = 0;
            Tensor centres = classes.centres();
            if (centres != null && loss.clusters().clusteringWeight() > 0) {
                Tensor term =
                        Losses.clustering(unit, centres, target, loss.clusters().clusteringTemperature());
                total = weighted(total, term, loss.clusters().clusteringWeight());
                clustering = term.item_float();
            }
            if (centres != null && loss.clusters().aligningWeight() > 0) {
                Tensor rows = longs(Arrays.stream(classes.rows()).distinct().toArray());
                Tensor term = Losses.aligning(classWeights.index_select(0, rows), centres.index_select(0, rows));
                total = weighted(total, term, loss.clusters().aligningWeight());
                aligning = term.item_float();
            }
            double distillation = 0;
            if (loss.distillation().weight() > 0) {
                Tensor student = Losses.unitRows(torch.matmul(unit, projection.t()));
                Tensor term = Losses.distillation(loss.distillation(), student, rowsOf(batch.teacher(), n));
                total = weighted(total, term, loss.distillation().weight());
                distillation = term.item_float();
            }
            total.mul(Losses.scalar(share)).backward();
            Tensor seen = cosine.detach();
            LossParts parts = new LossParts(
                    classification.item_float(),
                    contrast,
                    clustering,
                    aligning,
                    distillation,
                    0,
                    seen.gather(1, target.view(n, 1)).mean().item_float(),
                    Losses.right(seen, target));
            return new Seen(parts, centres == null ? new float[0] : TrainingEngine.read(unit.detach()));
        }
    }

    private static Tensor weighted(Tensor total, Tensor term, double weight) {
        return total.add(term.mul(Losses.scalar(weight)));
    }

    private Tensor margins(float[] leans, LossSettings loss) {
        double spread = loss.clusters().marginSpread() * loss.marginShare();
        float[] margins = new float[leans.length];
        for (int i = 0; i < leans.length; i++) {
            margins[i] = (float) (loss.margin() + spread * (loss.clusters().denseWider() ? leans[i] : -leans[i]));
        }
        return onDevice(torch.from_blob(new FloatPointer(margins), new long[] {margins.length})
                .clone());
    }

    /** Unit vectors by the running statistics; rows of {@code into}. */
    void embed(FloatBuffer images, int n, float[] into) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            float[] rows = TrainingEngine.read(Losses.unitRows(forward(tensorOf(images, n), layers, false)));
            System.arraycopy(rows, 0, into, 0, rows.length);
        }
    }

    /** Corners by the running statistics, as rows of {@code [n, 8]}. */
    float[] locate(FloatBuffer images, int n) {
        Layer.Rectification r = rectification();
        try (PointerScope scope = new PointerScope()) {
            return TrainingEngine.read(found(tensorOf(images, n), r));
        }
    }

    private Tensor tensorOf(FloatBuffer images, int n) {
        int size = network.inputSize();
        return onDevice(torch.from_blob(new FloatPointer(images), (long) n, 3L, (long) size, (long) size))
                .contiguous(torch.MemoryFormat.ChannelsLast);
    }

    private Tensor rowsOf(FloatBuffer vectors, int n) {
        return onDevice(torch.from_blob(new FloatPointer(vectors), (long) n, vectors.capacity() / n));
    }

    private Tensor onDevice(Tensor tensor) {
        return weights.is_cuda() ? tensor.to(weights.device(), torch.ScalarType.Float) : tensor;
    }

    private Tensor longs(int[] values) {
        return Losses.longs(Arrays.stream(values).asLongStream().toArray(), weights);
    }

    private Tensor forward(Tensor input, List<Layer> way, boolean learning) {
        Tensor x = input;
        for (Layer layer : way) {
            x = switch (layer) {
                case Layer.Convolution c -> convolution(x, c);
                case Layer.BatchNorm b ->
                    torch.batch_norm(
                            x,
                            optional(b.name() + ".weight"),
                            optional(b.name() + ".bias"),
                            new TensorOptional(statistic(b.name() + ".mean")),
                            new TensorOptional(statistic(b.name() + ".variance")),
                            learning && !settledNorms.contains(b.name()),
                            STATISTIC_MOMENTUM,
                            Layer.EPSILON,
                            false);
                case Layer.Hardswish ignored -> torch.hardswish(x);
                case Layer.SqueezeExcitation s -> excite(x, s);
                case Layer.PRelu p -> torch.prelu(x, lowered(parameter(p.name() + ".weight")));
                case Layer.Residual r -> forward(x, r.body(), learning).add(forward(x, r.shortcut(), learning));
                case Layer.Rectification r -> cutter().cut(x, found(x, r));
                case Layer.PixelShuffle p -> torch.pixel_shuffle(x, p.factor());
                case Layer.GlobalAverage ignored -> x.mean(2L, 3L);
                case Layer.Flatten ignored -> x.contiguous().view(x.size(0), -1);
                case Layer.Linear l ->
                    torch.matmul(
                            lowered(x), lowered(parameter(l.name() + ".weight")).t());
                case Layer.LayerNorm n ->
                    torch.layer_norm(
                            full(x),
                            new long[] {n.width()},
                            optional(n.name() + ".weight"),
                            optional(n.name() + ".bias"),
                            Layer.EPSILON,
                            false);
            };
        }
        return full(x);
    }

    /** To the precision of the large products. */
    private Tensor lowered(Tensor x) {
        return low ? x.to(torch.ScalarType.BFloat16) : x;
    }

    /** Back from it. */
    private Tensor full(Tensor x) {
        return low ? x.to(torch.ScalarType.Float) : x;
    }

    private Tensor convolution(Tensor x, Layer.Convolution c) {
        return torch.conv2d(
                lowered(x),
                lowered(parameter(c.name() + ".weight")),
                new TensorOptional(),
                new long[] {c.stride(), c.stride()},
                new long[] {c.kernel() / 2, c.kernel() / 2},
                new long[] {1, 1},
                c.groups());
    }

    private Rectifier cutter() {
        return Objects.requireNonNull(rectifier, "rectifier");
    }

    private Tensor corners(Tensor x, Layer.Rectification r, boolean learning) {
        Tensor seen = forward(x, r.localiser(), learning);
        return cutter().corners(full(torch.conv2d(lowered(seen), lowered(parameter(r.name() + ".weight")))));
    }

    /** The corners as the exported network finds them, whatever else is being learnt. */
    private Tensor found(Tensor x, Layer.Rectification r) {
        try (NoGradGuard guard = new NoGradGuard()) {
            return corners(x, r, false);
        }
    }

    private Tensor excite(Tensor x, Layer.SqueezeExcitation s) {
        Tensor mean = torch.adaptive_avg_pool2d(x, 1, 1);
        Tensor reduced = torch.relu(pointwise(mean, s.name() + ".reduce"));
        Tensor gate = torch.hardsigmoid(pointwise(reduced, s.name() + ".expand"));
        return x.mul(gate);
    }

    private Tensor pointwise(Tensor x, String name) {
        return torch.conv2d(
                lowered(x),
                lowered(parameter(name + ".weight")),
                new TensorOptional(lowered(parameter(name + ".bias"))),
                new long[] {1, 1},
                new long[] {0, 0},
                new long[] {1, 1},
                1);
    }

    private TensorOptional optional(String name) {
        return new TensorOptional(parameter(name));
    }

    private Tensor parameter(String name) {
        Tensor found = leaves.get(name);
        if (found == null) {
            throw new IllegalStateException("parameter " + name + " is not in the layout");
        }
        return found;
    }

    private Tensor statistic(String name) {
        Tensor found = running.get(name);
        if (found == null) {
            throw new IllegalStateException("running statistic " + name + " is not in the layout");
        }
        return found;
    }
}
