package dev.mekiki.training.network;

import java.util.ArrayList;
import java.util.List;

/**
 * PP-LCNet at width 0.5 with the "squeeze" neck: {@code [N, 3, 128, 128]} RGB in [0, 1] to {@code [N, 256]}, not of unit
 * length.
 *
 * <p>Source: Cui et al., PP-LCNet (arXiv 2109.15099) for the backbone; DocsaidLab/DocClassifier for the neck: 1×1
 * convolution 256→64, flatten to 1024, twice (linear to 256 without bias, layer normalisation, batch normalisation).
 * Keeping the 4×4 map instead of averaging it is what tells two layouts with the same ink apart.
 */
public final class LcNet {

    /** Rows and columns of the input, pixels. */
    public static final int INPUT_SIZE = 128;

    /** Length of the embedding. */
    public static final int DIMENSION = 256;

    /** Kernel, input channels, output channels, stride, squeeze-and-excitation, at width 1. */
    private static final int[][] BLOCKS = {
        {3, 16, 32, 1, 0},
        {3, 32, 64, 2, 0},
        {3, 64, 64, 1, 0},
        {3, 64, 128, 2, 0},
        {3, 128, 128, 1, 0},
        {3, 128, 256, 2, 0},
        {5, 256, 256, 1, 0},
        {5, 256, 256, 1, 0},
        {5, 256, 256, 1, 0},
        {5, 256, 256, 1, 0},
        {5, 256, 256, 1, 0},
        {5, 256, 512, 2, 1},
        {5, 512, 512, 1, 1},
    };

    private LcNet() {}

    /** The layers from image to embedding, in order. */
    public static List<Layer> layers() {
        List<Layer> layers = new ArrayList<>();
        layers.add(new Layer.Convolution("stem", 3, 8, 3, 2, 1));
        layers.add(new Layer.BatchNorm("stem.norm", 8));
        layers.add(new Layer.Hardswish());
        for (int i = 0; i < BLOCKS.length; i++) {
            int[] block = BLOCKS[i];
            int in = block[1] / 2;
            int out = block[2] / 2;
            String name = "block" + i;
            layers.add(new Layer.Convolution(name + ".depthwise", in, in, block[0], block[3], in));
            layers.add(new Layer.BatchNorm(name + ".depthwise.norm", in));
            layers.add(new Layer.Hardswish());
            if (block[4] == 1) {
                layers.add(new Layer.SqueezeExcitation(name + ".excitation", in));
            }
            layers.add(new Layer.Convolution(name + ".pointwise", in, out, 1, 1, 1));
            layers.add(new Layer.BatchNorm(name + ".pointwise.norm", out));
            layers.add(new Layer.Hardswish());
        }
        layers.add(new Layer.Convolution("neck.squeeze", 256, 64, 1, 1, 1));
        layers.add(new Layer.BatchNorm("neck.squeeze.norm", 64));
        layers.add(new Layer.Flatten());
        layers.add(new Layer.Linear("neck.first", 1024, DIMENSION));
        layers.add(new Layer.LayerNorm("neck.first.layer", DIMENSION));
        layers.add(new Layer.BatchNorm("neck.first.batch", DIMENSION));
        layers.add(new Layer.Linear("neck.second", DIMENSION, DIMENSION));
        layers.add(new Layer.LayerNorm("neck.second.layer", DIMENSION));
        layers.add(new Layer.BatchNorm("neck.second.batch", DIMENSION));
        return List.copyOf(layers);
    }
}
