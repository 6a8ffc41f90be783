package dev.mekiki.training.engine;

import static org.bytedeco.pytorch.global.torch.ScalarType;

import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * The losses as formulas over tensors; scalars of the inputs' type, on the inputs' device. Sources: METHODS §1 [S] for
 * heads and distillation, §2 [R] for clustering and aligning, §2 [S] for SupCon.
 *
 * <p>Whoever calls keeps a {@code PointerScope} open.
 */
final class Losses {

    /** Keeps the slope of the arc cosine finite. */
    private static final double COSINE_EDGE = 1e-6;

    private static final double NORM_FLOOR = 1e-12;

    /** Added to logits that do not count: its exponential is zero. */
    private static final double NEVER = -1e4;

    /** Where the corner loss turns from squares to lengths, in sides of the document. */
    private static final double CORNER_BETA = 0.02;

    private static final long MEAN = 1;

    private Losses() {}

    /**
     * Mean cross-entropy of the scaled cosines after the head's margin was put into the target's.
     *
     * @param cosine {@code [n, classes]}
     * @param target {@code [n]}, 64-bit, a column of {@code cosine}
     * @param lengths {@code [n]}, of the embeddings before they were made unit vectors; only AdaFace uses it
     * @param margins {@code [n]} of each image's class, or null for {@code margin} everywhere
     */
    static Tensor classification(
            HeadSettings head,
            Tensor cosine,
            Tensor target,
            Tensor lengths,
            double scale,
            double margin,
            @Nullable Tensor margins) {
        Tensor withMargin = switch (head.kind()) {
            case SOFTMAX -> cosine;
            case COSFACE -> cosine.add(offset(cosine, target, margin, margins));
            case ARCFACE -> replace(cosine, target, arcFace(own(cosine, target), margin, margins));
            case ADAFACE ->
                replace(cosine, target, adaFace(own(cosine, target), normQuality(lengths, head.normSpread()), margin));
        };
        return torch.cross_entropy_loss(withMargin.mul(scalar(scale)), target);
    }

    private static Tensor offset(Tensor cosine, Tensor target, double margin, @Nullable Tensor margins) {
        Tensor zeros = torch.zeros(new long[] {cosine.size(0), cosine.size(1)}, cosine.options());
        Tensor column = target.view(-1, 1);
        return margins == null
                ? zeros.scatter_(1, column, scalar(-margin))
                : zeros.scatter_(1, column, margins.neg().view(-1, 1));
    }

    /**
     * How far found corners are from true ones: smooth L1 along each axis, in sides of a square as large as the document,
     * so that half a pixel counts for more where the document is small.
     *
     * @param found {@code [n, 8]}
     * @param corners {@code [n, 8]}
     */
    static Tensor corners(Tensor found, Tensor corners) {
        Tensor points = corners.view(corners.size(0), 4, 2);
        Tensor next = points.roll(new long[] {-1}, new long[] {1});
        Tensor area = points.select(2, 0)
                .mul(next.select(2, 1))
                .sub(points.select(2, 1).mul(next.select(2, 0)))
                .sum(1)
                .div(scalar(2));
        Tensor shares = found.sub(corners).div(area.sqrt().view(-1, 1));
        return torch.smooth_l1_loss(shares, torch.zeros_like(shares), MEAN, CORNER_BETA);
    }

    private static Tensor own(Tensor cosine, Tensor target) {
        return cosine.gather(1, target.view(-1, 1)).view(-1);
    }

    private static Tensor replace(Tensor cosine, Tensor target, Tensor own) {
        return cosine.scatter(1, target.view(-1, 1), own.view(-1, 1));
    }

    /**
     * {@code cos(θ + m)}, and {@code cosθ − m·sin m} where {@code θ + m} would pass π, so that it never rises again.
     *
     * @param own {@code [n]}, cosine to the right class
     */
    static Tensor arcFace(Tensor own, double margin, @Nullable Tensor margins) {
        Tensor m = margins == null ? torch.full_like(own, scalar(margin)) : margins;
        Tensor cosine = inside(own);
        Tensor sine = cosine.mul(cosine).neg().add(scalar(1)).sqrt();
        Tensor turned = cosine.mul(m.cos()).sub(sine.mul(m.sin()));
        // cos(π − m) = −cos m and sin(π − m) = sin m.
        return torch.where(own.le(m.cos().neg()), own.sub(m.mul(m.sin())), turned);
    }

