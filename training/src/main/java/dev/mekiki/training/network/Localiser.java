package dev.mekiki.training.network;

import java.util.ArrayList;
import java.util.List;

/**
 * The network that finds the document in a photograph: depthwise separable convolutions down to a map of 4×4 cells, each
 * of which sees the whole photograph, and up again to {@value #MAP}×{@value #MAP}, each size added to what was there of
 * the same size on the way down (Source: Ronneberger et al., U-Net, arXiv 1505.04597, with sums). What comes out is a map
 * that four maps, one for each corner, are made of.
 */
final class Localiser {
    /** What the names of its layers begin with. */
    static final String PREFIX = "localiser.";

    /** Rows and columns of its maps. */
    static final int MAP = 16;

    /** Rows and columns of the stem's map. */
    private static final int STEM_MAP = 2 * MAP;

    /** What the photograph's rows and columns must be a multiple of, pixels. */
    static final int MULTIPLE = 2 * STEM_MAP;

    private static final int STEM = 16;

    /** Channels of the maps of 16, 8 and 4 cells a side. */
    private static final int[] CHANNELS = {32, 64, 128};

    private Localiser() {}

    /**
     * A layer that cuts the document out.
     *
     * @param inputSize rows and columns of the photograph, pixels, a multiple of {@value #MULTIPLE}
     * @param cropSize rows and columns of what is cut out
     */
    static Layer.Rectification rectification(int inputSize, int cropSize) {
        int stride = inputSize / STEM_MAP;
        List<Layer> layers = new ArrayList<>();
        // The stem's kernels nearly touch: what lies between two is blurred over more than that.
        convolution(layers, PREFIX + "stem", 3, STEM, stride - 1, stride, 1);
        separable(layers, PREFIX + "first", STEM, CHANNELS[0], 3, 2);
        separable(layers, PREFIX + "second", CHANNELS[0], CHANNELS[0], 5, 1);
        layers.add(around(0));
        separable(layers, PREFIX + "last", CHANNELS[0], CHANNELS[0], 5, 1);
        return new Layer.Rectification(PREFIX + "corners", layers, CHANNELS[0], MAP, cropSize);
    }

    /** Adds to a map of one size what the smaller sizes make of it. */
    private static Layer around(int level) {
        String name = PREFIX + "level" + level;
        int in = CHANNELS[level];
        int below = CHANNELS[level + 1];
        List<Layer> body = new ArrayList<>();
        separable(body, name + ".down", in, below, 5, 2);
        if (level + 2 < CHANNELS.length) {
            body.add(around(level + 1));
        } else {
            separable(body, name + ".below.first", below, below, 5, 1);
            separable(body, name + ".below.second", below, below, 5, 1);
        }
        body.add(new Layer.Convolution(name + ".up", below, 4 * in, 1, 1, 1));
        body.add(new Layer.BatchNorm(name + ".up.norm", 4 * in));
        body.add(new Layer.PixelShuffle(2));
        return new Layer.Residual(name, body, List.of());
    }

    private static void separable(List<Layer> layers, String name, int in, int out, int kernel, int stride) {
        convolution(layers, name + ".depthwise", in, in, kernel, stride, in);
        convolution(layers, name + ".pointwise", in, out, 1, 1, 1);
    }

    private static void convolution(
            List<Layer> layers, String name, int in, int out, int kernel, int stride, int groups) {
        layers.add(new Layer.Convolution(name, in, out, kernel, stride, groups));
        layers.add(new Layer.BatchNorm(name + ".norm", out));
        layers.add(new Layer.Hardswish());
    }
}
