package dev.mekiki.cli;

import dev.mekiki.cli.bulk.Progress;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Retrying;
import dev.mekiki.v1.ExchangeGalleriesRequest;
import dev.mekiki.v1.ReembedFailure;
import dev.mekiki.v1.ReembedGalleryRequest;
import dev.mekiki.v1.ReembedGalleryResponse;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "reembed",
        description = {
            "Embeds a gallery anew, from the images that were kept, into another gallery, which has to be there in the"
                    + " embedding space of the new model. The old one answers all the while.",
            "With --cut-over, the two then exchange their names, and what was registered meanwhile follows. \"exchange\""
                    + " is the way back. Broken off, it goes on when the same command is run again."
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
    private ServiceOptions service;

    @Mixin
    private Patience patience;

    @Option(names = "--into", paramLabel = "GALLERY", required = true, description = "Id of the other gallery.")
    private String into;

    @Option(names = "--cut-over", description = "Exchange the names in the end.")
    private boolean cutOver;

    @Option(names = "--despite-failures", description = "Exchange the names even if something could not be embedded.")
    private boolean despiteFailures;

    @Option(
            names = "--step",
            paramLabel = "N",
            defaultValue = "100",
            description = "Registrations looked at in one call, 1..1000; default ${DEFAULT-VALUE}.")
    private int step;

    @Override
    public Integer call() throws InterruptedException {
        if (step < 1 || step > 1000) {
            throw service.wrong("--step: " + step + " (expected: 1..1000)");
        }
        String from = service.galleryName();
        String to = "galleries/" + service.requireGalleryId("--into", into);
        Retrying retrying = ServiceOptions.retrying(patience.duration());
        try (Connection connection = service.connect()) {
            long failures = pass(connection, retrying, from, to, false);
            if (!cutOver) {
                return failures == 0 ? 0 : 1;
            }
            if (failures > 0 && !despiteFailures) {
                System.err.printf(
                        "mekiki: the names are not exchanged, because %,d registrations could not be embedded;"
                                + " --despite-failures exchanges them all the same%n",
                        failures);
                return 1;
            }
            // Not repeated if the answer is lost: twice would be not at all.
            connection
                    .galleries()
                    .exchangeGalleries(ExchangeGalleriesRequest.newBuilder()
                            .setName(from)
                            .setOther(to)
                            .build());
            System.out.println(from + " is the new gallery now, " + to + " the old one");
            // What was registered in the old one between the last look at it and the exchange.
            return pass(connection, retrying, to, from, true) == 0 && failures == 0 ? 0 : 1;
        }
    }

    private long pass(Connection connection, Retrying retrying, String from, String to, boolean additionsOnly)
            throws InterruptedException {
        ReembedGalleryRequest.Builder request = ReembedGalleryRequest.newBuilder()
                .setName(from)
                .setTarget(to)
                .setPageSize(step)
                .setAdditionsOnly(additionsOnly);
        long embedded = 0;
        long present = 0;
        long corrected = 0;
        long failed = 0;
        try (Progress progress = Progress.onStandardError(service.countOf(connection, retrying, from))) {
            String page;
            do {
                ReembedGalleryResponse response =
                        retrying.call(() -> connection.galleries().reembedGallery(request.build()));
                embedded += response.getEmbeddedCount();
                present += response.getPresentCount();
                corrected += response.getCorrectedCount();
                for (ReembedFailure failure : response.getFailuresList()) {
                    if (++failed <= FAILURES_SHOWN) {
                        progress.say(failure.getRegistration() + ": "
                                + failure.getError().getMessage());
                    }
                }
                progress.reach(embedded + present + failed);
                page = response.getNextPageToken();
                request.setPageToken(page);
            } while (!page.isEmpty());
        }
        System.out.printf(
                "%s into %s: %,d embedded, %,d there already, %,d corrected, %,d failed%n",
                from, to, embedded, present, corrected, failed);
        return failed;
    }
}
