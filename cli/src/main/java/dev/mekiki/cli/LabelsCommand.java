package dev.mekiki.cli;

import dev.mekiki.cli.bulk.Progress;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Retrying;
import dev.mekiki.v1.DeleteLabelRequest;
import dev.mekiki.v1.Label;
import dev.mekiki.v1.ListLabelsRequest;
import dev.mekiki.v1.ListLabelsResponse;
import dev.mekiki.v1.MoveLabelRequest;
import dev.mekiki.v1.SubLabel;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "labels",
        description = {
            "Lists, counts, moves or deletes labels, main or main/sub:",
            "  list              every label with its registrations, tab-separated",
            "  count [LABEL...]  registrations under these labels, or all",
            "  move FROM TO      renames a label, or joins it to another; a main label takes its sub-labels along",
            "  delete LABEL      deletes every registration under it",
            "Moving and deleting go step by step; broken off, they go on when the same command is run again."
        },
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class LabelsCommand implements Callable<Integer> {

    /** What can be done. */
    enum Action {
        LIST,
        COUNT,
        MOVE,
        DELETE
    }

    /** One step of moving or deleting; returns how many registrations it concerned. */
    private interface Step {
        int go();
    }

    @Mixin
    private ServiceOptions service;

    @Mixin
    private Patience patience;

    @Parameters(index = "0", paramLabel = "ACTION", defaultValue = "list", description = "list, count, move, delete.")
    private Action action;

    @Parameters(index = "1..*", paramLabel = "LABEL", arity = "0..*", description = "main or main/sub.")
    private List<String> labels = List.of();

    @Option(
            names = "--step",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Registrations that are moved or deleted at a time, 1..10000; default ${DEFAULT-VALUE}.")
    private int step;

    @Override
    public Integer call() throws InterruptedException {
        if (step < 1 || step > 10_000) {
            throw service.wrong("--step: " + step + " (expected: 1..10000)");
        }
        service.galleryId();
        Retrying retrying = ServiceOptions.retrying(patience.duration());
        int most = switch (action) {
            case LIST -> 0;
            case COUNT -> 1000;
            case MOVE -> 2;
            case DELETE -> 1;
        };
        boolean exact = action == Action.MOVE || action == Action.DELETE;
        if (labels.size() > most || (exact && labels.size() < most)) {
            throw service.wrong("LABEL: " + labels.size() + " (expected: " + (exact ? "" : "at most ") + most + ")");
        }
        try (Connection connection = service.connect()) {
            switch (action) {
                case LIST -> list(connection, retrying);
                case COUNT -> System.out.println(service.count(connection, retrying, labels));
                case MOVE -> move(connection, retrying, labels.get(0), labels.get(1));
                case DELETE -> delete(connection, retrying, labels.get(0));
            }
        }
        return 0;
    }

    private void list(Connection connection, Retrying retrying) throws InterruptedException {
        ListLabelsRequest.Builder request =
                ListLabelsRequest.newBuilder().setParent(service.galleryName()).setPageSize(1000);
        String page;
        do {
            ListLabelsResponse response =
                    retrying.call(() -> connection.labels().listLabels(request.build()));
            for (Label label : response.getLabelsList()) {
                System.out.println(label.getMain() + "\t" + label.getRegistrationCount());
                for (SubLabel sub : label.getSubLabelsList()) {
                    System.out.println(label.getMain() + "/" + sub.getSub() + "\t" + sub.getRegistrationCount());
                }
            }
            page = response.getNextPageToken();
            request.setPageToken(page);
        } while (!page.isEmpty());
    }

    private void move(Connection connection, Retrying retrying, String from, String to) throws InterruptedException {
        MoveLabelRequest request = MoveLabelRequest.newBuilder()
                .setParent(service.galleryName())
                .setLabel(from)
                .setNewLabel(to)
                .setMaxRegistrations(step)
                .build();
        long moved = repeat(
                connection,
                retrying,
                from,
                () -> connection.labels().moveLabel(request).getMovedCount());
        System.out.printf("%,d registrations moved from %s to %s%n", moved, from, to);
    }

    private void delete(Connection connection, Retrying retrying, String label) throws InterruptedException {
        DeleteLabelRequest request = DeleteLabelRequest.newBuilder()
                .setParent(service.galleryName())
                .setLabel(label)
                .setMaxRegistrations(step)
                .build();
        long deleted = repeat(
                connection,
                retrying,
                label,
                () -> connection.labels().deleteLabel(request).getDeletedCount());
        System.out.printf("%,d registrations of %s deleted%n", deleted, label);
    }

    private long repeat(Connection connection, Retrying retrying, String label, Step one) throws InterruptedException {
        long total = service.count(connection, retrying, List.of(label));
        long done = 0;
        try (Progress progress = Progress.onStandardError(total)) {
            int now;
            do {
                now = retrying.call(one::go);
                done += now;
                progress.reach(done);
            } while (now > 0);
        }
        return done;
    }
}
