package dev.mekiki.training.network;

import java.util.ArrayList;
import java.util.List;

/**
 * The residual network of face recognition: blocks of batch normalisation, 3×3 convolution, batch normalisation, PReLU,
 * 3×3 convolution, batch normalisation, beside a shortcut; no pooling before the first block, since faces are small.
 *
 * <p>Source: Deng et al., ArcFace (arXiv 1801.07698), "IR" blocks; parameters are named and started as in {@link
 * ParameterLayout}. With {@link Neck#BN} and an input of 112 it is the network of that paper without its dropout.
 */
final class IrResNet {

    /** How many times smaller its map is than its input. */
    static final int SHRINKS = 16;

    private static final int[] CHANNELS = {64, 128, 256, 512};

    private IrResNet() {}

    /**
     * Adds the backbone's layers.
     *
     * @param blocks of each of the four stages
     * @return channels of its map
     */
    static int add(List<Layer> layers, int... blocks) {
        layers.add(new Layer.Convolution("stem", 3, CHANNELS[0], 3, 1, 1));
        layers.add(new Layer.BatchNorm("stem.norm", CHANNELS[0]));
        layers.add(new Layer.PRelu("stem.prelu", CHANNELS[0]));
        int in = CHANNELS[0];
        for (int stage = 0; stage < CHANNELS.length; stage++) {
            for (int block = 0; block < blocks[stage]; block++) {
                layers.add(block("stage" + stage + ".block" + block, in, CHANNELS[stage], block == 0 ? 2 : 1));
                in = CHANNELS[stage];
            }
        }
        layers.add(new Layer.BatchNorm("head.norm", in));
        return in;
    }

    private static Layer block(String name, int in, int out, int stride) {
        List<Layer> shortcut = new ArrayList<>();
        if (stride != 1 || in != out) {
            shortcut.add(new Layer.Convolution(name + ".shortcut", in, out, 1, stride, 1));
            shortcut.add(new Layer.BatchNorm(name + ".shortcut.norm", out));
        }
        return new Layer.Residual(
                name,
                List.of(
                        new Layer.BatchNorm(name + ".norm", in),
                        new Layer.Convolution(name + ".first", in, out, 3, 1, 1),
                        new Layer.BatchNorm(name + ".first.norm", out),
                        new Layer.PRelu(name + ".prelu", out),
                        new Layer.Convolution(name + ".second", out, out, 3, stride, 1),
                        new Layer.BatchNorm(name + ".second.norm", out)),
                shortcut);
    }
}
