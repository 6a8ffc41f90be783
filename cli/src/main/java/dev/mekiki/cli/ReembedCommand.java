package dev.mekiki.cli;

import dev.mekiki.cli.bulk.Progress;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Retrying;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.Gallery;
import dev.mekiki.v1.GetGalleryRequest;
import dev.mekiki.v1.ReembedFailure;
import dev.mekiki.v1.ReembedGalleryRequest;
import dev.mekiki.v1.ReembedGalleryResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "reembed",
        description = {
            "Embeds a gallery anew, from the images that were kept, into a gallery in the embedding space of another"
                    + " model. The old one answers all the while.",
            "Broken off, it goes on when the same command is run again: what is there already is not embedded again."
                    + " \"exchange\" then puts the new gallery in the place of the old one, and takes it back."
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {
            "0:everything is in the new gallery",
            "1:something could not be embedded, or the service went away",
            "2:wrong usage"
        })
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class ReembedCommand implements Callable<Integer> {

    private static final int FAILURES_SHOWN = 20;

    @Mixin
    private ServiceAddress service;

    @Mixin
    private Patience patience;

    @Option(names = "--from", paramLabel = "GALLERY", required = true, description = "Id of the gallery as it is.")
    private String from;

    @Option(names = "--to", paramLabel = "GALLERY", required = true, description = "Id of the new gallery.")
    private String to;

    @Option(
            names = "--model",
            paramLabel = "MODEL",
            description = "The model of the new gallery, an id or the digest of its embedding space, by which it is"
                    + " created if it is not there.")
    private @Nullable String model;

    @Option(
            names = "--mirror",
            description = "Also correct labels that differ in the new gallery, and delete from it what the old one does"
                    + " not hold. Left out: only add.")
    private boolean mirror;

    @Option(
            names = "--resume-token",
            paramLabel = "TOKEN",
            description = "Begin there, as a run that broke off has told.")
    private @Nullable String resumeToken;

    @Option(
            names = "--failures",
            paramLabel = "FILE",
            description = "Also write there what could not be embedded: name and reason, separated by a tab.")
    private @Nullable Path failuresFile;

    @Option(
            names = "--step",
            paramLabel = "N",
            defaultValue = "100",
            description = "Registrations looked at in one call, 1..1000; default ${DEFAULT-VALUE}.")
    private int step;

    private long embedded;
    private long present;
    private long corrected;
    private long deleted;
    private long failed;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (step < 1 || step > 1000) {
            throw service.wrong("--step: " + step + " (expected: 1..1000)");
        }
        String source = "galleries/" + service.requireGalleryId("--from", from);
        String target = "galleries/" + service.requireGalleryId("--to", to);
        Retrying retrying = ServiceOptions.retrying(patience.duration());
        try (Connection connection = service.connect();
                PrintWriter failures = new PrintWriter(
                        failuresFile == null
                                ? Writer.nullWriter()
                                : Files.newBufferedWriter(
                                        failuresFile,
                                        StandardCharsets.UTF_8,
                                        StandardOpenOption.CREATE,
                                        StandardOpenOption.APPEND))) {
            long total = ServiceAddress.count(connection, retrying, source, List.of());
            long before = registrationsOf(connection, retrying, target);
            try (Progress progress = Progress.onStandardError(total)) {
                progress.startAt(resumeToken == null ? 0 : Math.min(before, total));
                run(connection, retrying, source, target, progress, failures);
            }
        }
        if (failed > FAILURES_SHOWN) {
            System.err.printf("and %,d more%n", failed - FAILURES_SHOWN);
        }
        System.out.printf(
                "%s into %s: %,d embedded, %,d there already, %,d corrected, %,d deleted, %,d failed%n",
                source, target, embedded, present, corrected, deleted, failed);
        if (failed > 0) {
            System.out.println(
                    "what failed is not in the new gallery; it follows when the same command is run again, once"
                            + " its images are there: importing them again provides them");
            return 1;
        }
        System.out.printf(
                "\"mekiki exchange --gallery %s --with %s\" puts the new gallery in the place of the old one; the same"
                        + " again takes it back%n",
                from, to);
        return 0;
    }

    /** Without the name, which some reasons begin with. */
    private static String reason(ReembedFailure failure) {
        String message = failure.getError().getMessage();
        String name = failure.getRegistration() + ": ";
        return message.startsWith(name) ? message.substring(name.length()) : message;
    }

    /** Registrations of the new gallery, which is created if it is not there and there is a model for it. */
    private long registrationsOf(Connection connection, Retrying retrying, String target) throws InterruptedException {
        try {
            retrying.call(() -> connection
                    .galleries()
                    .getGallery(GetGalleryRequest.newBuilder().setName(target).build()));
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() != Status.Code.NOT_FOUND || model == null) {
                throw e;
            }
            Gallery created = connection
                    .galleries()
                    .createGallery(CreateGalleryRequest.newBuilder()
                            .setGalleryId(to)
                            .setModel(model)
                            .build());
            System.err.printf(
                    "created %s in the space of %s%n",
                    created.getName(), created.getEmbeddingSpace().getModelId());
        }
        return ServiceAddress.count(connection, retrying, target, List.of());
    }

    private void run(
            Connection connection,
            Retrying retrying,
            String source,
            String target,
            Progress progress,
            PrintWriter failures)
            throws InterruptedException {
        ReembedGalleryRequest.Builder request = ReembedGalleryRequest.newBuilder()
                .setName(source)
                .setTarget(target)
                .setPageSize(step)
                .setMirror(mirror)
                .setPageToken(resumeToken == null ? "" : resumeToken);
        do {
            ReembedGalleryResponse response;
            try {
                response = retrying.call(() -> connection.galleries().reembedGallery(request.build()));
            } catch (StatusRuntimeException e) {
                // What is refused as such is perhaps the token itself.
                if (!request.getPageToken().isEmpty() && e.getStatus().getCode() != Status.Code.INVALID_ARGUMENT) {
                    progress.say("stopped; to go on there: --resume-token " + request.getPageToken());
                }
                throw e;
            }
            embedded += response.getEmbeddedCount();
            present += response.getPresentCount();
            corrected += response.getCorrectedCount();
            deleted += response.getDeletedCount();
            for (ReembedFailure failure : response.getFailuresList()) {
                String reason = reason(failure);
                failures.println(failure.getRegistration() + "\t" + reason);
                if (++failed <= FAILURES_SHOWN) {
                    progress.say(failure.getRegistration() + ": " + reason);
                }
            }
            failures.flush();
            progress.advanceBy(response.getEmbeddedCount()
                    + response.getPresentCount()
                    + response.getCorrectedCount()
                    + response.getFailuresCount());
            request.setPageToken(response.getNextPageToken());
        } while (!request.getPageToken().isEmpty());
    }
}
