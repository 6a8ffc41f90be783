package dev.mekiki.cli.archive;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that makes a registration.
 *
 * @param id its name within the gallery
 * @param label {@code main} or {@code main/sub}
 * @param contentDigest SHA-256, in lower-case hexadecimal
 * @param createMillis since 1970
 * @param attributes the caller's own
 * @param vector of unit length; not copied
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by differencesTo only.
record ArchivedRegistration(
        String id,
        String label,
        String contentDigest,
        long createMillis,
        SortedMap<String, String> attributes,
        float[] vector) {

    ArchivedRegistration(
            String id,
            String label,
            String contentDigest,
            long createMillis,
            Map<String, String> attributes,
            float[] vector) {
        this(id, label, contentDigest, createMillis, new TreeMap<>(attributes), vector);
    }

    /** In which fields the other differs; empty if it is the same to the last bit. */
    List<String> differencesTo(ArchivedRegistration other) {
        List<String> fields = new ArrayList<>();
        if (!id.equals(other.id)) {
            fields.add("id");
        }
        if (!label.equals(other.label)) {
            fields.add("label");
        }
        if (!contentDigest.equals(other.contentDigest)) {
            fields.add("content digest");
        }
        if (createMillis != other.createMillis) {
            fields.add("create time");
        }
        if (!attributes.equals(other.attributes)) {
            fields.add("attributes");
        }
        if (!Arrays.equals(vector, other.vector)) {
            fields.add("embedding");
        }
        return fields;
    }
}
