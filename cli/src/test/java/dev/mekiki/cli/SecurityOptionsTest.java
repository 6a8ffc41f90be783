package dev.mekiki.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import dev.mekiki.v1.ExchangeGalleriesRequest;
import dev.mekiki.v1.GalleriesGrpc;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.TlsServerCredentials;
import io.grpc.stub.StreamObserver;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecurityOptionsTest {

    private static final String PASSWORD = "changeit";

    @TempDir
    private Path folder;

    private final AtomicInteger exchanged = new AtomicInteger();
    private final List<String> shown = new CopyOnWriteArrayList<>();
    private Shown mine;
    private Shown service;
    private Server server;

    /** A certificate that is its own authority, and its key. */
    private record Shown(Path certificate, Path key) {}

    @BeforeEach
    void listen() throws Exception {
        mine = make("mine");
        service = make("service");
        server = Grpc.newServerBuilderForPort(
                        0,
                        TlsServerCredentials.newBuilder()
                                .keyManager(service.certificate.toFile(), service.key.toFile())
                                .trustManager(mine.certificate.toFile())
                                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                                .build())
                .addService(new GalleriesGrpc.GalleriesImplBase() {
                    @Override
                    public void exchangeGalleries(ExchangeGalleriesRequest request, StreamObserver<Empty> caller) {
                        exchanged.incrementAndGet();
                        caller.onNext(Empty.getDefaultInstance());
                        caller.onCompleted();
                    }
                })
                .intercept(new ServerInterceptor() {
                    @Override
                    public <Q, R> ServerCall.Listener<Q> interceptCall(
                            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                        shown.add(String.valueOf(
                                headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER))));
                        return next.startCall(call, headers);
                    }
                })
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
    }

    @Test
    void callsAServiceThatWantsToSeeACertificate() {
        assertThat(exchange(
                        "--authorities",
                        service.certificate.toString(),
                        "--certificate",
                        mine.certificate.toString(),
                        "--key",
                        mine.key.toString()))
                .isZero();
        assertThat(exchanged).hasValue(1);
    }

    @Test
    void doesNotCallWithoutOrOneThatItDoesNotTrust() {
        assertThat(exchange()).isNotZero();
        assertThat(exchange("--authorities", service.certificate.toString())).isNotZero();
        assertThat(exchange("--tls", "--certificate", mine.certificate.toString(), "--key", mine.key.toString()))
                .as("an authority that the platform does not know")
                .isNotZero();
        assertThat(exchanged).hasValue(0);
    }

    @Test
    void showsWhatTheFileOfATokenHoldsNow() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "first\n");
        List<String> options = List.of(
                "--authorities",
                service.certificate.toString(),
                "--certificate",
                mine.certificate.toString(),
                "--key",
                mine.key.toString(),
                "--token",
                token.toString());

        assertThat(exchange(options.toArray(String[]::new))).isZero();
        Files.writeString(token, "second");
        assertThat(exchange(options.toArray(String[]::new))).isZero();
        assertThat(shown).containsExactly("Bearer first", "Bearer second");

        Files.delete(token);
        assertThat(exchange(options.toArray(String[]::new))).isEqualTo(2);
        assertThat(exchanged).hasValue(2);
    }

    @Test
    void refusesHalfOfWhatToShowAndFilesThatAreNone() {
        assertThat(exchange("--certificate", mine.certificate.toString())).isEqualTo(2);
        assertThat(exchange("--authorities", folder.resolve("none.pem").toString()))
                .isEqualTo(2);
    }

    private int exchange(String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                "exchange",
                "--gallery",
                "a",
                "--with",
                "b",
                "--timeout",
                "10",
                "--target",
                "127.0.0.1:" + server.getPort()));
        arguments.addAll(List.of(options));
        return Mekiki.commandLine().execute(arguments.toArray(String[]::new));
    }

    private Shown make(String name) throws Exception {
        Path store = folder.resolve(name + ".p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-alias",
                        name,
                        "-dname",
                        "CN=" + name,
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD)
                .inheritIO()
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return new Shown(
                pem(name + ".pem", "CERTIFICATE", keys.getCertificate(name).getEncoded()),
                pem(
                        name + ".key",
                        "PRIVATE KEY",
                        keys.getKey(name, PASSWORD.toCharArray()).getEncoded()));
    }

    private Path pem(String file, String kind, byte[] encoded) throws Exception {
        return Files.writeString(
                folder.resolve(file),
                "-----BEGIN " + kind + "-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded) + "\n-----END " + kind
                        + "-----\n");
    }
}
