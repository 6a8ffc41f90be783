package dev.mekiki.cli;

import dev.mekiki.cli.bulk.ImportOutcome;
import dev.mekiki.cli.bulk.Importer;
import dev.mekiki.cli.bulk.LabelTree;
import dev.mekiki.cli.bulk.Progress;
import dev.mekiki.cli.bulk.Rejection;
import dev.mekiki.client.Backoff;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Refusal;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.GetGalleryRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "import",
        description = {
            "Registers a folder of images: FOLDER/main/image.jpg or FOLDER/main/sub/image.jpg.",
            "Creates the gallery if there is none. What is registered already is not sent again, so an import that"
                    + " broke off goes on when it is run again."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:everything is registered",
            "1:some files were rejected, or the service went away",
            "2:wrong usage"
        })
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class ImportCommand implements Callable<Integer> {

    private static final int REJECTIONS_SHOWN = 20;

    @Spec
    private CommandSpec command;

    @Mixin
    private ServiceOptions service;

    @Parameters(paramLabel = "FOLDER", description = "JPEG, PNG and WebP files in folders named as their labels.")
    private Path folder;

    @Option(
            names = "--in-flight",
            paramLabel = "N",
            defaultValue = "8",
            description = "Images under way at once; default ${DEFAULT-VALUE}.")
    private int inFlight;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "120",
            description = "How long one image is tried again while the service is away or full;"
                    + " default ${DEFAULT-VALUE}.")
    private int patienceSeconds;

    @Option(names = "--rejects", paramLabel = "FILE", description = "Also write rejected files there, tab-separated.")
    private @Nullable Path rejects;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!Files.isDirectory(folder)) {
            throw wrong("FOLDER: " + folder + " is not a folder");
        }
        if (inFlight < 1 || inFlight > 256) {
            throw wrong("--in-flight: " + inFlight + " (expected: 1..256)");
        }
        if (patienceSeconds < 0) {
            throw wrong("--patience: " + patienceSeconds + " (expected: at least 0)");
        }
        String gallery = service.galleryName();
        LabelTree tree = LabelTree.read(folder);
        if (tree.files().isEmpty() && tree.rejected().isEmpty()) {
            throw wrong("FOLDER: " + folder + " holds no images (expected: main/image.jpg or main/sub/image.jpg)");
        }
        try (Connection connection = service.connect()) {
            requireGallery(connection, gallery);
            Backoff backoff = new Backoff(
                    Duration.ofMillis(100),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(patienceSeconds),
                    RandomGenerator.getDefault());
            Importer importer = new Importer(connection, gallery, inFlight, backoff, Thread::sleep, System::nanoTime);
            ImportOutcome outcome = importer.run(
                    tree.files(),
                    new Progress(System.err, tree.files().size(), Duration.ofSeconds(2), System::nanoTime));
            return report(tree, outcome);
        }
    }

    private void requireGallery(Connection connection, String gallery) {
        try {
            connection
                    .galleries()
                    .getGallery(GetGalleryRequest.newBuilder().setName(gallery).build());
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.NOT_FOUND) {
                throw e;
            }
            createGallery(connection);
        }
    }

    private void createGallery(Connection connection) {
        try {
            connection
                    .galleries()
                    .createGallery(CreateGalleryRequest.newBuilder()
                            .setGalleryId(service.galleryId())
                            .build());
            System.err.println("created galleries/" + service.galleryId());
        } catch (StatusRuntimeException e) {
            // Somebody else was faster.
            if (e.getStatus().getCode() != Status.Code.ALREADY_EXISTS) {
                throw e;
            }
        }
    }

    private int report(LabelTree tree, ImportOutcome outcome) throws IOException {
        List<Rejection> rejected = new ArrayList<>(tree.rejected());
        rejected.addAll(outcome.rejected());
        rejected.stream()
                .limit(REJECTIONS_SHOWN)
                .forEach(r -> System.err.println("rejected: " + r.file() + ": " + r.reason()));
        if (rejected.size() > REJECTIONS_SHOWN) {
            System.err.println("rejected: " + (rejected.size() - REJECTIONS_SHOWN) + " more"
                    + (rejects == null ? "; --rejects FILE keeps them all" : ""));
        }
        if (rejects != null) {
            Files.write(
                    rejects,
                    rejected.stream().map(r -> r.file() + "\t" + r.reason()).toList());
        }
        System.out.printf(
                "%d registered, %d registered before, %d rejected, %d other files passed over%n",
                outcome.registered(), outcome.presentBefore(), rejected.size(), tree.ignored());
        if (outcome.stop().isPresent()) {
            Refusal stop = outcome.stop().get();
            System.err.println("mekiki: stopped with " + outcome.untried() + " images left: " + stop
                    + (stop.isPassing() ? "; run the same command again to go on" : ""));
            return 1;
        }
        return rejected.isEmpty() ? 0 : 1;
    }

    private ParameterException wrong(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
