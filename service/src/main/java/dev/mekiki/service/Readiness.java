package dev.mekiki.service;

import dev.mekiki.service.lifecycle.Lifecycle;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;

/**
 * {@code /q/health/ready}: up while requests are taken, that is when the model is warm and the store of galleries there;
 * its data says what is missing.
 */
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
        HealthCheckResponseBuilder response = HealthCheckResponse.named("mekiki")
                .status(phase == Lifecycle.Phase.SERVING)
                .withData("phase", phase.name());
        lifecycle.storeMissing().ifPresent(why -> response.withData("galleries", why));
        return response.build();
    }
}
