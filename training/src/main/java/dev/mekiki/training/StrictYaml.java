package dev.mekiki.training;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads records from YAML, or JSON, which is YAML too: keys left out keep their defaults; unknown and repeated keys,
 * values of another type and values out of range are refused with the key's path, what was found and what was expected.
 */
final class StrictYaml {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private StrictYaml() {}

    /**
     * Reads one record.
     *
     * @param source named in messages
     * @param defaults of every key; says also which keys there are, and of which type
     * @throws IllegalArgumentException if the text is not what it should be
     */
    static <T> T read(String source, String text, T defaults, Class<T> type) {
        try {
            JsonNode given = YAML.readTree(text);
            ObjectNode whole = YAML.valueToTree(defaults);
            if (given != null && !given.isNull() && !given.isMissingNode()) {
                overlay(source, "", whole, given);
            }
            return YAML.treeToValue(whole, type);
        } catch (JsonMappingException e) {
            throw new IllegalArgumentException(source + ": " + inWords(e), e);
        } catch (JacksonException e) {
            String where =
                    e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
            throw new IllegalArgumentException(source + ": " + where + e.getOriginalMessage(), e);
        }
    }

    private static void overlay(String source, String path, ObjectNode onto, JsonNode given) {
        if (!given.isObject()) {
            throw refused(source, path.isEmpty() ? "all of it" : path, found(given), "keys with values");
        }
        for (Map.Entry<String, JsonNode> e : given.properties()) {
            String key = path.isEmpty() ? e.getKey() : path + "." + e.getKey();
            JsonNode before = onto.get(e.getKey());
            if (before == null) {
                List<String> known = new ArrayList<>();
                onto.fieldNames().forEachRemaining(known::add);
                throw refused(source, key, "an unknown key", "one of " + String.join(", ", known));
            }
            if (before instanceof ObjectNode section) {
                overlay(source, key, section, e.getValue());
            } else {
                onto.set(e.getKey(), fitting(source, key, before, e.getValue()));
            }
        }
    }

    private static JsonNode fitting(String source, String key, JsonNode before, JsonNode given) {
        if (before.isIntegralNumber()) {
            if (!given.isIntegralNumber()) {
                throw refused(source, key, found(given), "a whole number");
            }
        } else if (before.isNumber()) {
            Double number = number(given);
            if (number == null) {
                throw refused(source, key, found(given), "a number");
            }
            return DoubleNode.valueOf(number);
        } else if (before.isBoolean()) {
            if (!given.isBoolean()) {
                throw refused(source, key, found(given), "true or false");
            }
        } else if (!given.isTextual()) {
            throw refused(source, key, found(given), "a word");
        }
        return given;
    }

    /** YAML takes 2e-3 for a word, people do not. */
    private static @Nullable Double number(JsonNode given) {
        if (given.isNumber()) {
            return given.doubleValue();
        }
        if (given.isTextual() && given.textValue().matches("[-+]?[0-9.]+[eE][-+]?[0-9]+")) {
            return Double.valueOf(given.textValue());
        }
        return null;
    }

    private static String found(JsonNode given) {
        return given.isNull() ? "nothing" : given.toString();
    }

    private static IllegalArgumentException refused(String source, String key, String found, String expected) {
        return new IllegalArgumentException(source + ": " + key + ": " + found + " (expected: " + expected + ")");
    }

    private static String inWords(JsonMappingException e) {
        List<String> path = new ArrayList<>();
        for (JsonMappingException.Reference step : e.getPath()) {
            path.add(step.getFieldName());
        }
        if (e instanceof InvalidFormatException format && format.getTargetType().isEnum()) {
            return String.join(".", path) + ": " + format.getValue() + " (expected: one of "
                    + Arrays.toString(format.getTargetType().getEnumConstants()) + ")";
        }
        // What a record's constructor says begins with its own field.
        Throwable cause = e.getCause();
        if (cause instanceof IllegalArgumentException) {
            return (path.isEmpty() ? "" : String.join(".", path) + ".") + cause.getMessage();
        }
        return (path.isEmpty() ? "" : String.join(".", path) + ": ") + e.getOriginalMessage();
    }
}
