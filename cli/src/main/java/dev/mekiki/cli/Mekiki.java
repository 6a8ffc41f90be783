package dev.mekiki.cli;

import dev.mekiki.cli.process.ServiceStartException;
import dev.mekiki.client.Refusal;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. Exit codes: 0 done, 1 not done or not all of it, 2 wrong usage. */
@Command(
        name = "mekiki",
        description = "Recognises images of things nobody trained it on.",
        mixinStandardHelpOptions = true,
        version = "mekiki " + Mekiki.VERSION,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            DemoCommand.class,
            ImportCommand.class,
            RecogniseCommand.class,
            TrainCommand.class,
            EvaluateCommand.class
        })
public final class Mekiki {

    static final String VERSION = "0.1.0-SNAPSHOT";

    /** Held, because the logging system forgets levels of loggers that nobody holds. */
    private static final Logger GRPC_LOG = Logger.getLogger("io.grpc");

    private Mekiki() {}

    public static void main(String[] arguments) {
        GRPC_LOG.setLevel(Level.WARNING);
        System.exit(commandLine().execute(arguments));
    }

    /** The commands, with their failures turned into a line for people and an exit code. */
    static CommandLine commandLine() {
        return new CommandLine(new Mekiki())
                .setExecutionExceptionHandler((failure, command, _) -> tell(failure, command))
                .setCaseInsensitiveEnumValuesAllowed(true);
    }

    private static int tell(Exception failure, CommandLine command) {
        String message = switch (failure) {
            case StatusRuntimeException e -> "the service refused: " + Refusal.of(e);
            case ServiceStartException e -> e.getMessage();
            case UncheckedIOException e -> e.getMessage() + ": " + e.getCause();
            case NoSuchFileException e -> e.getFile() + " does not exist";
            case IOException e -> e.toString();
            case IllegalArgumentException e -> e.getMessage();
            case IllegalStateException e -> e.getMessage();
            case InterruptedException _ -> "interrupted";
            default -> null;
        };
        if (message == null) {
            failure.printStackTrace(command.getErr());
        } else {
            command.getErr().println("mekiki: " + message);
        }
        command.getErr().flush();
        return CommandLine.ExitCode.SOFTWARE;
    }
}
