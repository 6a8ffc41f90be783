package dev.mekiki.service.doctor;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.gallery.embedded.EmbeddedGallery;
import dev.mekiki.gallery.milvus.MilvusGallery;
import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.InferenceObserver;
import dev.mekiki.inference.session.ExecutionProvider;
import dev.mekiki.service.access.AccessList;
import dev.mekiki.service.access.TokenVerifier;
import dev.mekiki.service.settings.GalleryConfig;
import dev.mekiki.service.settings.Settings;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.imageio.ImageIO;

/**
 * Examines what a service of these settings needs: the configuration, this machine's limits and clock, models, galleries,
 * certificates, the access file. Opens them as the service would, which makes the folder of an embedded gallery, leaves
 * nothing else behind, and says of everything how it is, and what helps.
 */
public final class Doctor {

    private static final long ENOUGH_FILES = 4096;
    private static final long LITTLE_SPACE = 1L << 30;
    private static final Duration SLOW_SYNC = Duration.ofMillis(20);
    private static final int SYNCS = 11;
    private static final Duration SOON = Duration.ofDays(14);
    private static final Duration SKEW = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Settings settings;
    private final InstantSource clock;

    /** Digests of the spaces whose models were good. */
    private final Set<String> served = new HashSet<>();

    public Doctor(Settings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** Everything that was looked at; takes seconds, most of them for the models. */
    public List<Finding> examine() {
        List<Finding> findings = new ArrayList<>();
        List<String> problems = settings.problems();
        problems.forEach(problem -> findings.add(Finding.problem("configuration", problem)));
        if (problems.isEmpty()) {
            findings.add(Finding.good("configuration", "can work"));
        }
        findings.add(files());
        findings.add(memory());
        findings.add(processors());
        findings.add(vectors());
        findings.add(secured("clock", this::clock));
        if (problems.isEmpty()) {
            for (Path onnx : settings.models()) {
                findings.add(secured("model", () -> model(onnx)));
            }
            switch (settings.gallery().backend()) {
                case EMBEDDED -> {
                    Path folder = settings.gallery().directory();
                    findings.add(secured("disk", () -> disk(folder, "mekiki.gallery.directory")));
                    findings.add(secured("galleries", this::embedded));
                }
                case MILVUS -> findings.add(secured("Milvus", this::milvus));
            }
            settings.images()
                    .directory()
                    .ifPresent(
                            folder -> findings.add(secured("images", () -> disk(folder, "mekiki.images.directory"))));
            settings.tls()
                    .certificate()
                    .ifPresent(file -> findings.add(secured("certificate", () -> certificate("certificate", file))));
            settings.tls()
                    .clientAuthorities()
                    .ifPresent(file -> findings.add(secured("authorities", () -> certificate("authorities", file))));
            findings.add(secured("access", this::access));
            settings.tokenRules().ifPresent(rules -> findings.add(secured("tokens", () -> tokens(rules))));
        }
        return findings;
    }

    /** What goes wrong with looking is a finding, too. */
    private static Finding secured(String subject, Supplier<Finding> look) {
        try {
            return look.get();
        } catch (RuntimeException | LinkageError e) {
            return Finding.problem(subject, Objects.requireNonNullElse(e.getMessage(), e.toString()));
        }
    }

    private static Finding files() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system)) {
            return Finding.good("open files", "not bounded as on Unix");
        }
        long most = system.getMaxFileDescriptorCount();
        return most < ENOUGH_FILES
                ? Finding.warning(
                        "open files",
                        most + " at most (expected: " + ENOUGH_FILES + " or more, \"ulimit -n\": each connection and"
                                + " each part of a gallery's index is one)")
                : Finding.good("open files", most + " at most");
    }

    private Finding memory() {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long all = system.getTotalMemorySize();
        long heap = settings.machine().maxHeap();
        String found = mebibytes(heap) + " of heap, of " + mebibytes(all) + " that this machine or container has";
        return heap > all / 4 * 3
                ? Finding.warning(
                        "memory",
                        found + " (expected: at most three quarters, -Xmx or -XX:MaxRAMPercentage: models, decoded"
                                + " images and the network need the rest)")
                : Finding.good("memory", found);
    }

    private Finding processors() {
        int processors = settings.machine().processors();
        return processors < 2
                ? Finding.warning("processors", processors + " (expected: 2 or more, for images wait for the model)")
                : Finding.good("processors", Integer.toString(processors));
    }

    private static Finding vectors() {
        boolean present = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
        return present
                ? Finding.good("vector unit", "is used to compare vectors")
                : Finding.warning(
                        "vector unit",
                        "is not used to compare vectors (expected: --add-modules jdk.incubator.vector, with which an"
                                + " embedded gallery answers up to twice as fast)");
    }

    /** Against the clock that files get their times from, which is another machine's where the disk is. */
    private Finding clock() {
        Instant now = clock.instant();
        if (now.isBefore(Instant.parse("2025-01-01T00:00:00Z"))) {
            return Finding.problem("clock", now + " (expected: today; certificates and tokens would not be valid)");
        }
        Path folder = settings.gallery().backend() == GalleryConfig.Backend.EMBEDDED
                        && Files.isDirectory(settings.gallery().directory())
                ? settings.gallery().directory()
                : Path.of(System.getProperty("java.io.tmpdir"));
        try {
            Path file = Files.createTempFile(folder, "clock", ".probe");
            try {
                Duration skew = Duration.between(Files.getLastModifiedTime(file).toInstant(), clock.instant());
                return skew.abs().compareTo(SKEW) > 0
                        ? Finding.warning(
                                "clock",
                                now.truncatedTo(ChronoUnit.SECONDS) + ", " + skew.toSeconds() + " s off that of the"
                                        + " disk of " + folder + " (expected: a clock that is kept right, as by NTP)")
                        : Finding.good("clock", now.truncatedTo(ChronoUnit.SECONDS) + ", as the disk has it");
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no file can be written in " + folder + ": " + e.getMessage(), e);
        }
    }

    private Finding model(Path onnx) {
        try (ImageEmbedder embedder =
                ImageEmbedder.open(onnx, settings.inferenceSettings(), InferenceObserver.SILENT)) {
            long begun = System.nanoTime();
            EmbeddedImage embedded = embedder.embed(
                            new EncodedImage(picture()),
                            new Tenant("doctor", false),
                            Deadline.after(PATIENCE, System.nanoTime()))
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            served.add(embedder.space().digest());
            ExecutionProvider wanted = settings.inference().providers().getFirst();
            String found = embedder.space().modelId() + " on " + embedder.provider() + ", "
                    + embedded.embedding().space().dimension() + " dimensions, an image in " + millis + " ms";
            return embedder.provider() == wanted
                    ? Finding.good("model", found)
                    : Finding.warning(
                            "model",
                            found + " (expected: on " + wanted + ", the first of mekiki.inference.providers; the log"
                                    + " says why it cannot)");
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(onnx + " does not embed an image: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** A small image of something. */
    private static byte[] picture() {
        BufferedImage image = new BufferedImage(320, 240, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                image.setRGB(x, y, (x * 3 & 0xff) << 16 | (y * 5 & 0xff) << 8 | (x ^ y) & 0xff);
            }
        }
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file.toByteArray();
    }

    /** Whether what is written there lasts, how long that takes, and how much room is left. */
    private static Finding disk(Path folder, String property) {
        try {
            Files.createDirectories(folder);
            Path file = Files.createTempFile(folder, "doctor", ".probe");
            long[] nanos = new long[SYNCS];
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                for (int i = 0; i < SYNCS; i++) {
                    long begun = System.nanoTime();
                    channel.write(ByteBuffer.allocate(4096), 0);
                    channel.force(true);
                    nanos[i] = System.nanoTime() - begun;
                }
            } finally {
                Files.delete(file);
            }
            Arrays.sort(nanos);
            Duration sync = Duration.ofNanos(nanos[SYNCS / 2]);
            FileStore store = Files.getFileStore(folder);
            long free = store.getUsableSpace();
            String found = String.format(
                    Locale.ROOT,
                    "%s: %s free, a write lasts after %.1f ms",
                    folder.toAbsolutePath().normalize(),
                    mebibytes(free),
                    sync.toNanos() / 1e6);
            if (free < Math.max(LITTLE_SPACE, store.getTotalSpace() / 20)) {
                return Finding.warning("disk", found + " (expected: 1 GiB and a twentieth of the disk, or more)");
            }
            return sync.compareTo(SLOW_SYNC) > 0
                    ? Finding.warning(
                            "disk",
                            found + " (expected: within " + SLOW_SYNC.toMillis() + " ms, as every registration waits"
                                    + " for it)")
                    : Finding.good("disk", found);
        } catch (IOException e) {
            throw new UncheckedIOException(property + ": " + folder + " cannot be written to: " + e.getMessage(), e);
        }
    }

    private Finding embedded() {
        try (EmbeddedGallery galleries = EmbeddedGallery.open(settings.gallerySettings())) {
            return opened("galleries", galleries);
        }
    }

    private Finding milvus() {
        long begun = System.nanoTime();
        try (MilvusGallery galleries = MilvusGallery.open(settings.milvusSettings(), _ -> {})) {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            Finding opened = opened("Milvus", galleries);
            return new Finding(opened.verdict(), opened.subject(), opened.found() + ", opened in " + millis + " ms");
        } catch (Unavailable e) {
            return Finding.problem(
                    "Milvus",
                    Objects.requireNonNullElse(e.getMessage(), "away")
                            + " (expected: an answer; the service would wait for it, not ready)");
        }
    }

    private Finding opened(String subject, GalleryBackend galleries) {
        List<Gallery> all = galleries
                .catalogue()
                .list(new PageRequest(PageRequest.MAX_SIZE, Optional.empty()))
                .items();
        List<String> strange = all.stream()
                .filter(gallery -> !served.contains(gallery.space().digest()))
                .map(gallery -> gallery.id() + " (" + gallery.space().modelId() + ")")
                .toList();
        String found = (all.size() == PageRequest.MAX_SIZE ? "at least " : "") + all.size();
        return strange.isEmpty()
                ? Finding.good(subject, found)
                : Finding.warning(
                        subject,
                        found + ", of which " + strange + " take vectors only (expected: their models served, with"
                                + " mekiki.model.more)");
    }

    private Finding tokens(TokenVerifier.Rules rules) {
        TokenVerifier.Source source = TokenVerifier.look(rules.keys());
        if (source.keys() == 0) {
            return Finding.problem(
                    "tokens", rules.keys() + ": no keys (expected: the public keys of " + rules.issuer() + ")");
        }
        Duration skew = source.time()
                .map(time -> Duration.between(time, clock.instant()))
                .orElse(Duration.ZERO);
        String found = source.keys() + " keys of " + rules.issuer();
        return skew.abs().compareTo(SKEW.plusSeconds(1)) > 0
                ? Finding.warning(
                        "tokens",
                        found + ", whose clock is " + skew.toSeconds() + " s behind this one (expected: the same time,"
                                + " as tokens begin and end)")
                : Finding.good("tokens", found);
    }

    private Finding certificate(String subject, Path file) {
        List<X509Certificate> chain = new ArrayList<>();
        try (InputStream in = Files.newInputStream(file)) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                chain.add((X509Certificate) certificate);
            }
        } catch (IOException | GeneralSecurityException e) {
            return Finding.problem(subject, file + ": " + e.getMessage() + " (expected: PEM)");
        }
        if (chain.isEmpty()) {
            return Finding.problem(subject, file + ": none (expected: PEM)");
        }
        Instant now = clock.instant();
        Instant from = chain.stream()
                .map(certificate -> certificate.getNotBefore().toInstant())
                .max(Instant::compareTo)
                .orElseThrow();
        Instant to = chain.stream()
                .map(certificate -> certificate.getNotAfter().toInstant())
                .min(Instant::compareTo)
                .orElseThrow();
        String found = file + ": valid " + from + " to " + to;
        if (now.isBefore(from) || now.isAfter(to)) {
            return Finding.problem(subject, found + " (expected: now)");
        }
        return now.plus(SOON).isAfter(to)
                ? Finding.warning(subject, found + " (expected: renewed two weeks before its end)")
                : Finding.good(subject, found);
    }

    private Finding access() {
        Optional<Path> file = settings.access().callers().file();
        if (file.isEmpty()) {
            return settings.tls().clientAuthorities().isPresent()
                    ? Finding.good("access", "whoever shows a certificate of the authorities may do everything")
                    : Finding.warning(
                            "access", "whoever reaches the service may do everything (expected: mekiki.access.file)");
        }
        try {
            AccessList list = AccessList.parse(file.get().toString(), Files.readString(file.get()));
            if (list.knowsTokens() && settings.tokenRules().isEmpty()) {
                return Finding.problem(
                        "access", file.get() + ": callers with a token (expected: none without mekiki.access.tokens)");
            }
            boolean plaintext = settings.tls().certificate().isEmpty();
            String found = file.get() + ": " + list.callers() + " callers, "
                    + list.tenants().size() + " tenants";
            return plaintext
                    ? Finding.warning("access", found + "; keys travel in plaintext (expected: mekiki.server.tls)")
                    : Finding.good("access", found);
        } catch (IOException | IllegalArgumentException e) {
            return Finding.problem("access", Objects.requireNonNullElse(e.getMessage(), e.toString()));
        }
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }
}
