package dev.mekiki.cli;

import dev.mekiki.client.Backoff;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Retrying;
import dev.mekiki.v1.CountRegistrationsRequest;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which service, and which gallery of it. */
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class ServiceOptions {

    private static final Pattern GALLERY_ID = Pattern.compile("[a-z][a-z0-9-]{0,62}");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--target",
            paramLabel = "HOST:PORT",
            defaultValue = "localhost:9000",
            description = "Where the service is; default ${DEFAULT-VALUE}.")
    private String target;

    @Option(
            names = "--gallery",
            paramLabel = "GALLERY",
            required = true,
            description = "Its id, for example passports.")
    private String gallery;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "Longest wait for one answer; default ${DEFAULT-VALUE}.")
    private int timeoutSeconds;

    Connection connect() {
        if (timeoutSeconds < 1) {
            throw wrong("--timeout: " + timeoutSeconds + " (expected: at least 1)");
        }
        try {
            return Connection.to(target, Duration.ofSeconds(timeoutSeconds));
        } catch (IllegalArgumentException e) {
            throw wrong("--" + e.getMessage());
        }
    }

    String target() {
        return target;
    }

    String galleryId() {
        return requireGalleryId("--gallery", gallery);
    }

    String galleryName() {
        return "galleries/" + galleryId();
    }

    /** The id, if it is a legal one. */
    String requireGalleryId(String option, String id) {
        if (!GALLERY_ID.matcher(id).matches()) {
            throw wrong(option + ": \"" + id
                    + "\" (expected: 1..63 lower-case letters, digits and hyphens, beginning with a letter)");
        }
        return id;
    }

    /** Registrations of the gallery. */
    long count(Connection connection, Retrying retrying) throws InterruptedException {
        return count(connection, retrying, List.of());
    }

    /** Registrations of the gallery under these labels; under no labels, all. */
    long count(Connection connection, Retrying retrying, List<String> labels) throws InterruptedException {
        CountRegistrationsRequest request = CountRegistrationsRequest.newBuilder()
                .setParent(galleryName())
                .addAllLabelScope(labels)
                .build();
        return retrying.call(
                () -> connection.labels().countRegistrations(request).getRegistrationCount());
    }

    /** Calls that are tried again while the service is away or full. */
    static Retrying retrying(Duration patience) {
        return new Retrying(backoff(patience), Thread::sleep, System::nanoTime);
    }

    static Backoff backoff(Duration patience) {
        return new Backoff(Duration.ofMillis(100), Duration.ofSeconds(10), patience, RandomGenerator.getDefault());
    }

    ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
