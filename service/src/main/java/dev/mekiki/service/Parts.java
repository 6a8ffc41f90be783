package dev.mekiki.service;

import dev.mekiki.service.lifecycle.Lifecycle;
import dev.mekiki.service.settings.AccessConfig;
import dev.mekiki.service.settings.AdmissionConfig;
import dev.mekiki.service.settings.DriftConfig;
import dev.mekiki.service.settings.GalleryConfig;
import dev.mekiki.service.settings.GpuConfig;
import dev.mekiki.service.settings.ImageConfig;
import dev.mekiki.service.settings.InferenceConfig;
import dev.mekiki.service.settings.KeptImagesConfig;
import dev.mekiki.service.settings.MilvusConfig;
import dev.mekiki.service.settings.MilvusIndexConfig;
import dev.mekiki.service.settings.MilvusTlsConfig;
import dev.mekiki.service.settings.ModelConfig;
import dev.mekiki.service.settings.ServerConfig;
import dev.mekiki.service.settings.ServerTlsConfig;
import dev.mekiki.service.settings.Settings;
import dev.mekiki.service.settings.TensorRtConfig;
import dev.mekiki.service.settings.TokenConfig;
import dev.mekiki.service.settings.TracingConfig;
import dev.mekiki.service.telemetry.Telemetry;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What the container hands out that knows nothing of the container. */
final class Parts {

    @Produces
    @Singleton
    Settings settings(
            ModelConfig model,
            InferenceConfig inference,
            GpuConfig gpu,
            TensorRtConfig tensorRt,
            ImageConfig image,
            KeptImagesConfig images,
            GalleryConfig gallery,
            MilvusConfig milvus,
            MilvusIndexConfig milvusIndex,
            MilvusTlsConfig milvusTls,
            DriftConfig drift,
            TracingConfig tracing,
            AdmissionConfig admission,
            ServerConfig server,
            ServerTlsConfig tls,
            AccessConfig access,
            TokenConfig tokens,
            @ConfigProperty(name = "quarkus.grpc.server.host") String grpcHost,
            @ConfigProperty(name = "quarkus.grpc.server.port") int grpcPort,
            @ConfigProperty(name = "quarkus.http.host") String httpHost,
            @ConfigProperty(name = "quarkus.http.port") int httpPort) {
        return new Settings(
                model,
                inference,
                new Settings.Gpu(gpu, tensorRt),
                image,
                images,
                gallery,
                new Settings.Milvus(milvus, milvusIndex, milvusTls),
                drift,
                tracing,
                admission,
                server,
                tls,
                new Settings.Access(access, tokens),
                new Settings.Listening(grpcHost, grpcPort, httpHost, httpPort),
                Settings.Machine.here());
    }

    @Produces
    @Singleton
    Lifecycle lifecycle(AdmissionConfig admission) {
        return new Lifecycle(admission.retryAfter());
    }

    @Produces
    @Singleton
    Telemetry telemetry(MeterRegistry registry) {
        return new Telemetry(registry);
    }
}
