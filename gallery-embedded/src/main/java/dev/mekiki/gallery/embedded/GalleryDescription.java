package dev.mekiki.gallery.embedded;

import dev.mekiki.core.decision.Calibration;
import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryId;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A {@link Gallery} as the user data of a Lucene commit. */
final class GalleryDescription {

    /** Documents have a field for their content since version 2. */
    private static final String VERSION = "2";

    private static final String FIRST_VERSION = "1";
    private static final String LABEL_THRESHOLD = "label-threshold.";

    private static final String CALIBRATION = "policy.calibration.";

    private GalleryDescription() {}

    static Map<String, String> write(Gallery gallery) {
        Map<String, String> data = new HashMap<>();
        data.put("version", VERSION);
        data.put("id", gallery.id().value());
        data.put("display-name", gallery.displayName());
        data.put("space.model-id", gallery.space().modelId());
        data.put("space.dimension", Integer.toString(gallery.space().dimension()));
        data.put("space.digest", gallery.space().digest());
        data.put("policy.false-accept-rate", Double.toString(gallery.policy().falseAcceptRate()));
        data.put("policy.threshold", Double.toString(gallery.policy().threshold()));
        data.put("policy.sub-label-margin", Double.toString(gallery.policy().subLabelMargin()));
        gallery.policy()
                .labelThresholds()
                .forEach((label, threshold) -> data.put(LABEL_THRESHOLD + label, Double.toString(threshold)));
        gallery.policy().calibration().ifPresent(calibration -> {
            data.put(CALIBRATION + "method", calibration.method());
            data.put(CALIBRATION + "data", calibration.data());
            data.put(CALIBRATION + "time", calibration.time().toString());
            data.put(CALIBRATION + "impostors", Long.toString(calibration.impostors()));
            data.put(CALIBRATION + "lowest-rate", Double.toString(calibration.lowestRate()));
            data.put(CALIBRATION + "highest-rate", Double.toString(calibration.highestRate()));
        });
        data.put("create-time", gallery.createTime().toString());
        return data;
    }

    /** Whether the documents beside it were written by an earlier version and have to be written anew. */
    static boolean isOutdated(Map<String, String> data) {
        return field(data, "version").equals(FIRST_VERSION);
    }

    /** @throws IllegalArgumentException if it is not what {@link #write} writes, now or in an earlier version */
    static Gallery read(Map<String, String> data) {
        String version = field(data, "version");
        if (!version.equals(VERSION) && !version.equals(FIRST_VERSION)) {
            throw new IllegalArgumentException(
                    "version: " + version + " (expected: " + FIRST_VERSION + " or " + VERSION + ")");
        }
        Map<String, Double> labelThresholds = new HashMap<>();
        data.forEach((key, value) -> {
            if (key.startsWith(LABEL_THRESHOLD)) {
                labelThresholds.put(key.substring(LABEL_THRESHOLD.length()), Double.valueOf(value));
            }
        });
        return new Gallery(
                new GalleryId(field(data, "id")),
                field(data, "display-name"),
                new EmbeddingSpace(
                        field(data, "space.model-id"),
                        Integer.parseInt(field(data, "space.dimension")),
                        field(data, "space.digest")),
                new DecisionPolicy(
                        Double.parseDouble(field(data, "policy.false-accept-rate")),
                        Double.parseDouble(field(data, "policy.threshold")),
                        labelThresholds,
                        Double.parseDouble(field(data, "policy.sub-label-margin")),
                        calibration(data)),
                Instant.parse(field(data, "create-time")));
    }

    /** Without one in galleries of earlier versions, and where nobody said. */
    private static Optional<Calibration> calibration(Map<String, String> data) {
        return data.containsKey(CALIBRATION + "method")
                ? Optional.of(new Calibration(
                        field(data, CALIBRATION + "method"),
                        field(data, CALIBRATION + "data"),
                        Instant.parse(field(data, CALIBRATION + "time")),
                        Long.parseLong(field(data, CALIBRATION + "impostors")),
                        Double.parseDouble(field(data, CALIBRATION + "lowest-rate")),
                        Double.parseDouble(field(data, CALIBRATION + "highest-rate"))))
                : Optional.empty();
    }

    private static String field(Map<String, String> data, String name) {
        @Nullable String value = data.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + ": missing (expected: the description of a gallery)");
        }
        return value;
    }
}
