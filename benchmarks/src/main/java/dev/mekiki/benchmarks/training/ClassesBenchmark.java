package dev.mekiki.benchmarks.training;

import dev.mekiki.benchmarks.Machine;
import dev.mekiki.cli.process.Installation;
import dev.mekiki.training.Recipe;
import dev.mekiki.training.engine.EngineSettings;
import dev.mekiki.training.engine.TrainingEngine;
import dev.mekiki.training.network.Backbone;
import dev.mekiki.training.network.Neck;
import dev.mekiki.training.network.NetworkSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What a step over a share of very many classes costs: time and memory, each share in a process of its own, so that none
 * counts what another left behind. The network is the smallest there is, so that the head is what is measured.
 */
@Command(
        name = "classes",
        description = "Time and memory of a training step over a share of a million classes.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
public final class ClassesBenchmark implements Callable<Integer> {
    private static final NetworkSettings NETWORK = new NetworkSettings(Backbone.LCNET_025, Neck.SQUEEZE, 32, 128);
    private static final int PART = 32;
    private static final int WARM_UP_STEPS = 2;

    @Option(names = "--classes", paramLabel = "N", defaultValue = "1000000", description = "Default ${DEFAULT-VALUE}.")
    private int classes;

    @Option(
            names = "--shares",
            paramLabel = "R",
            split = ",",
            defaultValue = "0.05,0.1,0.3,1",
            description = "Of the classes that a step takes; default ${DEFAULT-VALUE}.")
    private List<Double> shares;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "10", description = "Default ${DEFAULT-VALUE}.")
    private int steps;

    @Option(names = "--here", hidden = true, description = "Measure this share in this process.")
    private @Nullable Double here;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (here != null) {
            System.out.println(measure(here));
            return 0;
        }
        System.out.println(Machine.here(Installation.current().root()));
        System.out.printf(
                Locale.ROOT,
                "%,d classes of dimension %d: weights and moments of all take %,d MB whatever the share%n"
                        + "| share | classes a step | ms a step | MB beyond those and the program |%n|---|---|---|---|%n",
                classes,
                NETWORK.dimension(),
                stored() >> 20);
        for (double share : shares) {
            System.out.println(inAProcess(share));
        }
        return 0;
    }

    private long stored() {
        return 3L * Float.BYTES * classes * NETWORK.dimension();
    }

    private String measure(double share) throws IOException {
        Recipe recipe = Recipe.documents();
        EngineSettings settings = new EngineSettings(
                NETWORK,
                classes,
                1,
                PART,
                0.1,
                share,
                0,
                0,
                false,
                recipe.optimiser(),
                recipe.hardware(),
                recipe.seed());
        // The first engine loads libtorch and all that a step needs.
        try (TrainingEngine small = new TrainingEngine(new EngineSettings(
                NETWORK, 200, 1, PART, 0.1, 0.5, 0, 0, false, recipe.optimiser(), recipe.hardware(), 1))) {
            run(small, recipe, 200, 1);
        }
        long before = resident("VmRSS:");
        try (TrainingEngine engine = new TrainingEngine(settings)) {
            // What the first weights took in Java is not the step's.
            System.gc();
            run(engine, recipe, classes, WARM_UP_STEPS);
            resetPeak();
            double seconds = run(engine, recipe, classes, steps);
            return String.format(
                    Locale.ROOT,
                    "| %s | %,d | %.0f | %,d |",
                    share,
                    Math.round(share * classes),
                    1000 * seconds / steps,
                    (resident("VmHWM:") - before - stored()) >> 20);
        }
    }

    private static double run(TrainingEngine engine, Recipe recipe, int classes, int count) {
        long begun = System.nanoTime();
        for (int i = 0; i < count; i++) {
            engine.step(
                    (step, part, into) -> {
                        SplittableRandom random = new SplittableRandom(step);
                        for (int p = 0; p < into.images().capacity(); p++) {
                            into.images().put(p, (float) random.nextDouble());
                        }
                        for (int l = 0; l < into.labels().length; l++) {
                            into.labels()[l] = l % 2 == 0 ? random.nextInt(classes) : into.labels()[l - 1];
                        }
                    },
                    recipe.lossAt(recipe.schedule().steps()),
                    1e-4);
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    /** Bytes, as Linux counts them. */
    private static long resident(String key) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith(key))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                .findFirst()
                .orElseThrow(() -> new IOException("/proc/self/status: no " + key + " (expected: Linux)"));
    }

    /** Has the peak counted from now on. */
    private static void resetPeak() throws IOException {
        Files.writeString(Path.of("/proc/self/clear_refs"), "5");
    }

    private String inAProcess(double share) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(java.lang.management.ManagementFactory.getRuntimeMXBean().getInputArguments());
        // Little of it is the heap's, and what it grows to shall not be counted as the step's.
        command.add("-XX:+UseSerialGC");
        command.add("dev.mekiki.benchmarks.Benchmark");
        command.addAll(List.of("classes", "--here=" + share, "--classes=" + classes, "--steps=" + steps));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException("share " + share + ": ended with " + process.exitValue() + " (expected: 0): " + told);
        }
        return told;
    }
}
