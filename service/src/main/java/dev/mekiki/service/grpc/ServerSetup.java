package dev.mekiki.service.grpc;

import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.label.LabelScope;
import dev.mekiki.openinference.GRPCInferenceServiceGrpc;
import dev.mekiki.service.access.AccessControl;
import dev.mekiki.service.access.Tenant;
import dev.mekiki.service.access.TenantGalleries;
import dev.mekiki.service.access.TenantUsage;
import dev.mekiki.service.access.TokenVerifier;
import dev.mekiki.service.lifecycle.Lifecycle;
import dev.mekiki.service.lifecycle.Lifecycle.Phase;
import dev.mekiki.service.settings.Settings;
import dev.mekiki.service.telemetry.Telemetry;
import dev.mekiki.service.telemetry.Tracing;
import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.LabelsGrpc;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RegistrationsGrpc;
import io.grpc.Codec;
import io.grpc.DecompressorRegistry;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionService;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.quarkus.grpc.api.ServerBuilderCustomizer;
import io.quarkus.grpc.runtime.config.GrpcServerConfiguration;
import io.vertx.grpc.VertxServerBuilder;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Puts health, reflection and the bounds on calls into the gRPC server before it listens. */
@Singleton
public class ServerSetup implements ServerBuilderCustomizer<VertxServerBuilder> {

    private static final int FLOW_CONTROL_WINDOW = 1 << 20;

    /** More than anybody needs who is answered or refused at once, and little memory if they do nothing. */
    private static final int MOST_CALLS_OF_A_CONNECTION = 4096;

    /** The empty name stands for the server as a whole. */
    private static final List<String> SERVICES = List.of(
            "",
            RecognitionGrpc.SERVICE_NAME,
            RegistrationsGrpc.SERVICE_NAME,
            LabelsGrpc.SERVICE_NAME,
            GalleriesGrpc.SERVICE_NAME,
            GRPCInferenceServiceGrpc.SERVICE_NAME);

    private final Settings settings;
    private final Lifecycle lifecycle;
    private final Telemetry telemetry;

    /** Null without TLS. */
    private @Nullable ServerTls tls;

    /** Null where anybody may call. */
    private @Nullable AccessControl access;

    /** Null until the server is set up. */
    private @Nullable Tracing tracing;

    public ServerSetup(Settings settings, Lifecycle lifecycle, Telemetry telemetry) {
        this.settings = settings;
        this.lifecycle = lifecycle;
        this.telemetry = telemetry;
    }

    @Override
    public void customize(GrpcServerConfiguration configuration, VertxServerBuilder builder) {
        if (settings.server().examine()) {
            return;
        }
        if (!settings.exposure().isEmpty()) {
            throw new IllegalStateException(String.join("; ", settings.exposure()));
        }
        RequestBytes bytes = new RequestBytes(settings.maxRequestBytes());
        telemetry.watchCalls(lifecycle::openCalls, bytes::held, bytes.limit());
        HealthStatusManager health = new HealthStatusManager();
        lifecycle.watch(phase -> {
            ServingStatus status = phase == Phase.SERVING ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
            SERVICES.forEach(service -> health.setStatus(service, status));
        });
        // Fixed rather than growing with the line, for it is what every connection may send before anybody asks for it.
        builder.nettyBuilder().flowControlWindow(FLOW_CONTROL_WINDOW);
        builder.nettyBuilder().maxConcurrentCallsPerConnection(MOST_CALLS_OF_A_CONNECTION);
        tls().ifPresent(files -> builder.nettyBuilder().sslContext(files.context()));
        settings.server()
                .maxConnectionAge()
                .ifPresent(age -> builder.nettyBuilder().maxConnectionAge(age.toMillis(), TimeUnit.MILLISECONDS));
        builder.addStreamTracerFactory(Intake.factory(new Intake.Rules(
                        bytes,
                        settings.maxImageBytes(),
                        settings.maxMessageBytes(),
                        settings.admission().retryAfter(),
                        lifecycle,
                        telemetry,
                        tracing())))
                .intercept(new Door(lifecycle))
                // Before the door, as the last one comes first.
                .intercept(new Guard(access(), new TenantUsage(this::registrations, System::nanoTime)))
                // Intake counts instead.
                .maxInboundMessageSize(Integer.MAX_VALUE)
                // Images are compressed already, and what a compressed message grows to cannot be bounded as it comes.
                .decompressorRegistry(DecompressorRegistry.emptyInstance().with(Codec.Identity.NONE, true))
                .addService(health.getHealthService())
                .addService(ProtoReflectionServiceV1.newInstance())
                .addService(ProtoReflectionService.newInstance());
    }

    private Optional<ServerTls> tls() {
        if (settings.tls().certificate().isEmpty() || settings.tls().key().isEmpty()) {
            return Optional.empty();
        }
        ServerTls files = new ServerTls(
                settings.tls().certificate().get(), settings.tls().key().get(), settings.tls());
        tls = files;
        return Optional.of(files);
    }

    private Tracing tracing() {
        InstantSource clock = InstantSource.system();
        Tracing begun = settings.tracing()
                .endpoint()
                // What cannot work is said in words when everything else is examined, too.
                .filter(_ -> settings.problems().isEmpty())
                .map(endpoint -> Tracing.to(endpoint, settings.tracing().share(), clock))
                .orElseGet(() -> Tracing.off(clock));
        tracing = begun;
        return begun;
    }

    private Optional<AccessControl> access() {
        Optional<Path> file = settings.access().callers().file();
        if (file.isEmpty()) {
            return Optional.empty();
        }
        InstantSource clock = InstantSource.system();
        AccessControl control = new AccessControl(
                file.get(),
                settings.access().callers().reloadInterval(),
                settings.tokenRules().map(rules -> new TokenVerifier(rules, clock)),
                clock);
        access = control;
        return Optional.of(control);
    }

    /** In all galleries of a tenant. */
    private CompletableFuture<Long> registrations(Tenant tenant) {
        return lifecycle.engine().withGalleries(galleries -> {
            long sum = 0;
            for (Gallery gallery : TenantGalleries.of(tenant, galleries.catalogue())) {
                sum += galleries.labels().count(gallery.id(), LabelScope.ALL);
            }
            return sum;
        });
    }

    @PreDestroy
    void close() {
        if (access != null) {
            access.close();
        }
        if (tls != null) {
            tls.close();
        }
        if (tracing != null) {
            tracing.close();
        }
    }
}
