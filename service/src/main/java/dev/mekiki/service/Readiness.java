package dev.mekiki.service;

import dev.mekiki.service.lifecycle.Lifecycle;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;

/** {@code /q/health/ready}: up while requests are taken, that is when the model is warm and the gallery open. */
@Singleton
@org.eclipse.microprofile.health.Readiness
public class Readiness implements HealthCheck {

    private final Lifecycle lifecycle;

    public Readiness(Lifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @Override
    public HealthCheckResponse call() {
        Lifecycle.Phase phase = lifecycle.phase();
        return HealthCheckResponse.named("mekiki")
                .status(phase == Lifecycle.Phase.SERVING)
                .withData("phase", phase.name())
                .build();
    }
}
