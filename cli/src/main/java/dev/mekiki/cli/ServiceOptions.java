package dev.mekiki.cli;

import dev.mekiki.client.Connection;
import java.time.Duration;
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

    String galleryId() {
        if (!GALLERY_ID.matcher(gallery).matches()) {
            throw wrong("--gallery: \"" + gallery
                    + "\" (expected: 1..63 lower-case letters, digits and hyphens, beginning with a letter)");
        }
        return gallery;
    }

    String galleryName() {
        return "galleries/" + galleryId();
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
