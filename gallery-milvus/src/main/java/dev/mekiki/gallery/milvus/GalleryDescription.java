package dev.mekiki.gallery.milvus;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonSyntaxException;
import com.google.gson.annotations.SerializedName;
import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.GalleryId;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the description of a gallery's collections: all that a {@link Gallery} is but for its name, which is an
 * alias.
 *
 * @param gallery of the name that it was created under
 * @param made when the collections were made, by the clock of whoever made them
 */
record GalleryDescription(Gallery gallery, Instant made) {

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
        String createTime;

        @Nullable
        String made;
    }

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
        form.createTime = gallery.createTime().toString();
        form.made = made.toString();
        return GSON.toJson(form);
    }

    /**
     * @param collection whose description it is, for messages
     * @throws UnusableMilvus if it is not what this version writes
     */
    static GalleryDescription read(String collection, String description) {
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
                            form.subLabelMargin),
                    Instant.parse(present(form.createTime)));
            return new GalleryDescription(gallery, Instant.parse(present(form.made)));
        } catch (JsonSyntaxException | DateTimeParseException | IllegalArgumentException e) {
            throw new UnusableMilvus("description of " + collection, abbreviated(description), expected, e);
        } catch (dev.mekiki.core.failure.InvalidInput e) {
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
