package dev.mekiki.cli;

import dev.mekiki.client.Backoff;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Retrying;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which service, and which gallery of it. */
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class ServiceOptions {

    @Mixin
    private ServiceAddress service;

    @Option(
            names = "--gallery",
            paramLabel = "GALLERY",
            required = true,
            description = "Its id, for example passports.")
    private String gallery;

    Connection connect() {
        return service.connect();
    }

    String target() {
        return service.target();
    }

    String galleryId() {
        return requireGalleryId("--gallery", gallery);
    }

    String galleryName() {
        return "galleries/" + galleryId();
    }

    /** The id, if it is a legal one. */
    String requireGalleryId(String option, String id) {
        return service.requireGalleryId(option, id);
    }

    /** Registrations of the gallery. */
    long count(Connection connection, Retrying retrying) throws InterruptedException {
        return count(connection, retrying, List.of());
    }

    /** Registrations of the gallery under these labels; under no labels, all. */
    long count(Connection connection, Retrying retrying, List<String> labels) throws InterruptedException {
        return ServiceAddress.count(connection, retrying, galleryName(), labels);
    }

    /** Calls that are tried again while the service is away or full. */
    static Retrying retrying(Duration patience) {
        return new Retrying(backoff(patience), Thread::sleep, System::nanoTime);
    }

    static Backoff backoff(Duration patience) {
        return new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10), patience, RandomGenerator.getDefault());
    }

    ParameterException wrong(String message) {
        return service.wrong(message);
    }
}
