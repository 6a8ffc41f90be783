package dev.mekiki.cli.archive;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mekiki.cli.source.VectorTable;
import dev.mekiki.cli.table.ParquetTable;
import dev.mekiki.cli.table.UnreadableTableException;
import dev.mekiki.v1.DecisionPolicy;
import dev.mekiki.v1.EmbeddingSpace;
import dev.mekiki.v1.Gallery;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an archive says beside its rows.
 *
 * @param gallery the gallery that it was made of
 * @param count registrations in it
 * @param digest of all registrations, see {@link RegistrationsDigest}
 */
public record ArchiveNotes(Gallery gallery, long count, String digest) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FORMAT = "mekiki.archive";
    private static final String VERSION = "1";

    Map<String, String> toMap(String software) {
        Map<String, String> notes = new LinkedHashMap<>();
        notes.put(FORMAT, VERSION);
        notes.put("mekiki.software", software);
        notes.put("mekiki.gallery", gallery.getName());
        notes.put("mekiki.display_name", gallery.getDisplayName());
        notes.put("mekiki.decision_policy", policy(gallery.getDecisionPolicy()));
        notes.put("mekiki.model_id", gallery.getEmbeddingSpace().getModelId());
        notes.put(
                "mekiki.dimension", Integer.toString(gallery.getEmbeddingSpace().getDimension()));
        notes.put(VectorTable.SPACE_NOTE, gallery.getEmbeddingSpace().getDigest());
        notes.put("mekiki.count", Long.toString(count));
        notes.put("mekiki.digest", digest);
        return notes;
    }

    static ArchiveNotes of(ParquetTable table) throws UnreadableTableException {
        String version = note(table, FORMAT);
        if (!version.equals(VERSION)) {
            throw new UnreadableTableException(
                    table.file() + ": an archive of version " + version + " (expected: " + VERSION + ")");
        }
        return new ArchiveNotes(
                Gallery.newBuilder()
                        .setName(note(table, "mekiki.gallery"))
                        .setDisplayName(note(table, "mekiki.display_name"))
                        .setDecisionPolicy(policy(table, note(table, "mekiki.decision_policy")))
                        .setEmbeddingSpace(EmbeddingSpace.newBuilder()
                                .setModelId(note(table, "mekiki.model_id"))
                                .setDimension(Math.toIntExact(number(table, "mekiki.dimension")))
                                .setDigest(note(table, VectorTable.SPACE_NOTE)))
                        .build(),
                number(table, "mekiki.count"),
                note(table, "mekiki.digest"));
    }

    private static String note(ParquetTable table, String key) throws UnreadableTableException {
        return table.note(key)
                .orElseThrow(() -> new UnreadableTableException(table.file() + " is no archive of a gallery: " + key
                        + " is missing (expected: written by mekiki export)"));
    }

    private static long number(ParquetTable table, String key) throws UnreadableTableException {
        String text = note(table, key);
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new UnreadableTableException(
                    table.file() + ": " + key + ": \"" + text + "\" (expected: a number)", e);
        }
    }

    private static String policy(DecisionPolicy policy) {
        ObjectNode json = JSON.createObjectNode()
                .put("false_accept_rate", policy.getFalseAcceptRate())
                .put("threshold", policy.getThreshold())
                .put("sub_label_margin", policy.getSubLabelMargin());
        ObjectNode labels = json.putObject("label_thresholds");
        new TreeMap<>(policy.getLabelThresholdsMap()).forEach(labels::put);
        return json.toString();
    }

    private static DecisionPolicy policy(ParquetTable table, String text) throws UnreadableTableException {
        try {
            JsonNode json = JSON.readTree(text);
            DecisionPolicy.Builder policy = DecisionPolicy.newBuilder()
                    .setFalseAcceptRate(json.path("false_accept_rate").asDouble())
                    .setThreshold(json.path("threshold").asDouble())
                    .setSubLabelMargin(json.path("sub_label_margin").asDouble());
            for (Map.Entry<String, JsonNode> label :
                    json.path("label_thresholds").properties()) {
                policy.putLabelThresholds(label.getKey(), label.getValue().asDouble());
            }
            return policy.build();
        } catch (JsonProcessingException e) {
            throw new UnreadableTableException(table.file() + ": mekiki.decision_policy is no JSON", e);
        }
    }
}
