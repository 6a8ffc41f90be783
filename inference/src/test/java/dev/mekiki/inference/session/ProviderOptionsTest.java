package dev.mekiki.inference.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.entry;

import dev.mekiki.inference.TinyModel;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.session.GpuSettings.ArenaGrowth;
import dev.mekiki.inference.session.GpuSettings.TensorRt;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProviderOptionsTest {

    @TempDir
    private Path cache;

    private final ModelCard card = TinyModel.card(new byte[] {1});

    private GpuSettings full() {
        return new GpuSettings(
                List.of(0, 2),
                OptionalLong.of(3L << 30),
                ArenaGrowth.SAME_AS_REQUESTED,
                new TensorRt(true, Optional.of(cache)));
    }

    @Test
    void asksForNothingButADeviceAndOneStreamByDefault() {
        assertThat(ProviderOptions.cuda(GpuSettings.FIRST, 0))
                .containsOnly(
                        entry("device_id", "0"),
                        entry("arena_extend_strategy", "kNextPowerOfTwo"),
                        entry("use_ep_level_unified_stream", "1"));
    }

    @Test
    void limitsTheArenaOfTheDeviceThatASessionIsOn() {
        assertThat(ProviderOptions.cuda(full(), 2))
                .containsEntry("device_id", "2")
                .containsEntry("gpu_mem_limit", "3221225472")
                .containsEntry("arena_extend_strategy", "kSameAsRequested");
    }

    @Test
    void buildsOneEngineForAllBatchSizes() {
        assertThat(ProviderOptions.tensorRt(GpuSettings.FIRST, 0, card, List.of(2, 8, 32)))
                .containsOnly(
                        entry("device_id", "0"),
                        entry("trt_profile_min_shapes", "pixels:2x3x32x32"),
                        entry("trt_profile_opt_shapes", "pixels:32x3x32x32"),
                        entry("trt_profile_max_shapes", "pixels:32x3x32x32"));
    }

    @Test
    void keepsTheEnginesOfDifferentWeightsApart() {
        ModelCard other = TinyModel.card(new byte[] {2});
        String engines = ProviderOptions.tensorRt(full(), 2, card, List.of(1)).get("trt_engine_cache_path");

        assertThat(Path.of(engines)).isDirectory().hasParent(cache);
        assertThat(ProviderOptions.tensorRt(full(), 2, card, List.of(1)))
                .containsEntry("trt_engine_cache_enable", "1")
                .containsEntry("trt_engine_cache_path", engines)
                .containsEntry("trt_timing_cache_enable", "1")
                .containsEntry("trt_timing_cache_path", cache.toString())
                .containsEntry("trt_fp16_enable", "1")
                .containsEntry("trt_max_workspace_size", "3221225472");
        assertThat(ProviderOptions.tensorRt(full(), 2, other, List.of(1)).get("trt_engine_cache_path"))
                .isNotEqualTo(engines);
    }

    @Test
    void refusesDevicesThatCannotBe() {
        for (List<Integer> devices : List.of(List.<Integer>of(), List.of(-1), List.of(1, 1))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new GpuSettings(
                            devices, OptionalLong.empty(), ArenaGrowth.NEXT_POWER_OF_TWO, GpuSettings.FIRST.tensorRt()))
                    .withMessageStartingWith("devices: " + devices);
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new GpuSettings(
                        List.of(0), OptionalLong.of(0), ArenaGrowth.NEXT_POWER_OF_TWO, GpuSettings.FIRST.tensorRt()))
                .withMessage("memoryLimit: 0 (expected: at least 1 byte)");
    }
}
