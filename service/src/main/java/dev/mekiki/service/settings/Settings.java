package dev.mekiki.service.settings;

import dev.mekiki.gallery.embedded.EmbeddedGallerySettings;
import dev.mekiki.gallery.milvus.MilvusGallerySettings;
import dev.mekiki.gallery.milvus.VectorIndex;
import dev.mekiki.inference.InferenceSettings;
import dev.mekiki.inference.decode.ImageLimits;
import dev.mekiki.inference.session.ExecutionProvider;
import dev.mekiki.inference.session.GpuSettings;
import dev.mekiki.inference.session.SessionSettings;
import dev.mekiki.service.access.TokenVerifier;
import io.quarkus.runtime.configuration.MemorySize;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The configuration as a whole, and what its parts demand of each other.
 *
 * @param model mekiki.model
 * @param inference mekiki.inference
 * @param gpu mekiki.inference.gpu
 * @param image mekiki.image
 * @param images mekiki.images
 * @param gallery mekiki.gallery
 * @param milvus mekiki.gallery.milvus
 * @param drift mekiki.drift
 * @param tracing mekiki.tracing
 * @param admission mekiki.admission
 * @param server mekiki.server
 * @param tls mekiki.server.tls
 * @param access mekiki.access
 * @param listening where gRPC and HTTP listen
 * @param machine what there is to work with
 */
