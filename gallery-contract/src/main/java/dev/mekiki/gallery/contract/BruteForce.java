package dev.mekiki.gallery.contract;

import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.gallery.Registration;
import java.util.Comparator;
import java.util.List;

/** What is true: every registration compared with the query in double precision. */
final class BruteForce {

    private BruteForce() {}

    static double cosine(Embedding one, Embedding other) {
        float[] a = one.vector();
        float[] b = other.vector();
        double product = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (double) a[i] * b[i];
            squaresA += (double) a[i] * a[i];
            squaresB += (double) b[i] * b[i];
        }
        return product / Math.sqrt(squaresA * squaresB);
    }

    static Registration nearest(List<Registration> registrations, Embedding query) {
        return registrations.stream()
                .max(Comparator.comparingDouble(registration -> cosine(registration.embedding(), query)))
                .orElseThrow();
    }
}
