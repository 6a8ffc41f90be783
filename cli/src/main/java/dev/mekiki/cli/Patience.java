package dev.mekiki.cli;

import java.time.Duration;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How long a service may be away. */
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class Patience {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "How long to go on without progress while the service is away or full;"
                    + " default ${DEFAULT-VALUE}.")
    private int seconds;

    Duration duration() {
        if (seconds < 0) {
            throw new ParameterException(command.commandLine(), "--patience: " + seconds + " (expected: at least 0)");
        }
        return Duration.ofSeconds(seconds);
    }
}
