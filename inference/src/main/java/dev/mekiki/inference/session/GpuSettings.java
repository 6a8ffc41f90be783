package dev.mekiki.inference.session;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How {@code TENSORRT} and {@code CUDA} use GPUs. Impossible values throw {@link IllegalArgumentException}.
 *
 * @param devices their indexes as CUDA counts them, at least one, each once
 * @param memoryLimit bytes, at least 1: what the CUDA arena of one session may take, and the workspace of one TensorRT
 *     engine; empty for as much as there is
 * @param arenaGrowth how a CUDA arena grows
 * @param tensorRt what only {@code TENSORRT} knows
 */
public record GpuSettings(List<Integer> devices, OptionalLong memoryLimit, ArenaGrowth arenaGrowth, TensorRt tensorRt) {

    /** The first GPU, all of its memory, float32, nothing cached. */
    public static final GpuSettings FIRST = new GpuSettings(
            List.of(0), OptionalLong.empty(), ArenaGrowth.NEXT_POWER_OF_TWO, new TensorRt(false, Optional.empty()));

    /** How an arena asks the device for more memory. */
    public enum ArenaGrowth {
        /** Twice as much each time: few requests, up to half of it unused. */
        NEXT_POWER_OF_TWO("kNextPowerOfTwo"),
        /** What is missing: nothing unused, more requests until every batch size was run once. */
        SAME_AS_REQUESTED("kSameAsRequested");

        private final String option;

        ArenaGrowth(String option) {
            this.option = option;
        }

        /** As ONNX Runtime calls it. */
        String option() {
            return option;
        }
    }

    /**
     * TensorRT's own settings.
     *
     * @param float16 whether it may compute in float16 where that is faster; answers then differ by more than rounding
     * @param cache a folder that exists, for engines and measured kernels, so that only the first start builds them
     */
    public record TensorRt(boolean float16, Optional<Path> cache) {}

    public GpuSettings {
        if (devices.isEmpty()
                || new HashSet<>(devices).size() < devices.size()
                || devices.stream().anyMatch(device -> device < 0)) {
            throw new IllegalArgumentException(
                    "devices: " + devices + " (expected: at least one, each at least 0 and named once)");
        }
        if (memoryLimit.isPresent() && memoryLimit.getAsLong() < 1) {
            throw new IllegalArgumentException(
                    "memoryLimit: " + memoryLimit.getAsLong() + " (expected: at least 1 byte)");
        }
        devices = List.copyOf(devices);
    }
}
