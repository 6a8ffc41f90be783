package dev.mekiki.training.engine;

/**
 * What the arithmetic runs on.
 *
 * @param device where weights and batches live
 * @param precision of convolutions and linear layers; norms, losses, gradients of weights and the optimiser are always
 *     float32
 */
public record Hardware(Device device, Precision precision) {

    /** Any processor, in float32. */
    public static final Hardware CPU = new Hardware(Device.CPU, Precision.FLOAT32);

    /** Where tensors live. */
    public enum Device {
        CPU,
        /** The first NVIDIA GPU; needs libtorch for GPUs, and CUDA's and cuDNN's libraries. */
        CUDA
    }

    /** How exact the large products are. */
    public enum Precision {
        FLOAT32,
        /** Has the range of float32, so that no loss scaling is needed. Fast on GPUs, slow on most processors. */
        BFLOAT16
    }
}
