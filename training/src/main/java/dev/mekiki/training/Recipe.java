package dev.mekiki.training;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mekiki.training.corpus.CorpusBuilder;
import dev.mekiki.training.engine.OptimiserSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Every number that a training run depends on, besides its data. Schedules are in shares of the planned images, so that a
 * recipe keeps its shape when it is made longer or shorter.
 *
 * <p>From scratch, CosFace at full scale with its margin learns nothing: all images fall on one point before any class is
 * told from another. So the margin starts late and grows, photographs get worse gradually, and a second loss pulls the
 * two photographs of a class together from the first step.
 *
 * @param seed all random numbers follow from it
 * @param images planned images; the learning rate reaches zero with the last
 * @param parts parts of a batch computed side by side, about one per core; changes the result
 * @param partSize images of a part, even
 * @param learningRate highest learning rate
 * @param warmUp share of the images over which the learning rate rises from zero
 * @param optimiser AdamW and weight averaging
 * @param classWeightDeviation standard deviation of the class weights at the start
 * @param scale CosFace's scale
 * @param margin CosFace's margin at the end
 * @param marginFrom share of the images after which the margin leaves zero
 * @param marginTo share after which it is at its end
 * @param contrastWeight weight of the loss between two photographs of a class
 * @param contrastTemperature its temperature
 * @param firstStrength strength of the photographs' faults at the start, 0..1
 * @param fullStrengthAt share of the images after which they reach 1
 * @param mixture how many classes are made of the documents
 * @param drawnDocuments classes drawn by program, see {@code dev.mekiki.samples}
 * @param checkpointSteps optimiser steps between checkpoints
 */
public record Recipe(
        long seed,
        long images,
        int parts,
        int partSize,
        double learningRate,
        double warmUp,
        OptimiserSettings optimiser,
        double classWeightDeviation,
        double scale,
        double margin,
        double marginFrom,
        double marginTo,
        double contrastWeight,
        double contrastTemperature,
        double firstStrength,
        double fullStrengthAt,
        CorpusBuilder.Mixture mixture,
        int drawnDocuments,
        int checkpointSteps) {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    public Recipe {
        require("images", images, 1, 1e12);
        require("learningRate", learningRate, 1e-9, 1);
        require("warmUp", warmUp, 0, 0.9);
        require("scale", scale, 1, 256);
        require("margin", margin, 0, 0.99);
        require("marginFrom", marginFrom, 0, 1);
        require("marginTo", marginTo, marginFrom, 1);
        require("contrastWeight", contrastWeight, 0, 100);
        require("contrastTemperature", contrastTemperature, 1e-3, 10);
        require("firstStrength", firstStrength, 0, 1);
        require("fullStrengthAt", fullStrengthAt, 0, 1);
        require("drawnDocuments", drawnDocuments, 0, 1_000_000);
        require("checkpointSteps", checkpointSteps, 1, 1_000_000);
    }

    private static void require(String field, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: " + low + ".." + high + ")");
        }
    }

    /** The recipe of the published document embedder. */
    public static Recipe documents() {
        return new Recipe(
                20_260_101,
                1_330_000,
                2,
                64,
                2e-3,
                0.03,
                new OptimiserSettings(0.9, 0.99, 1e-8, 0.05, 5, 0.998),
                0.1,
                32,
                0.35,
                0.15,
                0.5,
                1,
                0.07,
                0.35,
                0.35,
                new CorpusBuilder.Mixture(8, 2000, 0.18, 0.27, 0.15, 0.1),
                5000,
                500);
    }

    /** This recipe for another number of images. */
    public Recipe withImages(long planned) {
        return new Recipe(
                seed,
                planned,
                parts,
                partSize,
                learningRate,
                warmUp,
                optimiser,
                classWeightDeviation,
                scale,
                margin,
                marginFrom,
                marginTo,
                contrastWeight,
                contrastTemperature,
                firstStrength,
                fullStrengthAt,
                mixture,
                drawnDocuments,
                checkpointSteps);
    }

    /** Images of one optimiser step. */
    public int batch() {
        return parts * partSize;
    }

    /** Optimiser steps of the whole run. */
    public long steps() {
        return Math.max(1, images / batch());
    }

    /** Learning rate of a step: rises linearly, then falls along half a cosine to zero. */
    public double learningRateAt(long step) {
        double share = share(step);
        if (share < warmUp) {
            return learningRate * (share + 1.0 / steps()) / (warmUp + 1.0 / steps());
        }
        return learningRate * 0.5 * (1 + Math.cos(Math.PI * (share - warmUp) / (1 - warmUp)));
    }

    /** CosFace's margin at a step. */
    public double marginAt(long step) {
        return margin * ramp(share(step), marginFrom, marginTo);
    }

    /** Highest strength of the photographs' faults at a step, 0..1. */
    public double strengthAt(long step) {
        return firstStrength + (1 - firstStrength) * ramp(share(step), 0, fullStrengthAt);
    }

    private double share(long step) {
        return Math.min(1, (double) step / steps());
    }

    private static double ramp(double at, double from, double to) {
        if (at <= from) {
            return at < from || from < to ? 0 : 1;
        }
        return at >= to ? 1 : (at - from) / (to - from);
    }

    /**
     * Reads a recipe.
     *
     * @throws IllegalArgumentException if a field is missing, unknown or out of range
     */
    public static Recipe read(Path file) {
        try {
            return fromJson(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException("recipe " + file + " cannot be read", e);
        }
    }

    static Recipe fromJson(String json) {
        try {
            return JSON.readValue(json, Recipe.class);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("recipe: " + e.getOriginalMessage(), e);
        }
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
