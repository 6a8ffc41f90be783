package dev.mekiki.training;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mekiki.training.augment.PhotographSettings;
import dev.mekiki.training.corpus.ClassSettings;
import dev.mekiki.training.corpus.CorpusBuilder;
import dev.mekiki.training.engine.ClusterSettings;
import dev.mekiki.training.engine.ContrastSettings;
import dev.mekiki.training.engine.DistillationSettings;
import dev.mekiki.training.engine.EngineSettings;
import dev.mekiki.training.engine.Hardware;
import dev.mekiki.training.engine.HeadSettings;
import dev.mekiki.training.engine.LossSettings;
import dev.mekiki.training.engine.OptimiserSettings;
import dev.mekiki.training.network.NetworkSettings;

/**
 * Every number that a training run depends on, besides its data. Schedules are in shares of the planned images, so that a
 * recipe keeps its shape when it is made longer or shorter.
 *
 * <p>From scratch, a margin at full scale learns nothing: all images fall on one point before any class is told from
 * another. So the margin starts late and grows, photographs get worse gradually, and a second loss pulls the two
 * photographs of a class together from the first step.
 *
 * @param seed all random numbers follow from it
 * @param network what is trained
 * @param classes how classes are made of images
 * @param photographs how bad they are
 * @param localiser how the network's localiser is taught, before all else
 * @param head classification over the classes
 * @param contrast between images of a class
 * @param clusters margins and losses guided by class centres
 * @param distillation towards a teacher
 * @param optimiser AdamW and weight averaging
 * @param schedule how long and how fast
 * @param earlyStopping when to end before that
 * @param hardware what it runs on
 */
