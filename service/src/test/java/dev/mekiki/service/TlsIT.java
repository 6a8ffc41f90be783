package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.v1.GalleriesGrpc;
import dev.mekiki.v1.ListGalleriesRequest;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A service that shows a certificate and wants to see one. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class TlsIT {

    @TempDir
    private static Path folder;

    private static TestAuthority authority;
    private static TestAuthority.Shown server;
    private static ServiceProcess service;

    @BeforeAll
    static void start() throws Exception {
        authority = TestAuthority.in(folder, "authority");
        server = authority.issue("service");
        service = ServiceProcess.start(
                Files.createDirectory(folder.resolve("service")),
                "-Dmekiki.server.tls.certificate=" + server.certificate(),
                "-Dmekiki.server.tls.key=" + server.key(),
                "-Dmekiki.server.tls.client-authorities=" + authority.certificate(),
                "-Dmekiki.server.tls.reload-interval=1s",
                // Without the authorities it would refuse to.
                "-Dquarkus.grpc.server.host=0.0.0.0");
        ManagedChannel channel = Grpc.newChannelBuilder(service.address(), shows(authority.issue("caller")))
                .build();
        try {
            service.awaitServing(channel);
        } finally {
            channel.shutdownNow();
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        service.close();
    }

    @Test
    void answersWhoShowsACertificateOfTheAuthority() throws Exception {
        assertThat(calls(shows(authority.issue("caller")))).isTrue();
    }

    @Test
    void answersNobodyElse() throws Exception {
        TestAuthority other = TestAuthority.in(folder, "other");
        assertThat(calls(InsecureChannelCredentials.create())).as("plaintext").isFalse();
        assertThat(calls(trusts(authority).build())).as("no certificate").isFalse();
        assertThat(calls(shows(other.issue("caller"))))
                .as("of another authority")
                .isFalse();
        assertThat(calls(shows(authority.issue("caller", "-startdate", "-5d", "-validity", "2"))))
                .as("expired")
                .isFalse();
        assertThat(calls(shows(authority.issue("caller", "-startdate", "+2d", "-validity", "5"))))
                .as("not valid yet")
                .isFalse();
        TestAuthority.Shown mine = authority.issue("caller");
        assertThat(calls(trusts(other)
                        .keyManager(mine.certificate().toFile(), mine.key().toFile())
                        .build()))
                .as("a caller that trusts another authority")
                .isFalse();
        // It goes on for those who may.
        assertThat(calls(shows(mine))).isTrue();
    }

    @Test
    void showsANewCertificateOnceThatIsThere() throws Exception {
        TestAuthority.Shown caller = authority.issue("caller");
        String before = serialShown();
        assertThat(serialShown()).isEqualTo(before);
        // A certificate without its key, for a while, changes nothing.
        Files.writeString(
                server.certificate(), Files.readString(authority.issue("half").certificate()));
        assertThat(calls(shows(caller))).isTrue();

        authority.issue("service").replace(server);

        while (serialShown().equals(before)) {
            assertThat(calls(shows(caller))).isTrue();
        }
        String renewed = serialShown();

        // The same key.
        authority.renewLast(server.certificate());

        while (serialShown().equals(renewed)) {
            assertThat(calls(shows(caller))).isTrue();
        }
        assertThat(calls(shows(caller))).isTrue();
    }

    @Test
    void saysWhichFileCannotBeUsed() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken.pem"), "no certificate");
        try (ServiceProcess refused = ServiceProcess.start(
                Files.createDirectory(folder.resolve("refused")),
                "-Dmekiki.server.tls.certificate=" + broken,
                "-Dmekiki.server.tls.key=" + server.key())) {
            assertThat(refused.process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(refused.process.exitValue()).isNotZero();
            assertThat(refused.log()).contains("mekiki.server.tls.certificate, mekiki.server.tls.key: " + broken);
        }
    }

    private static TlsChannelCredentials.Builder trusts(TestAuthority trusted) throws Exception {
        return TlsChannelCredentials.newBuilder()
                .trustManager(trusted.certificate().toFile());
    }

    private static ChannelCredentials shows(TestAuthority.Shown shown) throws Exception {
        return trusts(authority)
                .keyManager(shown.certificate().toFile(), shown.key().toFile())
                .build();
    }

    /** Whether the service answers; if it does not, there is no connection. */
    private static boolean calls(ChannelCredentials credentials) {
        ManagedChannel channel =
                Grpc.newChannelBuilder(service.address(), credentials).build();
        try {
            GalleriesGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(20, TimeUnit.SECONDS)
                    .listGalleries(ListGalleriesRequest.getDefaultInstance());
            return true;
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Code.UNAVAILABLE);
            return false;
        } finally {
            channel.shutdownNow();
        }
    }

    /** The serial number of the certificate that a new connection gets to see. */
    private static String serialShown() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        Certificates seen = new Certificates();
        context.init(new KeyManager[0], new TrustManager[] {seen}, new SecureRandom());
        String[] address = service.address().split(":");
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(address[0], Integer.parseInt(address[1]))) {
            socket.startHandshake();
        } catch (IOException e) {
            // It shows no certificate of its own; the service's was seen before.
            assertThat(seen.leaf).isNotNull();
        }
        return Objects.requireNonNull(seen.leaf).getSerialNumber().toString();
    }

    /** Remembers what is shown. */
    private static final class Certificates implements X509TrustManager {

        private @Nullable X509Certificate leaf;

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {
            throw new AssertionError("a client was asked");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {
            leaf = chain[0];
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
