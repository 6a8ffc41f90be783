package dev.mekiki.benchmarks.training;

import dev.mekiki.benchmarks.Machine;
import dev.mekiki.cli.process.Installation;
import dev.mekiki.training.Recipe;
import dev.mekiki.training.engine.BatchPart;
import dev.mekiki.training.engine.EngineSettings;
import dev.mekiki.training.engine.TrainingEngine;
import dev.mekiki.training.network.ParameterLayout;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Trains the published recipe's network, head and optimiser here and in PyTorch, in turns on the same machine, on images
 * that are there already: drawing them is another matter.
 */
@Command(
        name = "training",
        description = "Images a second of the trainer, beside PyTorch on the same network, in turns.",
        mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // Set by picocli.
public final class TrainingBenchmark implements Callable<Integer> {
    private static final int WARM_UP_STEPS = 10;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--python",
            paramLabel = "FILE",
            required = true,
            description = "A Python that has what benchmarks/src/main/python/requirements.txt lists.")
    private Path python;

    @Option(
            names = "--classes",
            paramLabel = "N",
            defaultValue = "13000",
            description = "As many as the published recipe makes, by default.")
    private int classes;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "6", description = "Turns; default ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--steps",
            paramLabel = "N",
            defaultValue = "40",
            description = "Optimiser steps of a turn; default ${DEFAULT-VALUE}.")
    private int steps;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!Files.isExecutable(python)) {
            throw new ParameterException(spec.commandLine(), "--python: " + python + " (expected: a Python)");
        }
        int cores = Runtime.getRuntime().availableProcessors();
        Recipe recipe = Recipe.documents().with("network: {inputSize: 128, cropSize: 0}");
        int partSize = recipe.schedule().batch() / cores / 2 * 2;
        int batch = partSize * cores;
        System.out.println(Machine.here(Installation.current().root()));
        System.out.printf(
                Locale.ROOT,
                "LCNet-0.5, CosFace over %,d classes, batches of %d, %d cores; %d rounds of %d steps%n",
                classes,
                batch,
                cores,
                rounds,
                steps);
        EngineSettings settings = new EngineSettings(
                recipe.network(),
                classes,
                cores,
                partSize,
                recipe.head().classDeviation(),
                1,
                0,
                0,
                false,
                recipe.optimiser(),
                recipe.hardware(),
                recipe.seed());
        try (TrainingEngine engine = new TrainingEngine(settings);
                PyTorch peer = PyTorch.start(python, classes, batch, cores)) {
            int own = new ParameterLayout(recipe.network().layers()).parameterCount();
            if (own != peer.parameters) {
                throw new IllegalStateException("PyTorch's network has " + peer.parameters + " parameters (expected: "
                        + own + ", as the project's)");
            }
            run(engine, recipe, WARM_UP_STEPS);
            peer.run(WARM_UP_STEPS);
            List<Double> ratios = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                double ours = (double) steps * batch / run(engine, recipe, steps);
                double theirs = (double) steps * batch / peer.run(steps);
                ratios.add(ours / theirs);
                System.out.printf(
                        Locale.ROOT,
                        "round %d: %.0f images/s, PyTorch %.0f images/s, ratio %.3f%n",
                        round + 1,
                        ours,
                        theirs,
                        ours / theirs);
            }
            double[] sorted = ratios.stream().mapToDouble(r -> r).sorted().toArray();
            System.out.printf(
                    Locale.ROOT,
                    "ratio %.3f (median), %.3f to %.3f%n",
                    (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2,
                    sorted[0],
                    sorted[sorted.length - 1]);
        }
        return 0;
    }

    /** Seconds that so many steps take. */
    private double run(TrainingEngine engine, Recipe recipe, int count) {
        long begun = System.nanoTime();
        for (int i = 0; i < count; i++) {
            engine.step(
                    (step, part, into) -> fill(part, into, step),
                    recipe.lossAt(recipe.schedule().steps()),
                    1e-4);
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    private void fill(int part, BatchPart into, long step) {
        SplittableRandom random = new SplittableRandom(step * 64 + part);
        if (step == 0) {
            for (int i = 0; i < into.images().capacity(); i++) {
                into.images().put(i, (float) random.nextDouble());
            }
        }
        for (int i = 0; i < into.labels().length; i++) {
            into.labels()[i] = i % 2 == 0 ? random.nextInt(classes) : into.labels()[i - 1];
        }
    }

    /** The other trainer, in a process of its own that waits while it is not its turn. */
    private static final class PyTorch implements AutoCloseable {
        private final Process process;
        private final Writer commands;
        private final BufferedReader answers;
        private final long parameters;

        private PyTorch(Process process) throws IOException {
            this.process = process;
            commands = process.outputWriter(StandardCharsets.UTF_8);
            answers = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            parameters = Long.parseLong(answer());
        }

        static PyTorch start(Path python, int classes, int batch, int threads) throws IOException {
            Path script = Installation.current().root().resolve("benchmarks/src/main/python/train_lcnet.py");
            ProcessBuilder builder = new ProcessBuilder(
                    python.toString(),
                    script.toString(),
                    "--classes=" + classes,
                    "--batch=" + batch,
                    "--threads=" + threads);
            builder.redirectError(ProcessBuilder.Redirect.INHERIT);
            // They suit the project's trainer; PyTorch has its own defaults.
            for (String tuned : Arrays.asList(
                    "OMP_WAIT_POLICY",
                    "OPENBLAS_NUM_THREADS",
                    "MALLOC_MMAP_MAX_",
                    "MALLOC_TRIM_THRESHOLD_",
                    "MALLOC_TOP_PAD_")) {
                builder.environment().remove(tuned);
            }
            return new PyTorch(builder.start());
        }

        double run(int steps) throws IOException {
            commands.write(steps + "\n");
            commands.flush();
            return Double.parseDouble(answer());
        }

        private String answer() throws IOException {
            String line = answers.readLine();
            if (line == null) {
                throw new IOException("PyTorch ended (expected: an answer); what it said is above");
            }
            return line;
        }

        @Override
        public void close() throws InterruptedException {
            process.destroy();
            process.waitFor();
        }
    }
}
