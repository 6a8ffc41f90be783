package dev.mekiki.training.network;

import java.util.List;

/**
 * One layer of a feed-forward embedder. The trainer interprets the list with its engine, the exporter writes the same
 * list as ONNX nodes; nothing else knows the network's shape.
 *
 * <p>A layer with weights carries the name its parameters are stored under: {@code NAME.weight}, {@code NAME.bias}, and
 * for {@link BatchNorm} the running statistics {@code NAME.mean} and {@code NAME.variance}.
 */
public sealed interface Layer {

    /**
     * A square convolution without bias, padded with zeros by {@code kernel / 2}.
     *
     * @param groups 1, or {@code in} for a depthwise convolution
     */
    record Convolution(String name, int in, int out, int kernel, int stride, int groups) implements Layer {
        public Convolution {
            if (in % groups != 0 || out % groups != 0) {
                throw new IllegalArgumentException(
                        name + ": groups " + groups + " (expected: a divisor of " + in + " and " + out + ")");
            }
        }
    }

    /** Batch normalisation over {@code [N, channels]} or {@code [N, channels, H, W]}; epsilon {@link #EPSILON}. */
    record BatchNorm(String name, int channels) implements Layer {}

    /** {@code x · min(max(x + 3, 0), 6) / 6}. */
    record Hardswish() implements Layer {}

    /**
     * Squeeze and excitation: global mean, 1×1 convolution to {@code channels / 4}, ReLU, 1×1 convolution back,
     * hard sigmoid {@code min(max(x + 3, 0), 6) / 6}, product with the input. Both convolutions have a bias; they are
     * stored as {@code NAME.reduce} and {@code NAME.expand}.
     */
    record SqueezeExcitation(String name, int channels) implements Layer {
        /** Channels between the two convolutions. */
        public int reduced() {
            return channels / 4;
        }
    }

    /** {@code max(x, 0) + slope · min(x, 0)} with a learnt slope of each channel, {@code NAME.weight}. */
    record PRelu(String name, int channels) implements Layer {}

    /**
     * The sum of two ways.
     *
     * @param name of the sum; weights belong to the layers within
     * @param body at least one layer
     * @param shortcut empty for the input itself
     */
    record Residual(String name, List<Layer> body, List<Layer> shortcut) implements Layer {
        public Residual {
            body = List.copyOf(body);
            shortcut = List.copyOf(shortcut);
        }
    }

    /**
     * {@code [N, C·factor², H, W]} to {@code [N, C, H·factor, W·factor]}: each pixel's channels laid out as a square of
     * pixels (Source: Shi et al., arXiv 1609.05158).
     */
    record PixelShuffle(int factor) implements Layer {}

    /**
     * Finds a quadrilateral in an image and cuts it out as a square: a spatial transformer whose localisation is taught by
     * the true corners instead of by what follows (Source: Jaderberg et al., arXiv 1506.02025).
     *
     * <p>Each corner is the mean of the places of a map's cells, weighted by the softmax over the corner's own map
     * plus {@link Quadrilateral#leanings} (Source: Nibali et al., arXiv 1801.07372). Unlike a linear layer's result it moves as the document moves, wherever
     * the training showed documents. The cut is bilinear, with black beyond the image.
     *
     * @param name of the 1×1 convolution {@code NAME.weight} that makes the four maps of what {@code localiser} gives; it
     *     starts as zeros, since the softmax of large random numbers has next to no gradient
     * @param localiser {@code [N, 3, S, S]} to {@code [N, channels, mapSize, mapSize]}
     * @param size rows and columns of what is cut out, pixels
     */
    record Rectification(String name, List<Layer> localiser, int channels, int mapSize, int size) implements Layer {
        public Rectification {
            localiser = List.copyOf(localiser);
        }
    }

    /** {@code [N, C, H, W]} to {@code [N, C]}: the mean over the map. */
    record GlobalAverage() implements Layer {}

    /** {@code [N, C, H, W]} to {@code [N, C·H·W]}, C slowest. */
    record Flatten() implements Layer {}

    /** A matrix product without bias. */
    record Linear(String name, int in, int out) implements Layer {}

    /** Layer normalisation with scale and shift over the last axis; epsilon {@link #EPSILON}. */
    record LayerNorm(String name, int width) implements Layer {}

    /** Added to variances by {@link BatchNorm} and {@link LayerNorm}. */
    double EPSILON = 1e-5;
}
