package dev.mekiki.inference.session;

/** What runs the model's operators. */
public enum ExecutionProvider {
    /** NVIDIA TensorRT, with CUDA for operators it lacks; needs the GPU build and TensorRT's libraries. */
    TENSORRT,
    /** NVIDIA CUDA; needs the GPU build and CUDA's and cuDNN's libraries. */
    CUDA,
    /** Always there. */
    CPU
}
