package dev.mekiki.training.engine;

/**
 * The classification head: what is done to the cosine between an embedding and its class's weight before the softmax
 * over scaled cosines. From scratch, a head at full scale and margin from the first step learns nothing; so both may grow.
 *
 * @param kind which margin
 * @param scale factor on the cosines at the end, 1..256
 * @param firstScale factor at the start, 1..{@code scale}
 * @param fullScaleAt share of the images after which the factor is at its end, 0..1
 * @param margin at the end, 0..1; radians for {@link Kind#ARCFACE}, else cosine
 * @param marginFrom share of the images after which the margin leaves zero, 0..1
 * @param marginTo share after which it is at its end, {@code marginFrom}..1
 * @param normSpread AdaFace's h: how strongly the length of an embedding moves the margin, 0.01..1; others do not use it
 * @param classShare share of the classes that a step's softmax is taken over, those of its images always among them
 *     (PartialFC), above 0 to 1
 * @param classDeviation standard deviation of the class weights at the start, positive
 */
public record HeadSettings(
        Kind kind,
        double scale,
        double firstScale,
        double fullScaleAt,
        double margin,
        double marginFrom,
        double marginTo,
        double normSpread,
        double classShare,
        double classDeviation) {

    /** Where the margin goes in. */
    public enum Kind {
        /** {@code s·cosθ}: no margin. */
        SOFTMAX,
        /** {@code s·(cosθ − m)} (Source: Wang et al., arXiv 1801.09414). */
        COSFACE,
        /** {@code s·cos(θ + m)}, past its turning point {@code s·(cosθ − m·sin m)} (Source: Deng et al., 1801.07698). */
        ARCFACE,
        /** Between the two by the length of the embedding (Source: Kim et al., arXiv 2204.00964). */
        ADAFACE
    }

    public HeadSettings {
        Ranges.require("scale", scale, 1, 256);
        Ranges.require("firstScale", firstScale, 1, scale);
        Ranges.require("fullScaleAt", fullScaleAt, 0, 1);
        Ranges.require("margin", margin, 0, 1);
        Ranges.require("marginFrom", marginFrom, 0, 1);
        Ranges.require("marginTo", marginTo, marginFrom, 1);
        Ranges.require("normSpread", normSpread, 0.01, 1);
        Ranges.require("classShare", classShare, 1e-6, 1);
        Ranges.require("classDeviation", classDeviation, 1e-6, 10);
        if (kind == Kind.SOFTMAX && margin != 0) {
            throw new IllegalArgumentException("margin: " + margin + " (expected: 0 with SOFTMAX, which has none)");
        }
    }
}
