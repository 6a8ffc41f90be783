package dev.mekiki.cli.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.v1.ImportRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of a table say beside image or vector: {@code label}, or {@code main} and {@code sub}; perhaps
 * {@code id}; attributes as a JSON object in {@code attributes} and one by one in {@code attr.NAME}.
 */
final class RowFields {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "attr.";

    /** Gives the values of one row. */
    @FunctionalInterface
    interface Values<E extends Exception> {

        /** @return null or blank if there is none */
        @Nullable
        String text(String column) throws E;
    }

    /** One row is not as it should be; the message says how. */
    static final class BadRowException extends Exception {

        private static final long serialVersionUID = 1L;

        BadRowException(String message) {
            super(message);
        }
    }

    private final boolean oneLabel;
    private final boolean sub;
    private final boolean id;
    private final boolean attributes;
    private final List<String> single;

    private RowFields(Collection<String> columns) {
        this.oneLabel = columns.contains("label");
        this.sub = columns.contains("sub");
        this.id = columns.contains("id");
        this.attributes = columns.contains("attributes");
        this.single = columns.stream().filter(c -> c.startsWith(PREFIX)).toList();
    }

    /**
     * Knows which columns there are.
     *
     * @param table for the message
     * @throws UnusableSourceException if none of them is a label
     */
    static RowFields of(String table, Collection<String> columns) {
        if (!columns.contains("label") && !columns.contains("main")) {
            throw new UnusableSourceException(table + ": columns " + String.join(", ", columns)
                    + " (expected: label, or main and perhaps sub, among them)");
        }
        return new RowFields(columns);
    }

    /** The columns that are read. */
    List<String> columns() {
        List<String> columns = new ArrayList<>(single);
        columns.add(oneLabel ? "label" : "main");
        if (!oneLabel && sub) {
            columns.add("sub");
        }
        if (id) {
            columns.add("id");
        }
        if (attributes) {
            columns.add("attributes");
        }
        return columns;
    }

    /**
     * Reads one row.
     *
     * @throws BadRowException if it has no legal label, or unreadable attributes
     */
    <E extends Exception> ImportRow.Builder read(Values<E> values) throws BadRowException, E {
        ImportRow.Builder row = ImportRow.newBuilder().setLabel(label(values));
        String name = id ? values.text("id") : null;
        if (name != null && !name.isBlank()) {
            row.setRegistrationId(name.strip());
        }
        String object = attributes ? values.text("attributes") : null;
        if (object != null && !object.isBlank()) {
            addAll(object, row);
        }
        for (String column : single) {
            String value = values.text(column);
            if (value != null && !value.isEmpty()) {
                row.putAttributes(column.substring(PREFIX.length()), value);
            }
        }
        return row;
    }

    private <E extends Exception> String label(Values<E> values) throws BadRowException, E {
        String main = values.text(oneLabel ? "label" : "main");
        String rest = !oneLabel && sub ? values.text("sub") : null;
        String label = (main == null ? "" : main.strip()) + (rest == null || rest.isBlank() ? "" : "/" + rest.strip());
        try {
            // Known before anything is sent: an image of a row that is refused anyway would travel for nothing.
            return LabelPath.parse(label).toString();
        } catch (InvalidInput e) {
            throw new BadRowException(e.field() + ": " + e.description());
        }
    }

    private static void addAll(String object, ImportRow.Builder row) throws BadRowException {
        JsonNode json;
        try {
            json = JSON.readTree(object);
        } catch (JsonProcessingException e) {
            throw new BadRowException("attributes: no JSON: " + e.getOriginalMessage());
        }
        if (!json.isObject()) {
            throw new BadRowException("attributes: no JSON object (expected: {\"key\": \"value\"})");
        }
        for (Map.Entry<String, JsonNode> field : json.properties()) {
            JsonNode value = field.getValue();
            if (value.isContainerNode()) {
                throw new BadRowException(
                        "attributes: \"" + field.getKey() + "\" is nested (expected: texts, numbers, true or false)");
            }
            if (!value.isNull()) {
                row.putAttributes(field.getKey(), value.asText());
            }
        }
    }
}
