package dev.mekiki.inference.session;

import dev.mekiki.inference.model.ModelCard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Settings in the words of ONNX Runtime's execution providers. */
final class ProviderOptions {

    private static final String ON = "1";

    private ProviderOptions() {}

    /**
     * For one session on one GPU.
     *
     * <p>Convolutions' kernels are chosen by trying them out ({@code cudnn_conv_algo_search} is left at its default),
     * once for each input shape; warming up every batch size pays for that.
     */
    static Map<String, String> cuda(GpuSettings gpu, int device) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("device_id", Integer.toString(device));
        options.put("arena_extend_strategy", gpu.arenaGrowth().option());
        gpu.memoryLimit().ifPresent(bytes -> options.put("gpu_mem_limit", Long.toString(bytes)));
        // A session is one thread's, so that a second stream would only cost synchronisation.
        options.put("use_ep_level_unified_stream", ON);
        return options;
    }

    /**
     * For one session on one GPU. There is one optimisation profile, from the smallest batch size to the largest and
     * best at the largest: ONNX Runtime builds engines of several profiles but only ever runs the first. Without it an
     * engine would be built anew for each size.
     *
     * @throws UncheckedIOException if there is no room for the model in the cache
     */
    static Map<String, String> tensorRt(GpuSettings gpu, int device, ModelCard card, List<Integer> batchSizes) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("device_id", Integer.toString(device));
        gpu.memoryLimit().ifPresent(bytes -> options.put("trt_max_workspace_size", Long.toString(bytes)));
        options.put("trt_profile_min_shapes", shape(card.input(), batchSizes.getFirst()));
        options.put("trt_profile_opt_shapes", shape(card.input(), batchSizes.getLast()));
        options.put("trt_profile_max_shapes", shape(card.input(), batchSizes.getLast()));
        if (gpu.tensorRt().float16()) {
            options.put("trt_fp16_enable", ON);
        }
        gpu.tensorRt().cache().ifPresent(cache -> {
            // An engine's file is named after the names in the graph, not its weights: a model's second version would
            // be served with the first one's.
            Path engines = cache.resolve(card.sha256());
            try {
                Files.createDirectories(engines);
            } catch (IOException e) {
                throw new UncheckedIOException("TensorRT's cache " + engines + " cannot be made", e);
            }
            options.put("trt_engine_cache_enable", ON);
            options.put("trt_engine_cache_path", engines.toString());
            options.put("trt_timing_cache_enable", ON);
            options.put("trt_timing_cache_path", cache.toString());
        });
        return options;
    }

    private static String shape(ModelCard.Input input, int batch) {
        return input.name() + ":" + batch + "x3x" + input.height() + "x" + input.width();
    }
}
