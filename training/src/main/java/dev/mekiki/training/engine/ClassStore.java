package dev.mekiki.training.engine;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * Weights and moments of all classes while a step takes only some of them. What a step takes lies behind the network's
 * parameters in the flat tensors, and is here again once it was given back; moments of classes that are not taken stay
 * as they are, as PartialFC's do (Source: An et al., arXiv 2203.15565).
 */
final class ClassStore {
    private final long dimension;
    private final List<Tensor> rows;
    private int[] taken = {};

    /** Room for weights, first and second moments. */
    ClassStore(int classes, long dimension, TensorOptions options) {
        this.dimension = dimension;
        long[] shape = {classes, dimension};
        rows = List.of(torch.zeros(shape, options), torch.zeros(shape, options), torch.zeros(shape, options));
    }

    /** All rows of the weights (0), first (1) or second moments (2), as they were when last given back. */
    Tensor rows(int which) {
        return rows.get(which);
    }

    /**
     * Copies classes behind the network's parameters.
     *
     * @param flat weights, first and second moments
     * @param at where classes begin in each
     */
    void take(int[] classes, List<Tensor> flat, long at) {
        taken = classes;
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor index = index();
            for (int i = 0; i < rows.size(); i++) {
                place(flat.get(i), at).copy_(rows.get(i).index_select(0, index));
            }
        }
    }

    /** Copies what was taken back. */
    void giveBack(List<Tensor> flat, long at) {
        if (taken.length == 0) {
            return;
        }
        try (PointerScope scope = new PointerScope();
                NoGradGuard guard = new NoGradGuard()) {
            Tensor index = index();
            for (int i = 0; i < rows.size(); i++) {
                rows.get(i).index_copy_(0, index, place(flat.get(i), at));
            }
        }
        taken = new int[0];
    }

    private Tensor index() {
        return Losses.longs(Arrays.stream(taken).asLongStream().toArray(), rows.getFirst());
    }

    private Tensor place(Tensor flat, long at) {
        return flat.narrow(0, at, taken.length * dimension).view(taken.length, dimension);
    }
}
