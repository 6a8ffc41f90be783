package dev.mekiki.training.network;

import java.util.ArrayList;
import java.util.List;

/**
 * Which network is trained: {@code [N, 3, inputSize, inputSize]} RGB in [0, 1] to {@code [N, dimension]}, not of unit
 * length.
 *
 * @param backbone from image to map
 * @param neck from map to embedding
 * @param inputSize rows and columns of the input, pixels, 32..512: a multiple of 64 with a localiser, else of 32
 *     for LCNet and of 16 for IR
 * @param cropSize rows and columns of what a localiser cuts out of the input around the document, for the backbone to see,
 *     pixels: a multiple of 16 for LCNet, of 8 for IR, 32..512; 0 for no localiser, and the backbone sees the whole input
 * @param dimension length of the embedding, 8..4096
 */
public record NetworkSettings(Backbone backbone, Neck neck, int inputSize, int cropSize, int dimension) {

    /**
     * The published model's: a localiser cuts 96×96 out of 192×192; LCNet-0.5 with the squeezing neck makes 256 numbers
     * of it.
     */
    public static final NetworkSettings DOCUMENTS = new NetworkSettings(Backbone.LCNET_050, Neck.SQUEEZE, 192, 96, 256);

    private static final int SQUEEZED = 64;

    public NetworkSettings {
        int multiple = backbone == Backbone.IR_18 ? IrResNet.SHRINKS : LcNet.SHRINKS;
        requireSize("inputSize", inputSize, cropSize == 0 ? multiple : Localiser.MULTIPLE);
        if (cropSize != 0) {
            requireSize("cropSize", cropSize, multiple / 2);
        }
        if (dimension < 8 || dimension > 4096) {
            throw new IllegalArgumentException("dimension: " + dimension + " (expected: 8..4096)");
        }
    }

    private static void requireSize(String field, int value, int multiple) {
        if (value < 32 || value > 512 || value % multiple != 0) {
            throw new IllegalArgumentException(
                    field + ": " + value + " (expected: 32..512, a multiple of " + multiple + ")");
        }
    }

    /** A network without a localiser. */
    public NetworkSettings(Backbone backbone, Neck neck, int inputSize, int dimension) {
        this(backbone, neck, inputSize, 0, dimension);
    }

    /** Whether it cuts the document out before it embeds it. */
    public boolean localises() {
        return cropSize > 0;
    }

    /** Floats of one input image. */
    public int inputFloats() {
        return 3 * inputSize * inputSize;
    }

    /** The layers from image to embedding, in order. */
    public List<Layer> layers() {
        List<Layer> layers = new ArrayList<>();
        if (localises()) {
            layers.add(Localiser.rectification(inputSize, cropSize));
        }
        int seen = localises() ? cropSize : inputSize;
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
                side = Math.ceilDiv(seen, LcNet.SHRINKS);
            }
            case IR_18 -> {
                channels = IrResNet.add(layers, 2, 2, 2, 2);
                side = Math.ceilDiv(seen, IrResNet.SHRINKS);
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