    /**
     * {@code cos(θ − m·ẑ) − (m + m·ẑ)}, the angle kept within 0..π.
     *
     * @param own {@code [n]}, cosine to the right class
     * @param quality ẑ, {@code [n]} in −1..1
     */
    static Tensor adaFace(Tensor own, Tensor quality, double margin) {
        Tensor angle = inside(own).acos().sub(quality.mul(scalar(margin)));
        Tensor kept = angle.clamp(new ScalarOptional(scalar(1e-3)), new ScalarOptional(scalar(Math.PI - 1e-3)));
        return kept.cos().sub(quality.add(scalar(1)).mul(scalar(margin)));
    }

    /** ẑ of AdaFace from the lengths of this part's embeddings; no gradient flows through it. */
    static Tensor normQuality(Tensor lengths, double spread) {
        Tensor clipped = lengths.detach().clamp(new ScalarOptional(scalar(0.001)), new ScalarOptional(scalar(100)));
        Tensor deviation = clipped.std(true).add(scalar(1e-3));
        return clipped.sub(clipped.mean())
                .div(deviation)
                .mul(scalar(spread))
                .clamp(new ScalarOptional(scalar(-1)), new ScalarOptional(scalar(1)));
    }

    private static Tensor inside(Tensor cosine) {
        return cosine.clamp(new ScalarOptional(scalar(COSINE_EDGE - 1)), new ScalarOptional(scalar(1 - COSINE_EDGE)));
    }

    /** Normalised-temperature cross-entropy between rows 2i and 2i+1 (Source: SimCLR, arXiv 2002.05709). */
    static Tensor pairs(Tensor unit, double temperature) {
        int n = Math.toIntExact(unit.size(0));
        long[] partner = new long[n];
        for (int i = 0; i < n; i++) {
            partner[i] = i ^ 1;
        }
        return torch.cross_entropy_loss(similarities(unit, temperature), longs(partner, unit));
    }

    /** {@code z_i·z_j / τ}, the diagonal out of the way. */
    private static Tensor similarities(Tensor unit, double temperature) {
        Tensor self = torch.eye(unit.size(0), unit.options()).mul(scalar(NEVER));
        return torch.matmul(unit, unit.t()).mul(scalar(1 / temperature)).add(self);
    }

