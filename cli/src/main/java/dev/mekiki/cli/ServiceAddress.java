package dev.mekiki.cli;

import dev.mekiki.client.Connection;
import dev.mekiki.client.Retrying;
import dev.mekiki.v1.CountRegistrationsRequest;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which service. */
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class ServiceAddress {

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
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "Longest wait for one answer; default ${DEFAULT-VALUE}.")
    private int timeoutSeconds;

    @Mixin
    private SecurityOptions tls;

    Connection connect() {
        return connect(target, timeoutSeconds, tls, command);
    }

    /** Connects as the options of a command say. */
    static Connection connect(String target, int timeoutSeconds, SecurityOptions tls, CommandSpec command) {
        if (timeoutSeconds < 1) {
            throw wrong("--timeout: " + timeoutSeconds + " (expected: at least 1)", command);
        }
        try {
            return Connection.to(target, Duration.ofSeconds(timeoutSeconds), tls.credentials());
        } catch (IllegalArgumentException e) {
            throw wrong("--" + e.getMessage(), command);
        }
    }

    String target() {
        return target;
    }

    /** The id, if it is a legal one. */
    String requireGalleryId(String option, String id) {
        return requireGalleryId(option, id, command);
    }

    /** The id, if it is a legal one. */
    static String requireGalleryId(String option, String id, CommandSpec command) {
        if (!GALLERY_ID.matcher(id).matches()) {
            throw wrong(
                    option + ": \"" + id
                            + "\" (expected: 1..63 lower-case letters, digits and hyphens, beginning with a letter)",
                    command);
        }
        return id;
    }

    /** Registrations of a gallery under these labels; under no labels, all. */
    static long count(Connection connection, Retrying retrying, String gallery, List<String> labels)
            throws InterruptedException {
        CountRegistrationsRequest request = CountRegistrationsRequest.newBuilder()
                .setParent(gallery)
                .addAllLabelScope(labels)
                .build();
        return retrying.call(
                () -> connection.labels().countRegistrations(request).getRegistrationCount());
    }

    ParameterException wrong(String message) {
        return wrong(message, command);
    }

    private static ParameterException wrong(String message, CommandSpec command) {
        return new ParameterException(command.commandLine(), message);
    }
}
