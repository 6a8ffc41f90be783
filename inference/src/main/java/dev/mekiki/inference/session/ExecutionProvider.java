package dev.mekiki.inference.session;

/** What runs the model's operators. */
public enum ExecutionProvider {
    /** NVIDIA TensorRT, with CUDA for operators it lacks; needs ONNX Runtime's GPU libraries and TensorRT's. */
    TENSORRT,
    /** NVIDIA CUDA; needs ONNX Runtime's GPU libraries, CUDA's and cuDNN's. */
    CUDA,
    /** Always there. */
    CPU
}
