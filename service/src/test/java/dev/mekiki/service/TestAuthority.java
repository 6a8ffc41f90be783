package dev.mekiki.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An authority of certificates, made by the JDK's keytool. */
final class TestAuthority {

    private static final String PASSWORD = "changeit";

    private final Path store;
    private int issued;

    /** @param store of its key and of those that it issued certificates for (PKCS #12) */
    private TestAuthority(Path store) {
        this.store = store;
    }

    /**
     * What somebody shows.
     *
     * @param certificate PEM
     * @param key PKCS #8, PEM
     */
    record Shown(Path certificate, Path key) {

        /** Puts these in the place of others, as somebody who renews them does. */
        void replace(Shown old) throws IOException {
            Files.copy(key, old.key, StandardCopyOption.REPLACE_EXISTING);
            Files.copy(certificate, old.certificate, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    static TestAuthority in(Path folder, String name) throws Exception {
        TestAuthority authority = new TestAuthority(folder.resolve(name + ".p12"));
        authority.keytool("-alias", "authority", "-dname", "CN=" + name, "-ext", "bc:c", "-validity", "10");
        return authority;
    }

    /** The certificate of the authority (PEM). */
    Path certificate() throws Exception {
        return Files.writeString(
                store.resolveSibling(store.getFileName() + ".pem"),
                pem("CERTIFICATE", keys().getCertificate("authority").getEncoded()));
    }

    /** Another certificate for the key that was issued last, as of one that is renewed. */
    Path renewLast(Path target) throws Exception {
        String alias = "issued-" + (issued - 1);
        Path request = store.resolveSibling("request.pem");
        run(
                "-certreq",
                "-alias",
                alias,
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD,
                "-file",
                request.toString());
        run(
                "-gencert",
                "-alias",
                "authority",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD,
                "-infile",
                request.toString(),
                "-outfile",
                target.toString(),
                "-ext",
                "san=ip:127.0.0.1",
                "-rfc");
        return target;
    }

    /** @param options of keytool, such as {@code -startdate} */
    Shown issue(String name, String... options) throws Exception {
        String alias = "issued-" + issued++;
        List<String> all = new ArrayList<>(
                List.of("-alias", alias, "-dname", "CN=" + name, "-signer", "authority", "-ext", "san=ip:127.0.0.1"));
        all.addAll(options.length == 0 ? List.of("-validity", "5") : Arrays.asList(options));
        keytool(all.toArray(String[]::new));
        KeyStore keys = keys();
        Key key = keys.getKey(alias, PASSWORD.toCharArray());
        StringBuilder chain = new StringBuilder();
        for (Certificate certificate : keys.getCertificateChain(alias)) {
            chain.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        return new Shown(
                Files.writeString(store.resolveSibling(store.getFileName() + alias + ".pem"), chain),
                Files.writeString(
                        store.resolveSibling(store.getFileName() + alias + ".key"),
                        pem("PRIVATE KEY", key.getEncoded())));
    }

    private KeyStore keys() throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private void keytool(String... options) throws Exception {
        List<String> all = new ArrayList<>(List.of(
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
        all.addAll(List.of(options));
        run(all.toArray(String[]::new));
    }

    private void run(String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(options));
        Path output = store.resolveSibling(store.getFileName() + ".out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    }

    private static String pem(String kind, byte[] encoded) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded) + "\n-----END " + kind
                + "-----\n";
    }
}
