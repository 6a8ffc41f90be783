package dev.mekiki.cli.demo;

import com.google.protobuf.UnsafeByteOperations;
import dev.mekiki.cli.process.Installation;
import dev.mekiki.cli.process.ServiceProcess;
import dev.mekiki.client.Connection;
import dev.mekiki.samples.ContactSheet;
import dev.mekiki.samples.Photograph;
import dev.mekiki.samples.Photographer;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.samples.SampleDocument;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.Registration;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Gatherers;
import java.util.stream.Stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Starts a service, registers sample documents, photographs them and others, and asks the service what they are. Leaves
 * nothing behind but the contact sheet.
 */
public final class Demo {

    private static final String GALLERY = "demo";
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);
    private static final int DRAWN_SIDE = 640;
    private static final int PHOTOGRAPH_SIDE = 480;
    private static final int THUMBNAIL_SIDE = 96;

    private final Installation installation;
    private final Path model;
    private final Scope scope;
    private final Path sheet;
    private final PrintStream out;

    /**
     * How much the demo does.
     *
     * @param documents how many documents of the catalogue are registered
     * @param photographsEach how many photographs are taken of each
     * @param strangers how many photographs of documents never registered
     * @param inFlight questions under way at once
     * @param seed of the photographs
     */
    public record Scope(int documents, int photographsEach, int strangers, int inFlight, long seed) {

        /** What a person sees who types {@code ./mekiki demo}. */
        public static final Scope FULL = new Scope(
                SampleCatalogue.registered().size(),
                4,
                SampleCatalogue.unregistered().size(),
                8,
                2026);

        public Scope {
            require("documents", documents, 1, SampleCatalogue.registered().size());
            require("photographs of each", photographsEach, 1, 100);
            require("strangers", strangers, 0, 10_000);
            require("in flight", inFlight, 1, 256);
        }

        private static void require(String name, int value, int least, int most) {
            if (value < least || value > most) {
                throw new IllegalArgumentException(name + ": " + value + " (expected: " + least + ".." + most + ")");
            }
        }
    }

    /**
     * @param model an ONNX file with its card beside it
     * @param sheet where the contact sheet goes, a PNG file
     * @param out for people
     */
    public Demo(Installation installation, Path model, Scope scope, Path sheet, PrintStream out) {
        this.installation = installation;
        this.model = model;
        this.scope = scope;
        this.sheet = sheet;
        this.out = out;
    }

    /**
     * @throws dev.mekiki.cli.process.ServiceStartException if the service does not start
     * @throws io.grpc.StatusRuntimeException if it refuses a document or a photograph
     * @throws IOException if the contact sheet cannot be written
     */
    public void run() throws IOException {
        List<SampleDocument> documents = SampleCatalogue.registered().subList(0, scope.documents());
        out.println("Starting the service on an embedded gallery, and drawing documents and photographs of them.");
        try (ServiceProcess service =
                ServiceProcess.start(installation, Map.of("mekiki.model.path", model.toString()), CALL_TIMEOUT)) {
            List<Shot> shots = shots(documents);
            service.awaitServing(START_LIMIT);
            Connection connection = service.connection();
            register(connection, documents);
            out.printf(
                    Locale.ROOT,
                    "Registered %d documents; showing %d photographs.%n%n",
                    documents.size(),
                    shots.size());

            long start = System.nanoTime();
            List<Answer> answers = shots.stream()
                    .gather(Gatherers.mapConcurrent(scope.inFlight(), shot -> recognise(connection, shot)))
                    .toList();
            DemoReport report = new DemoReport(
                    documents.size(),
                    (int) documents.stream()
                            .map(SampleDocument::mainLabel)
                            .distinct()
                            .count(),
                    answers,
                    scope.inFlight(),
                    Duration.ofNanos(System.nanoTime() - start));
            out.print(report.table());
            writeSheet(documents, answers, report.summary());
            out.printf("%nWhat it saw and said: %s%n", sheet);
        }
    }

    /** In the order of the documents, those of strangers last. */
    private List<Shot> shots(List<SampleDocument> documents) {
        record Sitting(SampleDocument document, boolean registered, Light light, long seed) {}
        SplittableRandom seeds = new SplittableRandom(scope.seed());
        List<Sitting> sittings = new ArrayList<>();
        for (SampleDocument document : documents) {
            for (int i = 0; i < scope.photographsEach(); i++) {
                sittings.add(new Sitting(document, true, i % 2 == 0 ? Light.MILD : Light.HARD, seeds.nextLong()));
            }
        }
        List<SampleDocument> strangers = SampleCatalogue.unregistered();
        for (int i = 0; i < scope.strangers(); i++) {
            sittings.add(new Sitting(
                    strangers.get(i % strangers.size()),
                    false,
                    i % 2 == 0 ? Light.MILD : Light.HARD,
                    seeds.nextLong()));
        }
        return sittings.parallelStream()
                .map(s -> new Shot(
                        s.document(), s.registered(), s.light(), photograph(s.document(), s.light(), s.seed())))
                .toList();
    }

    private static byte[] photograph(SampleDocument document, Light light, long seed) {
        try (Mat drawn = SampleCatalogue.draw(document, DRAWN_SIDE);
                Photograph photograph = Photographer.photograph(drawn, light.conditions(), PHOTOGRAPH_SIDE, seed)) {
            return photograph.toJpeg();
        }
    }

    private void register(Connection connection, List<SampleDocument> documents) {
        connection
                .galleries()
                .createGallery(
                        CreateGalleryRequest.newBuilder().setGalleryId(GALLERY).build());
        long registered = documents.stream()
                .gather(Gatherers.mapConcurrent(
                        scope.inFlight(),
                        document -> connection
                                .registrations()
                                .createRegistration(CreateRegistrationRequest.newBuilder()
                                        .setParent("galleries/" + GALLERY)
                                        .setRegistration(
                                                Registration.newBuilder().setLabel(document.labelPath()))
                                        .setImage(UnsafeByteOperations.unsafeWrap(cleanImage(document)))
                                        .build())))
                .map(Registration::getName)
                .distinct()
                .count();
        if (registered != documents.size()) {
            throw new IllegalStateException(
                    "registrations: " + registered + " (expected: " + documents.size() + ", one for each document)");
        }
    }

    private static byte[] cleanImage(SampleDocument document) {
        try (Mat drawn = SampleCatalogue.draw(document, DRAWN_SIDE)) {
            return Photographer.encodeJpeg(drawn, 95);
        }
    }

    private static Answer recognise(Connection connection, Shot shot) {
        long start = System.nanoTime();
        RecognizeResponse response = connection
                .recognition()
                .recognize(RecognizeRequest.newBuilder()
                        .setGallery("galleries/" + GALLERY)
                        .setImage(UnsafeByteOperations.unsafeWrap(shot.jpeg()))
                        .build());
        return new Answer(shot, response, Duration.ofNanos(System.nanoTime() - start));
    }

    /** Each document, then the photographs of it; at the end the strangers. */
    private void writeSheet(List<SampleDocument> documents, List<Answer> answers, String heading) throws IOException {
        int perDocument = 1 + scope.photographsEach();
        int columns = Math.min(40, perDocument * Math.max(1, 15 / perDocument));
        try (ContactSheet pictures = new ContactSheet(heading, columns, THUMBNAIL_SIDE)) {
            for (int i = 0; i < documents.size(); i++) {
                SampleDocument document = documents.get(i);
                try (Mat drawn = SampleCatalogue.draw(document, 2 * THUMBNAIL_SIDE)) {
                    pictures.add(
                            drawn,
                            ContactSheet.Mark.REFERENCE,
                            document.mainLabel(),
                            document.subLabel(),
                            "registered");
                }
                answers.subList(i * scope.photographsEach(), (i + 1) * scope.photographsEach())
                        .forEach(answer -> add(pictures, answer));
            }
            answers.subList(documents.size() * scope.photographsEach(), answers.size())
                    .forEach(answer -> add(pictures, answer));
            Path folder = sheet.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            pictures.writePng(sheet);
        }
    }

    private static void add(ContactSheet pictures, Answer answer) {
        String[] said = answer.said().split("/", 2);
        try (BytePointer bytes = new BytePointer(answer.shot().jpeg());
                Mat encoded = new Mat(bytes);
                Mat image = opencv_imgcodecs.imdecode(encoded, opencv_imgcodecs.IMREAD_COLOR)) {
            pictures.add(
                    image,
                    answer.verdict().mark(),
                    said[0],
                    Stream.of(said).skip(1).findFirst().orElse(""),
                    String.format(
                            Locale.ROOT,
                            "%s%.2f %s",
                            answer.shot().registered() ? "" : "never registered, ",
                            answer.score(),
                            answer.shot().light().name().toLowerCase(Locale.ROOT)));
        }
    }
}