    /**
     * SupCon: mean over the rows that have a positive of {@code −(1/|P|) Σ_p log softmax(z_i·z_p/τ)}.
     *
     * @param unit {@code [n, d]}, rows of unit length
     * @param labels of the rows
     * @return 0 if no two rows have the same label
     */
    static Tensor supCon(Tensor unit, int[] labels, double temperature) {
        int n = labels.length;
        long[] same = new long[n * n];
        long[] positives = new long[n];
        int anchors = 0;
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                if (i != j && labels[i] == labels[j]) {
                    same[i * n + j] = 1;
                    positives[i]++;
                }
            }
            anchors += positives[i] > 0 ? 1 : 0;
            positives[i] = Math.max(1, positives[i]);
        }
        Tensor mask = longs(same, unit).view(n, n).to(unit.scalar_type());
        Tensor logs = similarities(unit, temperature).log_softmax(1);
        Tensor mean = mask.mul(logs)
                .sum(new long[] {1}, false, new ScalarTypeOptional())
                .div(longs(positives, unit).to(unit.scalar_type()));
        return mean.sum().mul(scalar(-1.0 / Math.max(1, anchors)));
    }

    /**
     * Supervised contrastive clustering: mean over the rows whose centre is known of {@code −log softmax(z_i·μ/τ)} at
     * their own centre, among the known ones.
     *
     * @param unit {@code [n, d]}
     * @param centres {@code [classes, d]}, unit vectors, zero where unknown
     * @param target {@code [n]}, rows of {@code centres}
     * @return 0 if no row's centre is known
     */
    static Tensor clustering(Tensor unit, Tensor centres, Tensor target, double temperature) {
        Tensor known = known(centres);
        Tensor logits = torch.matmul(unit, centres.t())
                .mul(scalar(1 / temperature))
                .add(known.sub(scalar(1)).mul(scalar(-NEVER)));
        Tensor logs = logits.log_softmax(1).gather(1, target.view(-1, 1)).view(-1);
        Tensor counted = known.index_select(0, target);
        return logs.mul(counted).sum().neg().div(torch.clamp_min(counted.sum(), scalar(1)));
    }

    /**
     * Cluster aligning: mean over the rows whose centre is known of {@code 1 − cos(W_c, μ_c)}.
     *
     * @param weights {@code [k, d]} of the classes in the batch, any length
     * @param centres {@code [k, d]} of the same classes, zero where unknown
     */
    static Tensor aligning(Tensor weights, Tensor centres) {
        Tensor counted = known(centres);
        Tensor cosines = unitRows(weights).mul(centres).sum(new long[] {1}, false, new ScalarTypeOptional());
        return counted.sub(cosines).sum().div(torch.clamp_min(counted.sum(), scalar(1)));
    }

    /** 1 for rows that are not zero, else 0. */
    private static Tensor known(Tensor centres) {
        Tensor squares = centres.mul(centres).sum(new long[] {1}, false, new ScalarTypeOptional());
        return squares.gt(scalar(0.5)).to(centres.scalar_type());
    }

    /**
     * Mean distance between student and teacher.
     *
     * @param student {@code [n, d]}, rows of unit length
     * @param teacher {@code [n, d]}, likewise
     */
    static Tensor distillation(DistillationSettings settings, Tensor student, Tensor teacher) {
        return switch (settings.kind()) {
            case COSINE ->
                student.mul(teacher)
                        .sum(new long[] {1}, false, new ScalarTypeOptional())
                        .neg()
                        .add(scalar(1))
                        .mean();
            case TEMPERATURE -> {
                Scalar sharper = scalar(1 / settings.temperature());
                Tensor wanted = teacher.mul(sharper).log_softmax(1);
                Tensor given = student.mul(sharper).log_softmax(1);
                yield wanted.exp()
                        .mul(wanted.sub(given))
                        .sum(new long[] {1}, false, new ScalarTypeOptional())
                        .mean();
            }
        };
    }

    /** Rows divided by their lengths. */
    static Tensor unitRows(Tensor rows) {
        return rows.div(torch.clamp_min(lengths(rows), scalar(NORM_FLOOR)));
    }

    /** L2 lengths of the rows, {@code [n, 1]}. */
    static Tensor lengths(Tensor rows) {
        return rows.mul(rows)
                .sum(new long[] {1}, true, new ScalarTypeOptional())
                .sqrt();
    }

    /** A row's cosine to every class weight, {@code [n, classes]}. */
    static Tensor cosines(Tensor unit, Tensor classWeights) {
        // The products are divided by the lengths, not the weights: a fraction of the memory traffic.
        Tensor lengths = classWeights.norm(new ScalarOptional(new Scalar(2f)), 1L);
        return torch.matmul(unit, classWeights.t()).div(torch.clamp_min(lengths, scalar(NORM_FLOOR)));
    }

    /** The share of rows whose largest column is the target. */
    static double right(Tensor cosine, Tensor target) {
        return cosine.argmax(new LongOptional(1), false)
                .eq(target)
                .to(ScalarType.Float)
                .mean()
                .item_float();
    }

    /** 64-bit integers on the device of {@code beside}. */
    static Tensor longs(long[] values, Tensor beside) {
        // Cloned: the blob does not own its memory and dies with the pointer.
        Tensor tensor = torch.from_blob(
                        new LongPointer(values), new long[] {values.length}, new TensorOptions(ScalarType.Long))
                .clone();
        return beside.is_cuda() ? tensor.to(beside.device(), ScalarType.Long) : tensor;
    }

    static Scalar scalar(double value) {
        return new Scalar((float) value);
    }
}
