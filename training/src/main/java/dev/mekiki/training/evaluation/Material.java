package dev.mekiki.training.evaluation;

import java.io.IOException;
import java.util.List;

/**
 * What models are measured with: images that are registered, photographs that are shown. Each image is read or made when
 * it is asked for, and the same each time. Thread-safe.
 */
public sealed interface Material permits SimulatedPhotographs, TakenPhotographs {

    /** Names of the labels, by their number. */
    List<String> labels();

    /** How an image was registered. */
    record Registration(int label, String name) {}

    /** What is registered, in order. */
    List<Registration> registrations();

    /**
     * The file of a registered image.
     *
     * @param index into {@link #registrations()}
     */
    byte[] registered(int index) throws IOException;

    /** Takes photographs as they come. */
    @FunctionalInterface
    interface Viewer {
        void show(Shot shot, byte[] file) throws IOException;
    }

    /**
     * Shows all photographs, those of one sort of conditions after the other.
     *
     * @throws IOException if a file cannot be read or is no image
     */
    void show(Viewer viewer) throws IOException;

    /**
     * A photograph once more.
     *
     * @param index in the order that {@link #show} has
     */
    byte[] photograph(int index) throws IOException;
}
