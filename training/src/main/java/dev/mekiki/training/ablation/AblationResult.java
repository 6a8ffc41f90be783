package dev.mekiki.training.ablation;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mekiki.training.evaluation.EvaluationReport;
import dev.mekiki.training.evaluation.OpenSet;
import dev.mekiki.training.evaluation.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * What one run gave.
 *
 * @param variation its name
 * @param recipe digest of all that it depends on, seed, data and teacher included
 * @param figures on the unseen documents
 */
record AblationResult(String variation, long seed, long images, String recipe, Figures figures) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .build();

    /**
     * Photographs of all conditions.
     *
     * @param truePositiveRate of pairs of photographs, at a false-positive rate of 1e-4
     * @param openSet share named rightly while 1 % of unknown documents get a name
     * @param rankOne share whose nearest registration is right
     */
    record Figures(double truePositiveRate, double openSet, double rankOne) {

        static Figures of(EvaluationReport report) {
            EvaluationReport.Part all = report.part("all");
            return new Figures(
                    all.photographPairs().points().stream()
                            .filter(p -> p.limit() == 1e-4)
                            .mapToDouble(Verification.Point::truePositiveRate)
                            .findFirst()
                            .orElseThrow(),
                    all.openSet().points().stream()
                            .filter(p -> p.limit() == 1e-2)
                            .mapToDouble(OpenSet.Point::truePositiveRate)
                            .findFirst()
                            .orElseThrow(),
                    all.openSet().rankOne());
        }
    }

    static AblationResult read(Path file) throws IOException {
        try {
            return JSON.readValue(Files.readAllBytes(file), AblationResult.class);
        } catch (JacksonException e) {
            throw new IOException(
                    file + ": " + e.getOriginalMessage() + " (expected: a result; delete it to run again)", e);
        }
    }

    /** Appears whole or not at all. */
    void write(Path file) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, JSON.writeValueAsBytes(this));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
