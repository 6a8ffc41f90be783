package dev.mekiki.cli;

import dev.mekiki.analysis.finding.Finding;
import dev.mekiki.cli.analyse.Correction;
import dev.mekiki.cli.bulk.Progress;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Retrying;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.v1.DeleteRegistrationRequest;
import dev.mekiki.v1.GetRegistrationRequest;
import dev.mekiki.v1.MoveLabelRequest;
import dev.mekiki.v1.RelabelRegistrationRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "correct",
        description = {
            "Does in a gallery what an analysis found should be done: moves registrations to other labels, deletes them,"
                    + " splits and joins labels.",
            "Lists what it would do; --apply does it. What has changed since the analysis, or is gone, is left alone, so"
                    + " that it may be broken off and run again."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class CorrectCommand implements Callable<Integer> {

    private static final int STEP = 1_000;

    @Mixin
    private ServiceOptions service;

    @Mixin
    private Patience patience;

    @Parameters(paramLabel = "REPORT", description = "What analyse wrote with --json.")
    private Path report;

    @Option(
            names = "--kinds",
            paramLabel = "KIND",
            split = ",",
            required = true,
            description = "Findings to act on, by comma: Misplaced, Contradiction, Outlier, SeveralInOne, OneUnderTwo,"
                    + " IndistinctSubLabels, Redundant.")
    private Set<String> kinds;

    @Option(
            names = "--least-score",
            paramLabel = "SCORE",
            defaultValue = "0.95",
            description = "Act on findings that are as sure as this, 0..1; default ${DEFAULT-VALUE}.")
    private double leastScore;

    @Option(names = "--apply", description = "Change the gallery.")
    private boolean apply;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Set<String> known = Arrays.stream(Finding.class.getPermittedSubclasses())
                .map(Class::getSimpleName)
                .collect(Collectors.toSet());
        if (!known.containsAll(kinds)) {
            throw service.wrong(
                    "--kinds: " + String.join(",", kinds) + " (expected: of " + String.join(", ", known) + ")");
        }
        if (!(leastScore >= 0 && leastScore <= 1)) {
            throw service.wrong("--least-score: " + leastScore + " (expected: 0..1)");
        }
        service.galleryId();
        List<Correction> corrections = Correction.read(Files.readString(report), kinds, leastScore);
        if (!apply) {
            corrections.forEach(correction -> System.out.println(inWords(correction)));
            System.out.printf("%,d corrections; nothing was changed, --apply does it%n", corrections.size());
            return 0;
        }
        Retrying retrying = ServiceOptions.retrying(patience.duration());
        long done = 0;
        try (Connection connection = service.connect();
                Progress progress = Progress.onStandardError(corrections.size())) {
            Gallery gallery = new Gallery(connection, retrying);
            for (int i = 0; i < corrections.size(); i++) {
                Correction correction = corrections.get(i);
                if (gallery.changed(correction)) {
                    done++;
                } else {
                    progress.say("left alone, not as it was analysed: " + inWords(correction));
                }
                progress.reach(i + 1);
            }
        }
        System.out.printf("%,d of %,d corrections made%n", done, corrections.size());
        return 0;
    }

    private static String inWords(Correction correction) {
        return switch (correction) {
            case Correction.Relabel c -> "move " + c.registration() + " from " + c.seen() + " to " + c.to();
            case Correction.Delete c -> "delete " + c.registration() + " under " + c.seen();
            case Correction.Move c -> "move all of " + c.from() + " to " + c.to();
        };
    }

    /** The gallery of the service. */
    private final class Gallery {
        private final Connection connection;
        private final Retrying retrying;

        Gallery(Connection connection, Retrying retrying) {
            this.connection = connection;
            this.retrying = retrying;
        }

        boolean changed(Correction correction) throws InterruptedException {
            return switch (correction) {
                case Correction.Relabel c ->
                    ifStill(
                            c.registration(),
                            c.seen(),
                            () -> connection
                                    .registrations()
                                    .relabelRegistration(RelabelRegistrationRequest.newBuilder()
                                            .setName(name(c.registration()))
                                            .setLabel(c.to().toString())
                                            .build()));
                case Correction.Delete c ->
                    ifStill(
                            c.registration(),
                            c.seen(),
                            () -> connection
                                    .registrations()
                                    .deleteRegistration(DeleteRegistrationRequest.newBuilder()
                                            .setName(name(c.registration()))
                                            .build()));
                case Correction.Move c -> {
                    MoveLabelRequest step = MoveLabelRequest.newBuilder()
                            .setParent(service.galleryName())
                            .setLabel(c.from().toString())
                            .setNewLabel(c.to().toString())
                            .setMaxRegistrations(STEP)
                            .build();
                    long moved = 0;
                    int now;
                    do {
                        now = retrying.call(
                                () -> connection.labels().moveLabel(step).getMovedCount());
                        moved += now;
                    } while (now > 0);
                    yield moved > 0;
                }
            };
        }

        private boolean ifStill(RegistrationId registration, LabelPath seen, Supplier<?> change)
                throws InterruptedException {
            try {
                String label = retrying.call(() -> connection
                        .registrations()
                        .getRegistration(GetRegistrationRequest.newBuilder()
                                .setName(name(registration))
                                .build())
                        .getLabel());
                if (!label.equals(seen.toString())) {
                    return false;
                }
                retrying.call(change::get);
                return true;
            } catch (StatusRuntimeException e) {
                if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
                    return false;
                }
                throw e;
            }
        }

        private String name(RegistrationId registration) {
            return service.galleryName() + "/registrations/" + registration;
        }
    }
}
