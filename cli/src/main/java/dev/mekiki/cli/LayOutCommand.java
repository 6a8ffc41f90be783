package dev.mekiki.cli;

import dev.mekiki.cli.archive.GalleryArchive;
import dev.mekiki.cli.archive.LaidOutImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "lay-out",
        description = {
            "Lays the images of an exported gallery out as main/sub/ID.jpg, to be trained on with classes of kind FOLDERS.",
            "The images come from the folder in which the service keeps them; the file of the export says which they"
                    + " are, and under which labels."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:done", "1:some images are damaged, or not done", "2:wrong usage"})
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class LayOutCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "A .parquet file written by export.")
    private Path file;

    @Option(
            names = "--images",
            paramLabel = "FOLDER",
            required = true,
            description = "What mekiki.images.directory of the service names.")
    private Path images;

    @Option(names = "--to", paramLabel = "FOLDER", required = true, description = "Made if missing.")
    private Path target;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!Files.isDirectory(images.resolve("images"))) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--images: " + images + " (expected: a folder in which a service keeps images)");
        }
        LaidOutImages laid = LaidOutImages.write(GalleryArchive.open(file), images, target);
        System.out.printf(
                "%,d images, %,d registrations without a kept image, %,d damaged%n",
                laid.written(), laid.missing(), laid.damaged());
        return laid.damaged() == 0 ? 0 : 1;
    }
}
