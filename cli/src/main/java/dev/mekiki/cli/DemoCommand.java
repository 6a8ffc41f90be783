package dev.mekiki.cli;

import dev.mekiki.cli.demo.Demo;
import dev.mekiki.cli.process.Installation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "demo",
        description = "Starts a service, registers sample documents from one image each, shows it photographs of them"
                + " and of others, and tells how it did.",
        mixinStandardHelpOptions = true,
        showDefaultValues = true)
final class DemoCommand implements Callable<Integer> {

    @Option(names = "--photographs", paramLabel = "N", description = "Photographs of each registered document.")
    private int photographs = Demo.Scope.FULL.photographsEach();

    @Option(names = "--strangers", paramLabel = "N", description = "Photographs of documents never registered.")
    private int strangers = Demo.Scope.FULL.strangers();

    @Option(names = "--in-flight", paramLabel = "N", description = "Questions under way at once.")
    private int inFlight = Demo.Scope.FULL.inFlight();

    @Option(names = "--seed", paramLabel = "N", description = "Other seeds give other photographs.")
    private long seed = Demo.Scope.FULL.seed();

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description = "An ONNX file with its card beside it; left out: the model of the project.")
    private @Nullable Path model;

    @Option(
            names = "--sheet",
            paramLabel = "FILE",
            description = "Where the contact sheet goes; left out: target/demo/contact-sheet.png.")
    private @Nullable Path sheet;

    @Override
    public Integer call() throws IOException {
        Installation installation = Installation.current();
        Path picture =
                sheet != null ? sheet : installation.root().resolve(Path.of("target", "demo", "contact-sheet.png"));
        new Demo(
                        installation,
                        model != null ? model.toAbsolutePath() : installation.model(),
                        new Demo.Scope(Demo.Scope.FULL.documents(), photographs, strangers, inFlight, seed),
                        picture,
                        System.out)
                .run();
        return 0;
    }
}
