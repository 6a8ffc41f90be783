package dev.mekiki.training.network;

import java.util.List;

/**
 * PP-LCNet up to its last map, of a chosen width.
 *
 * <p>Source: Cui et al., PP-LCNet (arXiv 2109.15099).
 */
final class LcNet {

    /** How many times smaller its map is than its input. */
    static final int SHRINKS = 32;

    private static final int STEM = 16;

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

    /**
     * Adds the backbone's layers.
     *
     * @param width factor on the channels, which are rounded to multiples of 8
     * @return channels of its map
     */
    static int add(List<Layer> layers, double width) {
        int stem = channels(STEM, width);
        layers.add(new Layer.Convolution("stem", 3, stem, 3, 2, 1));
        layers.add(new Layer.BatchNorm("stem.norm", stem));
        layers.add(new Layer.Hardswish());
        int last = stem;
        for (int i = 0; i < BLOCKS.length; i++) {
            int[] block = BLOCKS[i];
            int in = channels(block[1], width);
            int out = channels(block[2], width);
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
            last = out;
        }
        return last;
    }

    private static int channels(int atFullWidth, double width) {
        return Math.max(8, (int) (atFullWidth * width + 4) / 8 * 8);
    }
}
