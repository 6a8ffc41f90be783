package dev.mekiki.cli;

import dev.mekiki.client.Connection;
import dev.mekiki.v1.ExchangeGalleriesRequest;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "exchange",
        description = "Lets two galleries exchange their names, at once for every caller; done twice, it is undone.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class ExchangeCommand implements Callable<Integer> {

    @Mixin
    private ServiceOptions service;

    @Option(names = "--with", paramLabel = "GALLERY", required = true, description = "Id of the other gallery.")
    private String other;

    @Override
    public Integer call() {
        String name = service.galleryName();
        String otherName = "galleries/" + service.requireGalleryId("--with", other);
        try (Connection connection = service.connect()) {
            connection
                    .galleries()
                    .exchangeGalleries(ExchangeGalleriesRequest.newBuilder()
                            .setName(name)
                            .setOther(otherName)
                            .build());
        }
        System.out.println(name + " and " + otherName + " have exchanged their names");
        return 0;
    }
}