public record Recipe(
        long seed,
        NetworkSettings network,
        ClassSettings classes,
        PhotographSettings photographs,
        LocaliserSettings localiser,
        HeadSettings head,
        ContrastSettings contrast,
        ClusterSettings clusters,
        DistillationSettings distillation,
        OptimiserSettings optimiser,
        Schedule schedule,
        EarlyStopping earlyStopping,
        Hardware hardware) {

    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    public Recipe {
        // Checks how they go together.
        new LossSettings(head, head.scale(), 1, contrast, clusters, distillation);
        int batch = schedule.batch();
        if (clusters.used() && clusters.epochImages() < batch) {
            throw new IllegalArgumentException("clusters.epochImages: " + clusters.epochImages()
                    + " (expected: at least a batch, schedule.parts × schedule.partSize = " + batch + ")");
        }
        if (network.localises() && photographs.kind() != PhotographSettings.Kind.PHONE) {
            throw new IllegalArgumentException("photographs.kind: " + photographs.kind()
                    + " (expected: PHONE with a localiser, network.cropSize = " + network.cropSize()
                    + ", as nothing else shows where a document lies)");
        }
        if (earlyStopping.used() && earlyStopping.everyImages() < batch) {
            throw new IllegalArgumentException("earlyStopping.everyImages: " + earlyStopping.everyImages()
                    + " (expected: at least a batch, schedule.parts × schedule.partSize = " + batch + ")");
        }
    }

    static void require(String field, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: " + low + ".." + high + ")");
        }
    }

    /**
     * The recipe for documents, from random weights. The published model's run, {@code models/documents-lcnet050.yaml},
     * starts from a model instead, and so is shorter.
     */
    public static Recipe documents() {
        return new Recipe(
                20_260_101,
                NetworkSettings.DOCUMENTS,
                new ClassSettings(
                        ClassSettings.Kind.MIXTURE, new CorpusBuilder.Mixture(8, 2000, 0.18, 0.27, 0.15, 0.1), 5000),
                new PhotographSettings(PhotographSettings.Kind.PHONE, 0.35, 1, 0.35),
                new LocaliserSettings(1_600_000, 2e-3),
                new HeadSettings(HeadSettings.Kind.COSFACE, 32, 32, 0, 0.35, 0.15, 0.5, 0.333, 1, 0.1),
                new ContrastSettings(ContrastSettings.Kind.PAIRS, 1, 0.07),
                new ClusterSettings(0, true, 50_000, 0, 0.05, 0, 0.2),
                new DistillationSettings(DistillationSettings.Kind.COSINE, 0, 0.05),
                new OptimiserSettings(0.9, 0.99, 1e-8, 0.05, 5, 0.998),
                new Schedule(1_330_000, 2, 64, 2e-3, 0.03, 250),
                new EarlyStopping(0, 100_000, 5, 0.001),
                Hardware.CPU);
    }

    /**
     * This recipe but for what a text says, for example {@code "head: {kind: ARCFACE, margin: 0.5}"}, as in a run's file.
     *
     * @param yaml keys of a recipe; those left out stay as they are
     * @throws IllegalArgumentException if a key is unknown, of another type or out of range, or two do not go together
     */
    public Recipe with(String yaml) {
        return StrictYaml.read("recipe", yaml, this, Recipe.class);
    }

    /** Optimiser steps of the whole run, those that teach the localiser included. */
    public long steps() {
        return localiserSteps() + schedule.steps();
    }

    /** The first steps, which teach the localiser; 0 without one. */
    long localiserSteps() {
        return network.localises() && localiser.images() > 0
                ? localiserSchedule().steps()
                : 0;
    }

    /** Whether a step teaches the localiser. */
    boolean locatesAt(long step) {
        return step < localiserSteps();
    }

    private Schedule localiserSchedule() {
        return new Schedule(
                localiser.images(),
                schedule.parts(),
                schedule.partSize(),
                localiser.learningRate(),
                schedule.warmUp(),
                schedule.checkpointSteps());
    }

    /** The share before a step of the steps that teach the same. */
    private double share(long step) {
        return locatesAt(step) ? localiserSchedule().share(step) : schedule.share(step - localiserSteps());
    }

    /** Learning rate of a step. */
    public double learningRateAt(long step) {
        return locatesAt(step)
                ? localiserSchedule().learningRateAt(step)
                : schedule.learningRateAt(step - localiserSteps());
    }

    /** The head's margin at a step, without what a class has of its own. */
    public double marginAt(long step) {
        return head.margin() * marginShareAt(step);
    }

    double marginShareAt(long step) {
        return ramp(share(step), head.marginFrom(), head.marginTo());
    }

    /** The head's scale at a step. */
    public double scaleAt(long step) {
        return head.firstScale() + (head.scale() - head.firstScale()) * ramp(share(step), 0, head.fullScaleAt());
    }

    /** Highest strength of the photographs' faults at a step, 0..1. */
    public double strengthAt(long step) {
        double first = photographs.firstStrength();
        return first + (photographs.fullStrength() - first) * ramp(share(step), 0, photographs.fullStrengthAt());
    }

    /** The losses of a step, with margin and scale as far as they have grown. */
    public LossSettings lossAt(long step) {
        return new LossSettings(head, scaleAt(step), marginShareAt(step), contrast, clusters, distillation);
    }

    /**
     * What an engine for this recipe is built with.
     *
     * @param classCount of the corpus
     * @param teacherDimension 0 without a teacher
     */
    EngineSettings engine(int classCount, int teacherDimension) {
        return new EngineSettings(
                network,
                classCount,
                schedule.parts(),
                schedule.partSize(),
                head.classDeviation(),
                head.classShare(),
                teacherDimension,
                localiserSteps(),
                clusters.used(),
                optimiser,
                hardware,
                seed);
    }

    private static double ramp(double at, double from, double to) {
        if (at <= from) {
            return at < from || from < to ? 0 : 1;
        }
        return at >= to ? 1 : (at - from) / (to - from);
    }

    /** This recipe as indented JSON. */
    public String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JacksonException e) {
            throw new IllegalStateException("a recipe is plain numbers", e);
        }
    }
}
