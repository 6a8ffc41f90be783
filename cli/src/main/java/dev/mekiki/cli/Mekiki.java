package dev.mekiki.cli;

import dev.mekiki.cli.process.ServiceStartException;
import dev.mekiki.cli.table.UnreadableTableException;
import dev.mekiki.client.Refusal;
import dev.mekiki.training.engine.TrainingDivergedException;
import dev.mekiki.training.engine.TrainingMemoryException;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
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
            ExportCommand.class,
            RestoreCommand.class,
            VerifyCommand.class,
            AnalyseCommand.class,
            CalibrateCommand.class,
            DriftCommand.class,
            CorrectCommand.class,
            LayOutCommand.class,
            LabelsCommand.class,
            ReembedCommand.class,
            ExchangeCommand.class,
            RecogniseCommand.class,
            TrainCommand.class,
            EvaluateCommand.class,
            ConvertCommand.class,
            AblateCommand.class
        })
public final class Mekiki {

    static final String VERSION = "0.1.0-SNAPSHOT";

    /** Held, because the logging system forgets levels of loggers that nobody holds. */
    private static final List<Logger> QUIET = Stream.of("io.grpc", "dev.hardwood", "org.apache.parquet")
            .map(Logger::getLogger)
            .toList();

    /** Warns that OpenBLAS is of an older release than JavaCPP, which is so on purpose. */
    private static final Logger VERSIONS = Logger.getLogger("org.bytedeco.javacpp.Loader");

    private Mekiki() {}

    public static void main(String[] arguments) {
        QUIET.forEach(log -> log.setLevel(Level.WARNING));
        VERSIONS.setLevel(Level.SEVERE);
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
            case UnreadableTableException e -> e.getMessage();
            case IOException e -> e.toString();
            case IllegalArgumentException e -> e.getMessage();
            case IllegalStateException e -> e.getMessage();
            case TrainingDivergedException e -> e.getMessage();
            case TrainingMemoryException e -> e.getMessage();
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
