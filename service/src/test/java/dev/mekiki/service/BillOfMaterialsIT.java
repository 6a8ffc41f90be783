package dev.mekiki.service;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** The bill of materials in the image's folder names what the folder holds, so that a scanner misses nothing. */
@TestInstance(Lifecycle.PER_CLASS)
class BillOfMaterialsIT {

    private static final Pattern MAVEN = Pattern.compile("pkg:maven/([^/]+)/([^@]+)@([^?]+)(?:\\?(.*))?");
    private static final Pattern CLASSIFIER = Pattern.compile("(?:^|&)classifier=([^&]+)");

    private JsonNode bill;
    private Path image;

    @BeforeAll
    void layTheImageOut(@TempDir Path folder) throws Exception {
        assumeThat(System.getProperty("mekiki.test.maven", ""))
                .as("Maven, which makes no bill without the registry")
                .isEqualTo("offline: false");
        image = folder.resolve("mekiki");
        Process process = new ProcessBuilder("../docker/lay-out", image.toString())
                .inheritIO()
                .start();
        assertThat(process.waitFor()).isZero();
        bill = new ObjectMapper().readTree(image.resolve("mekiki.cdx.json").toFile());
    }

    @Test
    void everyLibraryHasItsComponentAndNothingElseHasOne() throws Exception {
        Map<String, String> digests = new TreeMap<>();
        for (String libraries : List.of("lib/boot", "lib/main")) {
            try (Stream<Path> jars = Files.list(image.resolve(libraries))) {
                for (Path jar : jars.toList()) {
                    digests.put(jar.getFileName().toString(), digest(jar));
                }
            }
        }

        Map<String, String> components = StreamSupport.stream(
                        bill.path("components").spliterator(), false)
                .collect(toMap(
                        component -> jar(component.path("purl").asText()),
                        BillOfMaterialsIT::digest,
                        (one, other) -> one,
                        TreeMap::new));

        assertThat(digests).hasSizeGreaterThan(100);
        assertThat(components).isEqualTo(digests);
    }

    @Test
    void itIsAboutTheServiceAndOfAFormatThatScannersKnow() {
        assertThat(bill.path("bomFormat").asText()).isEqualTo("CycloneDX");
        assertThat(bill.at("/metadata/component/name").asText()).isEqualTo("mekiki-service");
        assertThat(bill.at("/metadata/component/type").asText()).isEqualTo("application");
    }

    /** The name that Quarkus gives the jar of a package URL. */
    private static String jar(String url) {
        Matcher maven = MAVEN.matcher(url);
        assertThat(maven.matches()).as(url).isTrue();
        String qualifiers = maven.group(4) == null ? "" : maven.group(4);
        Matcher classifier = CLASSIFIER.matcher(qualifiers);
        return "%s.%s-%s%s.jar"
                .formatted(
                        maven.group(1),
                        maven.group(2),
                        URLDecoder.decode(maven.group(3), StandardCharsets.UTF_8),
                        classifier.find() ? "-" + classifier.group(1) : "");
    }

    private static String digest(JsonNode component) {
        return StreamSupport.stream(component.path("hashes").spliterator(), false)
                .filter(hash -> hash.path("alg").asText().equals("SHA-256"))
                .map(hash -> hash.path("content").asText())
                .findFirst()
                .orElse("none");
    }

    private static String digest(Path file) throws IOException, NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }
}
