package dev.mekiki.service.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.gallery.milvus.MilvusGallerySettings;
import dev.mekiki.gallery.milvus.VectorIndex;
import dev.mekiki.inference.session.ExecutionProvider;
import dev.mekiki.inference.session.GpuSettings;
import dev.mekiki.inference.session.SessionSettings;
import dev.mekiki.service.access.TokenVerifier;
import dev.mekiki.service.settings.Settings.Listening;
import dev.mekiki.service.settings.Settings.Machine;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    private static final Machine MACHINE = new Machine(4, 2L << 30);
    private static final Listening LOOPBACK = new Listening("127.0.0.1", 9000, "localhost", 8080);

    @Test
    void worksAsItIs() {
        Settings settings = settings(Map.of(), LOOPBACK, MACHINE);

        assertThat(settings.problems()).isEmpty();
        assertThat(settings.maxRequestBytes()).isEqualTo(256L << 20);
        assertThat(settings.inferenceSettings().session().providers()).containsExactly(ExecutionProvider.CPU);
        assertThat(settings.inferenceSettings().session().sessions()).isEqualTo(4);
        assertThat(settings.galleryThreads()).isEqualTo(8);
    }

    @Test
    void runsAsManySessionsAsTheMachineAndTheRequestsCanKeepBusy() {
        assertThat(sessions(Map.of(), 128)).isEqualTo(64);
        assertThat(settings(Map.of(), LOOPBACK, new Machine(128, 2L << 30)).problems())
                .isEmpty();
        assertThat(sessions(Map.of("mekiki.inference.sessions", "3"), 128)).isEqualTo(3);
        assertThat(sessions(Map.of("mekiki.inference.providers", "cuda,cpu"), 128))
                .isEqualTo(2);
    }

    private static int sessions(Map<String, String> properties, int processors) {
        return settings(properties, LOOPBACK, new Machine(processors, 2L << 30))
                .inferenceSettings()
                .session()
                .sessions();
    }

    @Test
    void holdsFewerRequestBytesWhereTheHeapIsSmall() {
        assertThat(settings(Map.of(), LOOPBACK, new Machine(1, 200L << 20)).maxRequestBytes())
                .isEqualTo(25L << 20);
        assertThat(settings(Map.of(), LOOPBACK, new Machine(1, 60L << 20)).maxRequestBytes())
                .isEqualTo(22L << 20);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "mekiki.model.repository; no/such; mekiki.model.repository: no/such (expected: a folder that exists)",
                "mekiki.inference.max-delay; 30s; mekiki.admission.default-deadline",
                "mekiki.inference.max-delay; 1ms; mekiki.inference.latency-budget, PT1S",
                "mekiki.inference.latency-budget; -1ms; mekiki.inference.latency-budget",
                "mekiki.inference.batch-sizes; 4,2; ascending",
                "mekiki.inference.batch-sizes; 257; mekiki.admission.max-requests: 256 (expected: at least 257",
                "mekiki.inference.sessions; 65; mekiki.admission.max-requests: 256 (expected: at least 260",
                "mekiki.inference.sessions; 0; mekiki.inference.sessions: 0 (expected: at least 1)",
                "mekiki.inference.decode-threads; 0; mekiki.inference.decode-threads",
                "mekiki.inference.providers; cuda,cuda; mekiki.inference.providers: [CUDA, CUDA] (expected: one or more",
                "mekiki.inference.gpu.devices; 0; mekiki.inference.gpu.devices: [0] (expected: left out, as",
                "mekiki.inference.gpu.memory-limit; 1G; mekiki.inference.gpu.memory-limit: 1073741824 (expected: left out",
                "mekiki.inference.tensorrt.float16; true; mekiki.inference.tensorrt.float16: true (expected: left out, as",
                "mekiki.inference.tensorrt.cache; .; mekiki.inference.tensorrt.cache: . (expected: left out, as",
                "mekiki.inference.intra-op-threads; 0; mekiki.inference.intra-op-threads",
                "mekiki.image.max-bytes; 2G; mekiki.image.max-bytes",
                "mekiki.image.max-pixels; 0; mekiki.image.max-pixels",
                "mekiki.image.max-side; 70000; 1..65535",
                "mekiki.gallery.threads; 0; mekiki.gallery.threads",
                "mekiki.admission.max-request-bytes; 21M; mekiki.image.max-bytes",
                "mekiki.admission.max-request-bytes; 513M; a quarter of the heap",
                "mekiki.admission.retry-after; 0s; mekiki.admission.retry-after",
                "mekiki.admission.default-deadline; 0s; mekiki.admission.default-deadline",
                "mekiki.admission.max-in-flight-per-stream; 257; mekiki.admission.max-requests",
                "mekiki.tracing.endpoint; collector:4318; mekiki.tracing.endpoint: collector:4318 (expected: http://HOST:PORT/PATH or https://HOST:PORT/PATH)",
                "mekiki.tracing.share; 1.5; mekiki.tracing.share: 1.5 (expected: 0..1)",
                "mekiki.drift.retention; 1d; mekiki.drift.retention: PT24H (expected: 2d..366d)",
                "mekiki.drift.retention; 367d; mekiki.drift.retention: PT8808H (expected: 2d..366d)",
                "mekiki.server.drain-timeout; -1s; mekiki.server.drain-timeout",
                "mekiki.server.tls.certificate; a.pem; mekiki.server.tls.key: true, false (expected: both or none)",
                "mekiki.server.tls.client-authorities; a.pem; mekiki.server.tls.client-authorities: a.pem (expected",
                "mekiki.server.tls.reload-interval; 0s; mekiki.server.tls.reload-interval",
                "mekiki.server.max-connection-age; 999ms; mekiki.server.max-connection-age",
            })
    void refusesWhatCannotWork(String property, String value, String problem) {
        assertThat(settings(Map.of(property, value), LOOPBACK, MACHINE).problems())
                .anySatisfy(found -> assertThat(found).contains(problem));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "gpu.devices; 0,0; mekiki.inference.gpu.devices: [0, 0] (expected: each at least 0 and named once)",
                "gpu.devices; -1; mekiki.inference.gpu.devices: [-1] (expected: each at least 0 and named once)",
                "gpu.memory-limit; 0; mekiki.inference.gpu.memory-limit: 0 (expected: at least 1)",
                "tensorrt.float16; true; mekiki.inference.tensorrt.float16: true (expected: left out, as",
                "batch-sizes; 1,33; mekiki.admission.max-requests: 256 (expected: at least 264, the sessions on all",
            })
    void refusesAGpuThatCannotWork(String property, String value, String problem) {
        Map<String, String> properties = new HashMap<>(Map.of(
                "mekiki.inference.providers", "cuda",
                "mekiki.inference.gpu.devices", "0,1",
                "mekiki.inference.sessions", "4"));
        properties.put("mekiki.inference." + property, value);

        assertThat(settings(properties, LOOPBACK, MACHINE).problems())
                .anySatisfy(found -> assertThat(found).contains(problem));
    }

    @Test
    void needsAFolderForEngines() {
        Map<String, String> properties = Map.of(
                "mekiki.inference.providers", "tensorrt",
                "mekiki.inference.tensorrt.cache", "no/such");

        assertThat(settings(properties, LOOPBACK, MACHINE).problems())
                .containsExactly("mekiki.inference.tensorrt.cache: no/such (expected: a folder that exists and can be"
                        + " written to)");
    }

    @Test
    void readsWhatGpusTake() {
        Settings settings = settings(
                Map.of(
                        "mekiki.inference.providers", "tensorrt,cuda,cpu",
                        "mekiki.inference.fallback-allowed", "true",
                        "mekiki.inference.sessions", "2",
                        "mekiki.inference.batch-sizes", "1,8,32",
                        "mekiki.inference.gpu.devices", "1,3",
                        "mekiki.inference.gpu.memory-limit", "2G",
                        "mekiki.inference.gpu.arena-growth", "same-as-requested",
                        "mekiki.inference.tensorrt.float16", "true",
                        "mekiki.inference.tensorrt.cache", "."),
                LOOPBACK,
                MACHINE);

        assertThat(settings.problems()).isEmpty();
        SessionSettings session = settings.inferenceSettings().session();
        assertThat(session.allSessions()).isEqualTo(4);
        assertThat(session.gpu())
                .isEqualTo(new GpuSettings(
                        List.of(1, 3),
                        OptionalLong.of(2L << 30),
                        GpuSettings.ArenaGrowth.SAME_AS_REQUESTED,
                        new GpuSettings.TensorRt(true, Optional.of(Path.of(".")))));
        // Twice what four sessions hold would be half of the places at most.
        assertThat(settings.bulkImages()).isEqualTo(128);
    }

    @Test
    void takesMilvusWithItsMeasuredDefaults() {
        Settings settings = milvus(Map.of("mekiki.gallery.milvus.token", "root:secret"));

        assertThat(settings.problems()).isEmpty();
        assertThat(settings.milvusSettings())
                .isEqualTo(MilvusGallerySettings.at("http://localhost:19530").withToken("root:secret"));
        assertThat(settings.milvusSettings().toString()).doesNotContain("secret");
    }

    @Test
    void readsIndexAndCertificatesOfMilvus() {
        Settings settings = milvus(Map.of(
                "mekiki.gallery.milvus.uri", "https://milvus:19530",
                "mekiki.gallery.milvus.index.type", "ivf-flat",
                "mekiki.gallery.milvus.index.lists", "77",
                "mekiki.gallery.milvus.tls.authorities", "ca.pem",
                "mekiki.gallery.milvus.tls.certificate", "client.pem",
                "mekiki.gallery.milvus.tls.key", "client.key"));

        assertThat(settings.problems()).isEmpty();
        assertThat(settings.milvusSettings().index()).isEqualTo(new VectorIndex.IvfFlat(77));
        assertThat(settings.milvusSettings().tls())
                .contains(new MilvusGallerySettings.Tls(
                        Path.of("ca.pem"),
                        Optional.empty(),
                        Optional.of(new MilvusGallerySettings.ClientCertificate(
                                Path.of("client.pem"), Path.of("client.key")))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "uri; milvus:19530; mekiki.gallery.milvus.uri: \"milvus:19530\" (expected: http://HOST:PORT",
                "prefix; Mekiki; mekiki.gallery.milvus.prefix: ",
                "over-fetch; 0; mekiki.gallery.milvus.over-fetch: 0 (expected: 1..10000)",
                "look-up-deadline; 1ms; mekiki.gallery.milvus.look-up-deadline: PT0.001S",
                "index.breadth; 1; mekiki.gallery.milvus.index.breadth: 1 (expected: 8..4096)",
                "tls.authorities; ca.pem; mekiki.gallery.milvus.uri: http://localhost:19530 (expected: https",
                "tls.server-name; milvus; mekiki.gallery.milvus.tls.authorities: missing",
                "tls.key; k.pem; mekiki.gallery.milvus.tls: a key without a certificate (expected: both or none)",
            })
    void refusesAMilvusThatCannotWork(String property, String value, String problem) {
        Map<String, String> properties = new HashMap<>(Map.of("mekiki.gallery.milvus.index.type", "hnsw"));
        properties.put("mekiki.gallery.milvus." + property, value);

        assertThat(milvus(properties).problems())
                .anySatisfy(found -> assertThat(found).contains(problem));
    }

    @Test
    void needsToKnowWhereMilvusIsOnlyIfGalleriesAreInIt() {
        assertThat(settings(Map.of("mekiki.gallery.backend", "milvus"), LOOPBACK, MACHINE)
                        .problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem).startsWith("mekiki.gallery.milvus.uri: missing"));
        assertThat(settings(Map.of("mekiki.gallery.milvus.prefix", "NONE"), LOOPBACK, MACHINE)
                        .problems())
                .isEmpty();
    }

    private static Settings milvus(Map<String, String> properties) {
        Map<String, String> all = new HashMap<>(
                Map.of("mekiki.gallery.backend", "milvus", "mekiki.gallery.milvus.uri", "http://localhost:19530"));
        all.putAll(properties);
        return settings(all, LOOPBACK, MACHINE);
    }

    @Test
    void listensBeyondThisMachineOnlyIfThatIsAllowed() {
        Listening open = new Listening("0.0.0.0", 9000, "127.0.0.1", 8080);
        Listening openHttp = new Listening("localhost", 9000, "0.0.0.0", 8080);

        assertThat(settings(Map.of(), open, MACHINE).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem)
                        .startsWith("quarkus.grpc.server.host: 0.0.0.0")
                        .contains("mekiki.server.insecure-listen-allowed=true"));
        assertThat(settings(Map.of(), openHttp, MACHINE).exposure())
                .singleElement()
                .satisfies(problem -> assertThat(problem).startsWith("quarkus.http.host"));
        assertThat(settings(Map.of("mekiki.server.insecure-listen-allowed", "true"), open, MACHINE)
                        .problems())
                .isEmpty();
        Map<String, String> certificate =
                Map.of("mekiki.server.tls.certificate", "service.pem", "mekiki.server.tls.key", "service.key");
        assertThat(settings(certificate, open, MACHINE).problems())
                .as("anybody may call, if through TLS")
                .hasSize(1);
        Map<String, String> mutual = new HashMap<>(certificate);
        mutual.put("mekiki.server.tls.client-authorities", "clients.pem");
        assertThat(settings(mutual, open, MACHINE).problems()).isEmpty();
        assertThat(settings(mutual, openHttp, MACHINE).problems()).isEmpty();
        Map<String, String> keys = new HashMap<>(certificate);
        keys.put("mekiki.access.file", "access.yaml");
        assertThat(settings(keys, open, MACHINE).problems()).isEmpty();
        assertThat(settings(Map.of("mekiki.access.file", "access.yaml"), open, MACHINE)
                        .problems())
                .as("keys in plaintext")
                .hasSize(1);
    }

    @Test
    void takesTokensOnlyOfAnIssuerWhoseKeysNobodyElseCanChange() {
        Map<String, String> tokens = new HashMap<>(Map.of(
                "mekiki.access.file", "access.yaml",
                "mekiki.access.tokens.issuer", "https://accounts.example",
                "mekiki.access.tokens.audience", "mekiki",
                "mekiki.access.tokens.keys", "https://accounts.example/keys"));
        Settings settings = settings(tokens, LOOPBACK, MACHINE);
        assertThat(settings.problems()).isEmpty();
        assertThat(settings.tokenRules())
                .contains(new TokenVerifier.Rules(
                        "https://accounts.example", "mekiki", "https://accounts.example/keys", Duration.ofMinutes(5)));

        tokens.put("mekiki.access.tokens.keys", "http://localhost:1/keys");
        assertThat(settings(tokens, LOOPBACK, MACHINE).problems()).isEmpty();
        tokens.put("mekiki.access.tokens.keys", "http://192.0.2.1/keys");
        assertThat(settings(tokens, LOOPBACK, MACHINE).problems())
                .singleElement()
                .satisfies(
                        problem -> assertThat(problem).startsWith("mekiki.access.tokens.keys: http://192.0.2.1/keys"));
        tokens.remove("mekiki.access.tokens.keys");
        assertThat(settings(tokens, LOOPBACK, MACHINE).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem).startsWith("mekiki.access.tokens: some of"));
        tokens.put("mekiki.access.tokens.keys", "keys.json");
        tokens.remove("mekiki.access.file");
        assertThat(settings(tokens, LOOPBACK, MACHINE).problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem).startsWith("mekiki.access.tokens.issuer"));
        assertThat(settings(tokens, LOOPBACK, MACHINE).tokenRules()).isNotEmpty();
        assertThat(settings(Map.of(), LOOPBACK, MACHINE).tokenRules()).isEmpty();
    }

    private static Settings settings(Map<String, String> properties, Listening listening, Machine machine) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .addDefaultInterceptors()
                .withSources(new PropertiesConfigSource(properties, "test", 100))
                .withMapping(ModelConfig.class)
                .withMapping(InferenceConfig.class)
                .withMapping(GpuConfig.class)
                .withMapping(TensorRtConfig.class)
                .withMapping(ImageConfig.class)
                .withMapping(KeptImagesConfig.class)
                .withMapping(GalleryConfig.class)
                .withMapping(MilvusConfig.class)
                .withMapping(MilvusIndexConfig.class)
                .withMapping(MilvusTlsConfig.class)
                .withMapping(DriftConfig.class)
                .withMapping(TracingConfig.class)
                .withMapping(AdmissionConfig.class)
                .withMapping(ServerConfig.class)
                .withMapping(ServerTlsConfig.class)
                .withMapping(AccessConfig.class)
                .withMapping(TokenConfig.class)
                .build();
        return new Settings(
                config.getConfigMapping(ModelConfig.class),
                config.getConfigMapping(InferenceConfig.class),
                new Settings.Gpu(
                        config.getConfigMapping(GpuConfig.class), config.getConfigMapping(TensorRtConfig.class)),
                config.getConfigMapping(ImageConfig.class),
                config.getConfigMapping(KeptImagesConfig.class),
                config.getConfigMapping(GalleryConfig.class),
                new Settings.Milvus(
                        config.getConfigMapping(MilvusConfig.class),
                        config.getConfigMapping(MilvusIndexConfig.class),
                        config.getConfigMapping(MilvusTlsConfig.class)),
                config.getConfigMapping(DriftConfig.class),
                config.getConfigMapping(TracingConfig.class),
                config.getConfigMapping(AdmissionConfig.class),
                config.getConfigMapping(ServerConfig.class),
                config.getConfigMapping(ServerTlsConfig.class),
                new Settings.Access(
                        config.getConfigMapping(AccessConfig.class), config.getConfigMapping(TokenConfig.class)),
                listening,
                machine);
    }
}
