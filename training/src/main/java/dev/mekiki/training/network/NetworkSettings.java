package dev.mekiki.training.network;

import java.util.ArrayList;
import java.util.List;

/**
 * Which network is trained: {@code [N, 3, inputSize, inputSize]} RGB in [0, 1] to {@code [N, dimension]}, not of unit
 * length.
 *
 * @param backbone from image to map
 * @param neck from map to embedding
 * @param inputSize rows and columns of the input, pixels: a multiple of 32 for LCNet, of 16 for IR, 32..512
 * @param dimension length of the embedding, 8..4096
 */
public record NetworkSettings(Backbone backbone, Neck neck, int inputSize, int dimension) {

    /** The published model's: LCNet-0.5 on 128×128 with the squeezing neck to 256. */
    public static final NetworkSettings DOCUMENTS = new NetworkSettings(Backbone.LCNET_050, Neck.SQUEEZE, 128, 256);

    private static final int SQUEEZED = 64;

    public NetworkSettings {
        int multiple = backbone == Backbone.IR_18 ? IrResNet.SHRINKS : LcNet.SHRINKS;
        if (inputSize < 32 || inputSize > 512 || inputSize % multiple != 0) {
            throw new IllegalArgumentException(
                    "inputSize: " + inputSize + " (expected: 32..512, a multiple of " + multiple + ")");
        }
        if (dimension < 8 || dimension > 4096) {
            throw new IllegalArgumentException("dimension: " + dimension + " (expected: 8..4096)");
        }
    }

    /** Floats of one input image. */
    public int inputFloats() {
        return 3 * inputSize * inputSize;
    }

    /** The layers from image to embedding, in order. */
    public List<Layer> layers() {
        List<Layer> layers = new ArrayList<>();
        int channels;
        int side;
        switch (backbone) {
            case LCNET_025, LCNET_050, LCNET_100 -> {
                double width = switch (backbone) {
                    case LCNET_025 -> 0.25;
                    case LCNET_050 -> 0.5;
                    default -> 1;
                };
                channels = LcNet.add(layers, width);
                side = inputSize / LcNet.SHRINKS;
            }
            case IR_18 -> {
                channels = IrResNet.add(layers, 2, 2, 2, 2);
                side = inputSize / IrResNet.SHRINKS;
            }
            default -> throw new IllegalStateException("backbone " + backbone);
        }
        addNeck(layers, channels, side * side);
        return List.copyOf(layers);
    }

    private void addNeck(List<Layer> layers, int channels, int area) {
        switch (neck) {
            case SQUEEZE -> {
                layers.add(new Layer.Convolution("neck.squeeze", channels, SQUEEZED, 1, 1, 1));
                layers.add(new Layer.BatchNorm("neck.squeeze.norm", SQUEEZED));
                layers.add(new Layer.Flatten());
                addRound(layers, "neck.first", SQUEEZED * area, true, true);
                addRound(layers, "neck.second", dimension, true, true);
            }
            case LN_BN -> {
                layers.add(new Layer.Flatten());
                addRound(layers, "neck.first", channels * area, true, true);
            }
            case LN -> {
                layers.add(new Layer.Flatten());
                addRound(layers, "neck.first", channels * area, true, false);
            }
            case BN -> {
                layers.add(new Layer.Flatten());
                addRound(layers, "neck.first", channels * area, false, true);
            }
            case GLOBAL_AVERAGE -> {
                layers.add(new Layer.GlobalAverage());
                addRound(layers, "neck.first", channels, true, true);
            }
        }
    }

    private void addRound(List<Layer> layers, String name, int in, boolean layerNorm, boolean batchNorm) {
        layers.add(new Layer.Linear(name, in, dimension));
        if (layerNorm) {
            layers.add(new Layer.LayerNorm(name + ".layer", dimension));
        }
        if (batchNorm) {
            layers.add(new Layer.BatchNorm(name + ".batch", dimension));
        }
    }
}
