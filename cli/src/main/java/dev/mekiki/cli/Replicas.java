package dev.mekiki.cli;

import dev.mekiki.client.Connection;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Each of the processes that serve a gallery, where every one knows something of its own. */
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class Replicas {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--target",
            paramLabel = "HOST:PORT",
            defaultValue = "localhost:9000",
            description = "Where a replica of the service is, once for each; default ${DEFAULT-VALUE}.")
    private List<String> targets;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "Longest wait for one answer; default ${DEFAULT-VALUE}.")
    private int timeoutSeconds;

    @Option(
            names = "--gallery",
            paramLabel = "GALLERY",
            required = true,
            description = "Its id, for example passports.")
    private String gallery;

    @Mixin
    private SecurityOptions tls;

    List<String> targets() {
        return targets;
    }

    String galleryName() {
        return "galleries/" + ServiceAddress.requireGalleryId("--gallery", gallery, command);
    }

    Connection connect(String target) {
        return ServiceAddress.connect(target, timeoutSeconds, tls, command);
    }
}
