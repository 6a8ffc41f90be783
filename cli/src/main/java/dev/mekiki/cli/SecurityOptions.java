package dev.mekiki.cli;

import dev.mekiki.client.BearerCredentials;
import io.grpc.ChannelCredentials;
import io.grpc.CompositeChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How a connection to a service is secured, and who makes it. */
@SuppressWarnings("NullAway.Init") // Set by picocli.
final class SecurityOptions {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(names = "--tls", description = "Speak TLS, and trust the authorities that the Java platform trusts.")
    private boolean tls;

    @Option(
            names = "--authorities",
            paramLabel = "FILE",
            description = "Speak TLS, and trust these authorities (PEM) instead.")
    private @Nullable Path authorities;

    @Option(
            names = "--certificate",
            paramLabel = "FILE",
            description = "Speak TLS, and show this certificate (PEM); together with --key.")
    private @Nullable Path certificate;

    @Option(names = "--key", paramLabel = "FILE", description = "The key of --certificate (PKCS #8, PEM).")
    private @Nullable Path key;

    @Option(
            names = "--token",
            paramLabel = "FILE",
            defaultValue = "${env:MEKIKI_TOKEN_FILE}",
            description = "Show the API key or token in this file; left out: the one that MEKIKI_TOKEN_FILE names.")
    private @Nullable Path token;

    /** What a channel is made with. */
    ChannelCredentials credentials() {
        ChannelCredentials channel = channelCredentials();
        if (token == null) {
            return channel;
        }
        if (!Files.isReadable(token)) {
            throw new ParameterException(
                    command.commandLine(), "--token: " + token + " (expected: a file that can be read)");
        }
        return CompositeChannelCredentials.create(channel, BearerCredentials.ofFile(token));
    }

    private ChannelCredentials channelCredentials() {
        Path shown = certificate;
        Path secret = key;
        if ((shown == null) != (secret == null)) {
            throw new ParameterException(
                    command.commandLine(), "--certificate, --key: one of them (expected: both or none)");
        }
        if (!tls && authorities == null && shown == null) {
            return InsecureChannelCredentials.create();
        }
        TlsChannelCredentials.Builder credentials = TlsChannelCredentials.newBuilder();
        try {
            if (authorities != null) {
                credentials.trustManager(authorities.toFile());
            }
            if (shown != null && secret != null) {
                credentials.keyManager(shown.toFile(), secret.toFile());
            }
        } catch (IOException e) {
            throw new ParameterException(
                    command.commandLine(), "--authorities, --certificate, --key: " + e.getMessage(), e);
        }
        return credentials.build();
    }
}
