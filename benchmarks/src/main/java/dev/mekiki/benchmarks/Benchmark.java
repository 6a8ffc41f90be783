package dev.mekiki.benchmarks;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.mekiki.benchmarks.gallery.GalleryBenchmark;
import dev.mekiki.cli.process.Installation;
import dev.mekiki.cli.process.ServiceProcess;
import dev.mekiki.client.Connection;
import dev.mekiki.samples.Photographer;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.samples.SampleDocument;
import dev.mekiki.v1.CreateGalleryRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.EmbedRequest;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.Registration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.bytedeco.opencv.opencv_core.Mat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Starts a service in a process of its own and measures it at several numbers of calls in flight, in turn with the same
 * work done in this process without gRPC, so that a noisy machine is noisy for both.
 */
@Command(
        name = "bench",
        description = "Throughput and latency of the service, beside the limit of this machine.",
        subcommands = GalleryBenchmark.class,
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
public final class Benchmark implements Callable<Integer> {

    private static final String GALLERY = "bench";
    private static final long SEED = 2026;
    private static final List<Integer> IN_FLIGHT = List.of(1, 8, 32);
    private static final Duration START_LIMIT = Duration.ofMinutes(3);
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(60);

    /** Held, because the logging system forgets levels of loggers that nobody holds. */
    private static final List<Logger> CHATTY = List.of(Logger.getLogger("io.grpc"), Logger.getLogger("dev.mekiki"));

    @Spec
    private CommandSpec command;

    @Option(names = "--quick", description = "One round of short spells: a look, not a measurement.")
    private boolean quick;

    @Option(
            names = "--megapixels",
            paramLabel = "M",
            defaultValue = "0.15",
            description = "Size of the photographs, 0.01..12; default ${DEFAULT-VALUE}.")
    private double megapixels;

    @Option(
            names = "--model",
            paramLabel = "FILE",
            description = "An ONNX file with its card beside it; left out: the model of the project.")
    private @Nullable Path model;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Where the figures go; left out: target/bench/bench.json.")
    private @Nullable Path json;

    /** Exit codes as those of the other commands: 0 done, 1 failed, 2 wrong usage. */
    public static void main(String[] arguments) {
        CHATTY.forEach(log -> log.setLevel(Level.WARNING));
        System.exit(new CommandLine(new Benchmark())
                .setExecutionExceptionHandler((failure, command, _) -> {
                    command.getErr().println("mekiki: " + failure.getMessage());
                    return CommandLine.ExitCode.SOFTWARE;
                })
                .execute(arguments));
    }

    @Override
    public Integer call() throws IOException {
        if (!(megapixels >= 0.01 && megapixels <= 12)) {
            throw new ParameterException(
                    command.commandLine(), "--megapixels: " + megapixels + " (expected: 0.01..12)");
        }
        Installation installation = Installation.current();
        Path onnx = model != null ? model.toAbsolutePath() : installation.model();
        Path figures = json != null ? json : installation.root().resolve(Path.of("target", "bench", "bench.json"));
        System.err.println("Starting the service, and drawing photographs.");
        String time = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        try (ServiceProcess service =
                ServiceProcess.start(installation, Map.of("mekiki.model.path", onnx.toString()), CALL_TIMEOUT)) {
            List<byte[]> images = Payloads.photographs(megapixels > 2 ? 8 : 64, megapixels, SEED);
            service.awaitServing(START_LIMIT);
            register(service.connection());
            BenchmarkReport report = measure(service, onnx, images, installation, time);
            System.out.print(report.table());
            report.write(figures);
            System.out.println("Figures: " + figures);
        }
        return 0;
    }

    private BenchmarkReport measure(
            ServiceProcess service, Path onnx, List<byte[]> images, Installation installation, String time) {
        Duration spell = quick ? Duration.ofMillis(1000) : Duration.ofMillis(2500);
        int rounds = quick ? 1 : 5;
        List<Target> targets = targets(service, images);
        System.err.println("Warming up, and looking for the best setting of the limit.");
        targets.stream().map(Target::loop).distinct().forEach(loop -> {
            loop.run(8, spell, service::cpuTime);
            loop.run(32, spell, service::cpuTime);
        });
        try (InProcess limit = best(onnx, images, spell.dividedBy(2))) {
            List<Load> limits = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                System.err.println("Round " + (round + 1) + " of " + rounds);
                if (round % 2 == 0) {
                    limits.add(limit.run(spell));
                }
                targets.forEach(
                        target -> target.loads().add(target.loop().run(target.inFlight(), spell, service::cpuTime)));
                if (round % 2 == 1) {
                    limits.add(limit.run(spell));
                }
            }
            double limitRate = median(limits);
            return new BenchmarkReport(
                    time,
                    Machine.here(installation.root()),
                    modelId(service.connection(), images),
                    megapixels,
                    Math.round(images.stream().mapToInt(i -> i.length).average().orElse(0)),
                    SEED,
                    rounds,
                    new BenchmarkReport.Limit(
                            limit.setting().toString(),
                            limitRate,
                            limits.stream().reduce(Load::plus).orElseThrow().cpuPerImage()),
                    targets.stream().map(t -> t.row(limitRate)).toList());
        }
    }

    /** Something measured: a method at a number of calls in flight. */
    private record Target(String method, int inFlight, ClosedLoop<?, ?> loop, List<Load> loads) {

        BenchmarkReport.Row row(double limitRate) {
            Load all = loads.stream().reduce(Load::plus).orElseThrow();
            double rate = median(loads);
            return new BenchmarkReport.Row(
                    method,
                    inFlight,
                    all.images(),
                    rate,
                    rate / limitRate,
                    all.percentile(50),
                    all.percentile(99),
                    all.percentile(99.9),
                    all.cpuPerImage());
        }
    }

    private static List<Target> targets(ServiceProcess service, List<byte[]> images) {
        List<ByteString> files =
                images.stream().map(UnsafeByteOperations::unsafeWrap).toList();
        var channel = service.connection().channel();
        ClosedLoop<?, ?> embed = new ClosedLoop<>(
                channel,
                RecognitionGrpc.getEmbedMethod(),
                files.stream()
                        .map(f -> EmbedRequest.newBuilder().setImage(f).build())
                        .toList());
        ClosedLoop<?, ?> recognize = new ClosedLoop<>(
                channel,
                RecognitionGrpc.getRecognizeMethod(),
                files.stream()
                        .map(f -> RecognizeRequest.newBuilder()
                                .setGallery("galleries/" + GALLERY)
                                .setImage(f)
                                .build())
                        .toList());
        List<Target> targets = new ArrayList<>();
        for (int inFlight : IN_FLIGHT) {
            targets.add(new Target("Embed", inFlight, embed, new ArrayList<>()));
        }
        for (int inFlight : IN_FLIGHT) {
            targets.add(new Target("Recognize", inFlight, recognize, new ArrayList<>()));
        }
        return targets;
    }

    /** Open, to be closed by the caller; the others are closed. */
    private static InProcess best(Path onnx, List<byte[]> images, Duration spell) {
        record Tried(InProcess.Setting setting, double rate) {}
        List<Tried> tried = new ArrayList<>();
        for (InProcess.Setting setting :
                InProcess.Setting.candidates(Runtime.getRuntime().availableProcessors())) {
            try (InProcess candidate = new InProcess(onnx, setting, images)) {
                candidate.run(spell);
                tried.add(new Tried(setting, candidate.run(spell).imagesPerSecond()));
            }
        }
        return new InProcess(
                onnx,
                tried.stream()
                        .max(Comparator.comparingDouble(Tried::rate))
                        .orElseThrow()
                        .setting(),
                images);
    }

    private static double median(List<Load> loads) {
        double[] rates =
                loads.stream().mapToDouble(Load::imagesPerSecond).sorted().toArray();
        return (rates[(rates.length - 1) / 2] + rates[rates.length / 2]) / 2;
    }

    private static String modelId(Connection connection, List<byte[]> images) {
        return connection
                .recognition()
                .embed(EmbedRequest.newBuilder()
                        .setImage(UnsafeByteOperations.unsafeWrap(images.getFirst()))
                        .build())
                .getEmbeddingSpace()
                .getModelId();
    }

    private static void register(Connection connection) {
        connection
                .galleries()
                .createGallery(
                        CreateGalleryRequest.newBuilder().setGalleryId(GALLERY).build());
        for (SampleDocument document : SampleCatalogue.registered()) {
            try (Mat drawn = SampleCatalogue.draw(document, 640)) {
                connection
                        .registrations()
                        .createRegistration(CreateRegistrationRequest.newBuilder()
                                .setParent("galleries/" + GALLERY)
                                .setRegistration(Registration.newBuilder().setLabel(document.labelPath()))
                                .setImage(UnsafeByteOperations.unsafeWrap(Photographer.encodeJpeg(drawn, 95)))
                                .build());
            }
        }
    }
}
