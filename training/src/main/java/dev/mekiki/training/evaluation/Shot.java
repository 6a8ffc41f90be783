package dev.mekiki.training.evaluation;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A photograph that a model is measured with.
 *
 * @param label what it shows, 0-based
 * @param name of the file, or of the document that was photographed
 * @param conditions {@code mild} or {@code hard} if it is simulated, {@code real} if it was taken
 * @param traits what is known of it, by name: doses of the simulator's effects, and {@value #COVERAGE}
 */
public record Shot(int label, String name, String conditions, Map<String, Double> traits) {

    /** Area of the document as a share of the frame. */
    public static final String COVERAGE = "coverage";

    public Shot {
        traits = Collections.unmodifiableSortedMap(new TreeMap<>(traits));
    }
}
