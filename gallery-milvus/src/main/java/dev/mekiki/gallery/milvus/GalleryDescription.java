package dev.mekiki.gallery.milvus;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonSyntaxException;
import com.google.gson.annotations.SerializedName;
import dev.mekiki.core.decision.Calibration;
import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryId;
import io.milvus.grpc.DescribeCollectionResponse;
import io.milvus.grpc.KeyValuePair;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is written down with a gallery's collections: all that a {@link Gallery} is but for its name, which is an alias. It
 * stands in the description that a collection is made with, which Milvus never changes, and once the gallery was changed in
 * a property, which holds from then on.
 *
 * @param gallery of the name that it was created under
 * @param made when the collections were made, by the clock of whoever made them
 */
record GalleryDescription(Gallery gallery, Instant made) {

    /** Of a collection. */
    static final String PROPERTY = "mekiki.gallery";

    /** Milvus keeps the properties of a collection in one value of etcd, which takes 1.5 MB. */
    private static final int MOST_BYTES = 1 << 20;

    private static final int VERSION = 1;
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    /** As it is written; every field may be missing in what is read. */
    private static final class Form {
        @SerializedName("mekiki_gallery")
        int version;

        @Nullable
        String id;

        @Nullable
        String displayName;

        @Nullable
        String modelId;

        int dimension;

        @Nullable
        String digest;

        double falseAcceptRate;
        double threshold;

        @Nullable
        Map<String, Double> labelThresholds;

        double subLabelMargin;

        @Nullable
        FormOfCalibration calibration;

        @Nullable
        String createTime;

        @Nullable
        String made;
    }

    /** As it is written; every field may be missing in what is read. */
    private static final class FormOfCalibration {
        @Nullable
        String method;

        @Nullable
        String data;

        @Nullable
        String time;

        long impostors;
        double lowestRate;
        double highestRate;

        static FormOfCalibration of(Calibration calibration) {
            FormOfCalibration form = new FormOfCalibration();
            form.method = calibration.method();
            form.data = calibration.data();
            form.time = calibration.time().toString();
            form.impostors = calibration.impostors();
            form.lowestRate = calibration.lowestRate();
            form.highestRate = calibration.highestRate();
            return form;
        }

        Calibration calibration() {
            return new Calibration(
                    present(method), present(data), Instant.parse(present(time)), impostors, lowestRate, highestRate);
        }
    }

    /** @throws InvalidInput if it is more than Milvus keeps */
    String write() {
        Form form = new Form();
        form.version = VERSION;
        form.id = gallery.id().value();
        form.displayName = gallery.displayName();
        form.modelId = gallery.space().modelId();
        form.dimension = gallery.space().dimension();
        form.digest = gallery.space().digest();
        form.falseAcceptRate = gallery.policy().falseAcceptRate();
        form.threshold = gallery.policy().threshold();
        form.labelThresholds = new TreeMap<>(gallery.policy().labelThresholds());
        form.subLabelMargin = gallery.policy().subLabelMargin();
        form.calibration =
                gallery.policy().calibration().map(FormOfCalibration::of).orElse(null);
        form.createTime = gallery.createTime().toString();
        form.made = made.toString();
        String written = GSON.toJson(form);
        int bytes = written.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MOST_BYTES) {
            throw new InvalidInput(
                    "decision_policy.label_thresholds", bytes + " bytes in Milvus", "at most " + MOST_BYTES + " bytes");
        }
        return written;
    }

    /**
     * @param described what Milvus tells of a collection
     * @throws UnusableMilvus if it is not what this version writes
     */
    static GalleryDescription read(DescribeCollectionResponse described) {
        return read(
                described.getSchema().getName(),
                described.getPropertiesList().stream()
                        .filter(property -> property.getKey().equals(PROPERTY))
                        .map(KeyValuePair::getValue)
                        .findFirst()
                        .orElse(described.getSchema().getDescription()));
    }

    private static GalleryDescription read(String collection, String description) {
        String expected = "one that this version wrote";
        try {
            @Nullable Form form = GSON.fromJson(description, Form.class);
            if (form == null || form.version != VERSION) {
                throw new UnusableMilvus(
                        "description of " + collection,
                        form == null ? "none" : "version " + form.version,
                        "version " + VERSION);
            }
            Gallery gallery = new Gallery(
                    new GalleryId(present(form.id)),
                    present(form.displayName),
                    new EmbeddingSpace(present(form.modelId), form.dimension, present(form.digest)),
                    new DecisionPolicy(
                            form.falseAcceptRate,
                            form.threshold,
                            form.labelThresholds == null ? Map.of() : form.labelThresholds,
                            form.subLabelMargin,
                            Optional.ofNullable(form.calibration).map(FormOfCalibration::calibration)),
                    Instant.parse(present(form.createTime)));
            return new GalleryDescription(gallery, Instant.parse(present(form.made)));
        } catch (JsonSyntaxException | DateTimeParseException | IllegalArgumentException e) {
            throw new UnusableMilvus("description of " + collection, abbreviated(description), expected, e);
        } catch (InvalidInput e) {
            throw new UnusableMilvus("description of " + collection, String.valueOf(e.getMessage()), expected, e);
        }
    }

    private static String present(@Nullable String value) {
        if (value == null) {
            throw new IllegalArgumentException("a field is missing");
        }
        return value;
    }

    private static String abbreviated(String text) {
        return "\"" + (text.length() <= 80 ? text : text.substring(0, 80) + "…") + "\"";
    }
}