public record Settings(
        ModelConfig model,
        InferenceConfig inference,
        Gpu gpu,
        ImageConfig image,
        KeptImagesConfig images,
        GalleryConfig gallery,
        Milvus milvus,
        DriftConfig drift,
        TracingConfig tracing,
        AdmissionConfig admission,
        ServerConfig server,
        ServerTlsConfig tls,
        Access access,
        Listening listening,
        Machine machine) {

    /** What a message may hold beside an image: names, a label, attributes at their limits. */
    static final long BESIDE_IMAGE = 2L << 20;

    private static final int BULK_THREADS = 16;

    /** One copies while the other computes. */
    private static final int SESSIONS_ON_A_GPU = 2;

    private static final long MOST_IMAGE_BYTES = 1L << 30;
    private static final long USUAL_REQUEST_BYTES = 256L << 20;

    /**
     * The parts of the configuration that are about GPUs.
     *
     * @param devices mekiki.inference.gpu
     * @param tensorRt mekiki.inference.tensorrt
     */
    public record Gpu(GpuConfig devices, TensorRtConfig tensorRt) {}

    /**
     * The parts of the configuration that are about Milvus.
     *
     * @param server mekiki.gallery.milvus
     * @param index mekiki.gallery.milvus.index
     * @param tls mekiki.gallery.milvus.tls
     */
    public record Milvus(MilvusConfig server, MilvusIndexConfig index, MilvusTlsConfig tls) {}

    /**
     * The parts of the configuration that are about who may call.
     *
     * @param callers mekiki.access
     * @param tokens mekiki.access.tokens
     */
    public record Access(AccessConfig callers, TokenConfig tokens) {}

    /**
     * Where the service listens.
     *
     * @param grpcHost host name or address of the gRPC server
     * @param grpcPort its port
     * @param httpHost host name or address of the HTTP server for health and metrics
     * @param httpPort its port
     */
    public record Listening(String grpcHost, int grpcPort, String httpHost, int httpPort) {}

    /**
     * What there is to work with.
     *
     * @param processors at least 1
     * @param maxHeap bytes
     */
    public record Machine(int processors, long maxHeap) {

        /** This one. */
        public static Machine here() {
            return new Machine(
                    Runtime.getRuntime().availableProcessors(),
                    Runtime.getRuntime().maxMemory());
        }
    }

    /** Everything that cannot work, in words for the operator, empty if all is well. */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        model.repository()
                .ifPresent(folder -> require(
                        problems,
                        "mekiki.model.repository",
                        folder,
                        Files.isDirectory(folder),
                        "a folder that exists"));
        require(
                problems,
                "mekiki.inference.providers",
                inference.providers(),
                !inference.providers().isEmpty() && isDistinct(inference.providers()),
                "one or more, each once");
        requireUsableGpu(problems);
        require(problems, "mekiki.inference.sessions", sessions(), sessions() >= 1, "at least 1");
        require(
                problems,
                "mekiki.inference.intra-op-threads",
                inference.intraOpThreads(),
                inference.intraOpThreads() >= 1,
                "at least 1");
        require(
                problems,
                "mekiki.inference.batch-sizes",
                inference.batchSizes(),
                ascendingFromOne(inference.batchSizes()),
                "ascending, each at least 1");
        require(
                problems,
                "mekiki.inference.max-delay",
                inference.maxDelay(),
                !inference.maxDelay().isNegative() && inference.maxDelay().compareTo(admission.defaultDeadline()) < 0,
                "0 or more and less than mekiki.admission.default-deadline, " + admission.defaultDeadline());
        require(
                problems,
                "mekiki.inference.max-delay",
                inference.maxDelay(),
                !inference.maxDelay().isPositive() || !inference.latencyBudget().isPositive(),
                "0, as the delay follows from mekiki.inference.latency-budget, " + inference.latencyBudget());
        require(
                problems,
                "mekiki.inference.latency-budget",
                inference.latencyBudget(),
                !inference.latencyBudget().isNegative(),
                "0 or more");
        require(problems, "mekiki.inference.decode-threads", decodeThreads(), decodeThreads() >= 1, "at least 1");
        require(
                problems,
                "mekiki.image.max-bytes",
                maxImageBytes(),
                maxImageBytes() >= 1 && maxImageBytes() <= MOST_IMAGE_BYTES,
                "1.." + MOST_IMAGE_BYTES);
        require(problems, "mekiki.image.max-pixels", image.maxPixels(), image.maxPixels() >= 1, "at least 1");
        require(
                problems,
                "mekiki.image.max-side",
                image.maxSide(),
                image.maxSide() >= 1 && image.maxSide() <= 65_535,
                "1..65535");
        require(problems, "mekiki.gallery.threads", galleryThreads(), galleryThreads() >= 1, "at least 1");
        if (gallery.backend() == GalleryConfig.Backend.MILVUS) {
            requireUsableMilvus(problems);
        }
        require(
                problems,
                "mekiki.drift.retention",
                drift.retention(),
                drift.retention().compareTo(Duration.ofDays(2)) >= 0
                        && drift.retention().compareTo(Duration.ofDays(366)) <= 0,
                "2d..366d");
        tracing.endpoint()
                .ifPresent(endpoint -> require(
                        problems,
                        "mekiki.tracing.endpoint",
                        endpoint,
                        ("http".equals(endpoint.getScheme()) || "https".equals(endpoint.getScheme()))
                                && endpoint.getHost() != null,
                        "http://HOST:PORT/PATH or https://HOST:PORT/PATH"));
        require(
                problems,
                "mekiki.tracing.share",
                tracing.share(),
                tracing.share() >= 0 && tracing.share() <= 1,
                "0..1");
        int busy = allSessions() * largestBatch();
        require(
                problems,
                "mekiki.admission.max-requests",
                admission.maxRequests(),
                admission.maxRequests() >= Math.max(1, busy),
                "at least " + busy + ", the sessions on all devices times the largest of mekiki.inference.batch-sizes");
        require(
                problems,
                "mekiki.admission.max-request-bytes",
                maxRequestBytes(),
                maxRequestBytes() >= maxMessageBytes(),
                "at least " + maxMessageBytes() + ", mekiki.image.max-bytes and " + BESIDE_IMAGE);
        require(
                problems,
                "mekiki.admission.max-request-bytes",
                maxRequestBytes(),
                maxRequestBytes() <= machine.maxHeap() / 4,
                "at most " + machine.maxHeap() / 4 + ", a quarter of the heap");
        requirePositive(problems, "mekiki.admission.retry-after", admission.retryAfter());
        requirePositive(problems, "mekiki.admission.default-deadline", admission.defaultDeadline());
        require(
                problems,
                "mekiki.admission.max-in-flight-per-stream",
                admission.maxInFlightPerStream(),
                admission.maxInFlightPerStream() >= 1 && admission.maxInFlightPerStream() <= admission.maxRequests(),
                "1.." + admission.maxRequests() + ", mekiki.admission.max-requests");
        server.maxConnectionAge().ifPresent(age -> requireASecond(problems, "mekiki.server.max-connection-age", age));
        require(
                problems,
                "mekiki.server.drain-timeout",
                server.drainTimeout(),
                !server.drainTimeout().isNegative(),
                "0 or more");
        requireUsableTls(problems);
        requireUsableAccess(problems);
        problems.addAll(exposure());
        return problems;
    }

    private void requireUsableTls(List<String> problems) {
        require(
                problems,
                "mekiki.server.tls.certificate, mekiki.server.tls.key",
                tls.certificate().isPresent() + ", " + tls.key().isPresent(),
                tls.certificate().isPresent() == tls.key().isPresent(),
                "both or none");
        tls.clientAuthorities()
                .ifPresent(authorities -> require(
                        problems,
                        "mekiki.server.tls.client-authorities",
                        authorities,
                        tls.certificate().isPresent(),
                        "left out without mekiki.server.tls.certificate"));
        requireASecond(problems, "mekiki.server.tls.reload-interval", tls.reloadInterval());
    }

    private void requireUsableAccess(List<String> problems) {
        TokenConfig tokens = access.tokens();
        boolean all = tokens.issuer().isPresent()
                && tokens.audience().isPresent()
                && tokens.keys().isPresent();
        boolean none = tokens.issuer().isEmpty()
                && tokens.audience().isEmpty()
                && tokens.keys().isEmpty();
        require(
                problems,
                "mekiki.access.tokens",
                "some of issuer, audience and keys",
                all || none,
                "all of them, or none");
        require(
                problems,
                "mekiki.access.tokens.issuer",
                tokens.issuer().orElse(""),
                tokens.issuer().isEmpty() || access.callers().file().isPresent(),
                "left out without mekiki.access.file, which says what callers may do");
        tokens.keys()
                .ifPresent(keys -> require(
                        problems,
                        "mekiki.access.tokens.keys",
                        keys,
                        !keys.startsWith("http:") || isLoopback(URI.create(keys).getHost()),
                        "https, as whoever can change keys on their way can be anybody"));
        requireASecond(problems, "mekiki.access.tokens.refresh-interval", tokens.refreshInterval());
        requireASecond(
                problems, "mekiki.access.reload-interval", access.callers().reloadInterval());
    }

    private static void requireASecond(List<String> problems, String property, Duration found) {
        require(problems, property, found, found.compareTo(Duration.ofSeconds(1)) >= 0, "at least 1s");
    }

    /** Which tokens are taken; empty if none are. */
    public Optional<TokenVerifier.Rules> tokenRules() {
        TokenConfig tokens = access.tokens();
        return tokens.issuer()
                .flatMap(issuer -> tokens.audience()
                        .flatMap(audience -> tokens.keys()
                                .map(keys ->
                                        new TokenVerifier.Rules(issuer, audience, keys, tokens.refreshInterval()))));
    }

    /** What is wrong with where the service listens. */
    public List<String> exposure() {
        List<String> problems = new ArrayList<>();
        String expected = "a loopback address, or TLS (mekiki.server.tls.certificate) together with"
                + " mekiki.server.tls.client-authorities or mekiki.access.file, without which anybody could call,"
                + " or mekiki.server.insecure-listen-allowed=true";
        boolean guarded = tls.certificate().isPresent()
                && (tls.clientAuthorities().isPresent()
                        || access.callers().file().isPresent());
        require(
                problems,
                "quarkus.grpc.server.host",
                listening.grpcHost(),
                guarded || server.insecureListenAllowed() || isLoopback(listening.grpcHost()),
                expected);
        require(
                problems,
                "quarkus.http.host",
                listening.httpHost(),
                guarded || server.insecureListenAllowed() || isLoopback(listening.httpHost()),
                expected);
        return problems;
    }

    /** The largest request message, bytes. */
    public long maxMessageBytes() {
        return maxImageBytes() + BESIDE_IMAGE;
    }

    /** Most bytes of request messages that are held at once. */
    public long maxRequestBytes() {
        return admission
                .maxRequestBytes()
                .map(MemorySize::asLongValue)
                .orElseGet(() -> Math.max(maxMessageBytes(), Math.min(machine.maxHeap() / 8, USUAL_REQUEST_BYTES)));
    }

    public long maxImageBytes() {
        return image.maxBytes().asLongValue();
    }

    public int galleryThreads() {
        return gallery.threads().orElse(Math.max(8, 2 * machine.processors()));
    }

    /** Threads that import; as many as the batches of one stream, because they mostly wait for the gallery. */
    public int bulkThreads() {
        return BULK_THREADS;
    }

    /**
     * Images that are embedded in bulk at a time, over all imports: enough to keep the device busy, and at most half of
     * the places, so that a single request finds one.
     */
    public int bulkImages() {
        return Math.clamp(2L * allSessions() * largestBatch(), 1, Math.max(1, admission.maxRequests() / 2));
    }

    /** Only where there are no {@link #problems}. */
    public InferenceSettings inferenceSettings() {
        return new InferenceSettings(
                new ImageLimits(Math.toIntExact(maxImageBytes()), image.maxPixels(), image.maxSide()),
                decodeThreads(),
                admission.maxRequests(),
                maxRequestBytes(),
                new SessionSettings(
                        inference.providers(),
                        inference.fallbackAllowed(),
                        gpuSettings(),
                        sessions(),
                        inference.intraOpThreads(),
                        inference.batchSizes()),
                inference.maxDelay(),
                inference.latencyBudget());
    }

    private GpuSettings gpuSettings() {
        return new GpuSettings(
                devices(),
                gpu.devices().memoryLimit().map(MemorySize::asLongValue).stream()
                        .mapToLong(Long::longValue)
                        .findFirst(),
                gpu.devices().arenaGrowth(),
                new GpuSettings.TensorRt(
                        gpu.tensorRt().float16(), gpu.tensorRt().cache()));
    }

    private List<Integer> devices() {
        return gpu.devices().devices().orElse(GpuSettings.FIRST.devices());
    }

    private void requireUsableGpu(List<String> problems) {
        String prefix = "mekiki.inference.gpu.";
        boolean onGpu = inference.providers().stream().anyMatch(provider -> provider != ExecutionProvider.CPU);
        boolean onTensorRt = inference.providers().contains(ExecutionProvider.TENSORRT);
        require(
                problems,
                prefix + "devices",
                devices(),
                isDistinct(devices()) && devices().stream().allMatch(device -> device >= 0),
                "each at least 0 and named once");
        gpu.devices()
                .memoryLimit()
                .ifPresent(limit -> require(
                        problems,
                        prefix + "memory-limit",
                        limit.asLongValue(),
                        limit.asLongValue() >= 1,
                        "at least 1"));
        String noGpu = "left out, as mekiki.inference.providers names no GPU's, " + inference.providers();
        gpu.devices().devices().ifPresent(found -> require(problems, prefix + "devices", found, onGpu, noGpu));
        gpu.devices()
                .memoryLimit()
                .ifPresent(found -> require(problems, prefix + "memory-limit", found.asLongValue(), onGpu, noGpu));
        String noTensorRt = "left out, as mekiki.inference.providers names no tensorrt, " + inference.providers();
        require(
                problems,
                "mekiki.inference.tensorrt.float16",
                gpu.tensorRt().float16(),
                onTensorRt || !gpu.tensorRt().float16(),
                noTensorRt);
        gpu.tensorRt().cache().ifPresent(found -> {
            require(problems, "mekiki.inference.tensorrt.cache", found, onTensorRt, noTensorRt);
            require(
                    problems,
                    "mekiki.inference.tensorrt.cache",
                    found,
                    Files.isDirectory(found) && Files.isWritable(found),
                    "a folder that exists and can be written to");
        });
    }

    private static boolean isDistinct(List<?> values) {
        return new HashSet<>(values).size() == values.size();
    }

    /** The ONNX files to serve, the main one first. */
    public List<Path> models() {
        List<Path> models = new ArrayList<>();
        models.add(model.path());
        models.addAll(model.more().orElse(List.of()));
        return models;
    }

    public EmbeddedGallerySettings gallerySettings() {
        return EmbeddedGallerySettings.in(gallery.directory());
    }

    /** Only where there are no {@link #problems}, and galleries are in Milvus. */
    public MilvusGallerySettings milvusSettings() {
        MilvusConfig server = milvus.server();
        MilvusTlsConfig tls = milvus.tls();
        return new MilvusGallerySettings(
                server.uri().orElse(""),
                server.token(),
                tls.authorities()
                        .map(authorities -> new MilvusGallerySettings.Tls(
                                authorities,
                                tls.serverName(),
                                tls.certificate()
                                        .flatMap(certificate -> tls.key()
                                                .map(key -> new MilvusGallerySettings.ClientCertificate(
                                                        certificate, key))))),
                server.database(),
                server.prefix(),
                index(),
                server.shards(),
                server.overFetch(),
                server.breadth(),
                server.lookUpDeadline(),
                server.changeDeadline(),
                server.staleness());
    }

    private VectorIndex index() {
        MilvusIndexConfig index = milvus.index();
        return switch (index.type()) {
            case AUTOMATIC -> new VectorIndex.Automatic();
            case HNSW -> new VectorIndex.Hnsw(index.connections(), index.breadth());
            case IVF_FLAT -> new VectorIndex.IvfFlat(index.lists());
            case FLAT -> new VectorIndex.Flat();
        };
    }

    private void requireUsableMilvus(List<String> problems) {
        String prefix = "mekiki.gallery.milvus.";
        MilvusTlsConfig tls = milvus.tls();
        boolean anyTls = tls.authorities().isPresent()
                || tls.serverName().isPresent()
                || tls.certificate().isPresent()
                || tls.key().isPresent();
        if (milvus.server().uri().isEmpty()) {
            problems.add(prefix + "uri: missing (expected: http://HOST:PORT or https://HOST:PORT, as "
                    + "mekiki.gallery.backend is milvus)");
            return;
        }
        require(
                problems,
                prefix + "uri",
                milvus.server().uri().get(),
                !anyTls || milvus.server().uri().get().startsWith("https:"),
                "https://HOST:PORT, as " + prefix + "tls is set");
        require(
                problems,
                prefix + "tls.authorities",
                "missing",
                !anyTls || tls.authorities().isPresent(),
                "certificates, as something else of " + prefix + "tls is set");
        require(
                problems,
                prefix + "tls",
                tls.certificate().isPresent() ? "a certificate without a key" : "a key without a certificate",
                tls.certificate().isPresent() == tls.key().isPresent(),
                "both or none");
        try {
            index();
        } catch (IllegalArgumentException e) {
            problems.add(prefix + "index." + hyphenated(e));
            return;
        }
        try {
            milvusSettings();
        } catch (IllegalArgumentException e) {
            problems.add(prefix + hyphenated(e));
        }
    }

    /** What is wrong with a field of another record, in the configuration's spelling. */
    private static String hyphenated(IllegalArgumentException e) {
        String message = Objects.requireNonNullElse(e.getMessage(), "");
        int end = Math.max(0, message.indexOf(':'));
        return message.substring(0, end).replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT) + message.substring(end);
    }

    private int sessions() {
        if (inference.sessions().isPresent()) {
            return inference.sessions().getAsInt();
        }
        return onGpuFirst()
                ? SESSIONS_ON_A_GPU
                : Math.clamp(admission.maxRequests() / Math.max(1, largestBatch()), 1, machine.processors());
    }

    private int allSessions() {
        return onGpuFirst() ? sessions() * devices().size() : sessions();
    }

    private boolean onGpuFirst() {
        return !inference.providers().isEmpty() && inference.providers().getFirst() != ExecutionProvider.CPU;
    }

    private int largestBatch() {
        return inference.batchSizes().stream().mapToInt(Integer::intValue).max().orElse(1);
    }

    private int decodeThreads() {
        return inference.decodeThreads().orElse(machine.processors());
    }

    private static boolean ascendingFromOne(List<Integer> sizes) {
        int previous = 0;
        for (int size : sizes) {
            if (size <= previous) {
                return false;
            }
            previous = size;
        }
        return previous > 0;
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static void requirePositive(List<String> problems, String property, Duration found) {
        require(problems, property, found, found.isPositive(), "more than 0");
    }

    private static void require(List<String> problems, String property, Object found, boolean right, String expected) {
        if (!right) {
            problems.add(property + ": " + found + " (expected: " + expected + ")");
        }
    }
}
