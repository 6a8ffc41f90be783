package dev.mekiki.inference;

import dev.mekiki.core.time.Stage;

/**
 * Hears what happens inside an {@link ImageEmbedder}, for metrics. Called by many threads, must be quick and must not
 * throw.
 */
public interface InferenceObserver {

    /** How an image's way ended. */
    enum Outcome {
        EMBEDDED,
        /** Not an image, too large, damaged. */
        INVALID,
        /** Refused: too many images under way, or its answer would have come too late. */
        OVERLOADED,
        /** Its deadline passed before it reached the device. */
        EXPIRED,
        /** Its caller cancelled it; if the device had it already, the result was thrown away. */
        CANCELLED,
        /** Refused at the door: closed. */
        CLOSED,
        /** The model failed on it, or this project has a defect. */
        FAILED
    }

    /** An image went through a stage: {@code ADMISSION}, {@code DECODE}, {@code PREPROCESS}, {@code QUEUE} or {@code INFERENCE}. */
    void stageEnded(Stage stage, long nanos);

    /**
     * The model ran.
     *
     * @param images how many images the batch held
     * @param size what it was run as, padding included
     * @param nanos the device's time
     */
    void batchRan(int images, int size, long nanos);

    /** An image's way ended; every image is heard of once. */
    void ended(Outcome outcome);

    /** Hears nothing. */
    InferenceObserver SILENT = new InferenceObserver() {
        @Override
        public void stageEnded(Stage stage, long nanos) {}

        @Override
        public void batchRan(int images, int size, long nanos) {}

        @Override
        public void ended(Outcome outcome) {}
    };
}
