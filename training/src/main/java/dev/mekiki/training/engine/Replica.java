package dev.mekiki.training.engine;

import static org.bytedeco.pytorch.global.torch.ScalarType;

import dev.mekiki.training.network.Layer;
import dev.mekiki.training.network.LcNet;
import dev.mekiki.training.network.ParameterLayout;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * The network and head over shared weights, with gradients and running statistics of its own. Several replicas work on
 * parts of one batch at the same time, one thread each: on a few cores that beats splitting every operator, because
 * threads meet once a step instead of a thousand times.
 *
 * <p>Confined to one thread between two calls of {@link TrainingEngine#step}.
 */
final class Replica {
    private static final double NORM_FLOOR = 1e-12;

    private final List<Layer> layers;
    private final Map<String, Tensor> leaves = new HashMap<>();
    private final Map<String, Tensor> running = new HashMap<>();
    private final Tensor classWeights;
    final Tensor gradient;
    final Tensor statistics;
    private final double statisticMomentum;

    /**
     * @param weights flat parameters followed by the class weights; shared by all replicas
     * @param classes rows of the class weights
     */
    Replica(List<Layer> layers, ParameterLayout layout, Tensor weights, int classes, double statisticMomentum) {
        this.layers = layers;
        this.statisticMomentum = statisticMomentum;
        this.gradient = torch.zeros(weights.numel());
        this.statistics = torch.zeros((long) layout.statisticCount());
        for (ParameterLayout.Slot slot : layout.parameters()) {
            leaves.put(slot.name(), leaf(weights, slot.offset(), slot.count(), slot.sizes()));
        }
        for (ParameterLayout.Slot slot : layout.statistics()) {
            running.put(slot.name(), statistics.narrow(0, slot.offset(), slot.count()));
        }
        this.classWeights = leaf(
                weights, layout.parameterCount(), (long) classes * LcNet.DIMENSION, new long[] {classes, LcNet.DIMENSION
                });
    }

    private Tensor leaf(Tensor weights, long offset, long count, long[] shape) {
        Tensor leaf = weights.narrow(0, offset, count).view(shape).detach();
        leaf.set_requires_grad(true);
        leaf.mutable_grad().put(gradient.narrow(0, offset, count).view(shape));
        return leaf;
    }

    /**
     * Forward and backward over one part of the batch; leaves the gradient of {@code share} times the mean loss in
     * {@link #gradient}.
     *
     * @param images {@code [n, 3, S, S]}, direct
     * @param labels class of each image; when {@code contrast} is positive, images 2i and 2i+1 are of one class
     */
    LossParts learn(FloatBuffer images, int[] labels, LossSettings loss, double share) {
        try (PointerScope scope = new PointerScope()) {
            gradient.zero_();
            int n = labels.length;
            Tensor features = forward(tensorOf(images, n), true);
            Tensor unit = unitRows(features);
            // The products are divided by the lengths, not the weights: a fraction of the memory traffic.
            Tensor lengths = classWeights.norm(new ScalarOptional(new Scalar(2f)), 1L);
            Tensor cosine =
                    torch.matmul(unit, classWeights.t()).div(torch.clamp_min(lengths, new Scalar((float) NORM_FLOOR)));
            Tensor target = longTensor(labels);
            Tensor column = target.view(n, 1);
            Tensor classification = cosFace(cosine, target, loss.scale(), loss.margin());
            Tensor targetCosine = cosine.detach().gather(1, column).mean();
            Tensor total = classification;
            double contrast = 0;
            if (loss.contrastWeight() > 0) {
                Tensor pairs = pairContrast(unit, n, loss.contrastTemperature());
                total = total.add(pairs.mul(new Scalar((float) loss.contrastWeight())));
                contrast = pairs.item_float();
            }
            total.mul(new Scalar((float) share)).backward();
            Tensor best = cosine.detach().argmax(new org.bytedeco.pytorch.LongOptional(1), false);
            float right = best.eq(target).to(ScalarType.Float).mean().item_float();
            return new LossParts(classification.item_float(), contrast, targetCosine.item_float(), right);
        }
    }

    /**
     * Mean CosFace loss: cross-entropy of {@code s·cos} with the margin taken off the target's cosine (Source: Wang et al.,
     * arXiv 1801.09414). Margin 0 is a softmax over scaled cosines.
     *
     * @param cosine {@code [n, classes]}
     * @param target {@code [n]}, 64-bit
     */
    static Tensor cosFace(Tensor cosine, Tensor target, double scale, double margin) {
        Tensor offset = torch.zeros(cosine.size(0), cosine.size(1))
                .scatter_(1, target.view(-1, 1), new Scalar((float) -margin));
        return torch.cross_entropy_loss(cosine.add(offset).mul(new Scalar((float) scale)), target);
    }

    /** Normalised-temperature cross-entropy between the two views of each class (Source: SimCLR, arXiv 2002.05709). */
    private static Tensor pairContrast(Tensor unit, int n, double temperature) {
        Tensor self = torch.eye(n).mul(new Scalar(-1e4f));
        Tensor logits = torch.matmul(unit, unit.t())
                .mul(new Scalar((float) (1 / temperature)))
                .add(self);
        int[] partner = new int[n];
        for (int i = 0; i < n; i++) {
            partner[i] = i ^ 1;
        }
        return torch.cross_entropy_loss(logits, longTensor(partner));
    }

    /** Features before normalisation with running statistics; rows of {@code into}. */
    void embed(FloatBuffer images, int n, float[] into) {
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor unit = unitRows(forward(tensorOf(images, n), false)).contiguous();
            unit.data_ptr_float().get(into, 0, n * LcNet.DIMENSION);
        }
    }

    private static Tensor tensorOf(FloatBuffer images, int n) {
        int size = LcNet.INPUT_SIZE;
        return torch.from_blob(new FloatPointer(images), (long) n, 3L, (long) size, (long) size)
                .contiguous(torch.MemoryFormat.ChannelsLast);
    }

    private static Tensor longTensor(int[] values) {
        LongPointer pointer = new LongPointer(values.length);
        for (int i = 0; i < values.length; i++) {
            pointer.put(i, values[i]);
        }
        // Cloned: the blob does not own its memory and dies with the pointer.
        return torch.from_blob(pointer, new long[] {values.length}, new TensorOptions(ScalarType.Long))
                .clone();
    }

    private static Tensor unitRows(Tensor rows) {
        Tensor length = rows.mul(rows)
                .sum(new long[] {1}, true, new ScalarTypeOptional())
                .sqrt();
        return rows.div(torch.clamp_min(length, new Scalar((float) NORM_FLOOR)));
    }

    private Tensor forward(Tensor images, boolean learning) {
        Tensor x = images;
        for (Layer layer : layers) {
            x = switch (layer) {
                case Layer.Convolution c -> convolution(x, c);
                case Layer.BatchNorm b ->
                    torch.batch_norm(
                            x,
                            optional(b.name() + ".weight"),
                            optional(b.name() + ".bias"),
                            new TensorOptional(statistic(b.name() + ".mean")),
                            new TensorOptional(statistic(b.name() + ".variance")),
                            learning,
                            statisticMomentum,
                            Layer.EPSILON,
                            false);
                case Layer.Hardswish ignored -> torch.hardswish(x);
                case Layer.SqueezeExcitation s -> excite(x, s);
                case Layer.Flatten ignored -> x.contiguous().view(x.size(0), -1);
                case Layer.Linear l ->
                    torch.matmul(x, parameter(l.name() + ".weight").t());
                case Layer.LayerNorm n ->
                    torch.layer_norm(
                            x,
                            new long[] {n.width()},
                            optional(n.name() + ".weight"),
                            optional(n.name() + ".bias"),
                            Layer.EPSILON,
                            false);
            };
        }
        return x;
    }

    private Tensor convolution(Tensor x, Layer.Convolution c) {
        return torch.conv2d(
                x,
                parameter(c.name() + ".weight"),
                new TensorOptional(),
                new long[] {c.stride(), c.stride()},
                new long[] {c.kernel() / 2, c.kernel() / 2},
                new long[] {1, 1},
                c.groups());
    }

    private Tensor excite(Tensor x, Layer.SqueezeExcitation s) {
        Tensor mean = torch.adaptive_avg_pool2d(x, 1, 1);
        Tensor reduced = torch.relu(pointwise(mean, s.name() + ".reduce"));
        Tensor gate = torch.hardsigmoid(pointwise(reduced, s.name() + ".expand"));
        return x.mul(gate);
    }

    private Tensor pointwise(Tensor x, String name) {
        return torch.conv2d(
                x,
                parameter(name + ".weight"),
                new TensorOptional(parameter(name + ".bias")),
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
