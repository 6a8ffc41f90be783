package dev.mekiki.cli.drift;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.failure.InvalidInput;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Policies that might have decided, from a file. */
public final class OtherPolicies {

    private static final JsonMapper JSON = new JsonMapper();

    private OtherPolicies() {}

    /**
     * Reads a report that analyse wrote, which has a common threshold and perhaps single ones, or a policy:
     * {@code {"threshold": 0.8, "labelThresholds": {"passport": 0.85}}}.
     *
     * @param json of the file
     * @param policy of the gallery; keeps what the file does not say
     * @return in the order to show them, by what they are called
     * @throws IOException if it is neither
     */
    public static Map<String, DecisionPolicy> read(String json, DecisionPolicy policy) throws IOException {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JacksonException e) {
            throw wrong(e);
        }
        Map<String, DecisionPolicy> policies = new LinkedHashMap<>();
        try {
            JsonNode analysed = root.path("thresholds");
            if (analysed.isObject()) {
                policies.put(
                        "the analysed threshold",
                        with(policy, analysed.path("common").path("threshold").path("value"), Map.of()));
                Map<String, Double> labels = labels(analysed.path("labels"));
                if (!labels.isEmpty()) {
                    policies.put(
                            "the analysed single thresholds",
                            with(policy, analysed.path("base").path("threshold").path("value"), labels));
                }
            } else {
                policies.put(
                        "the policy of the file",
                        with(policy, root.path("threshold"), labels(root.path("labelThresholds"))));
            }
        } catch (InvalidInput e) {
            throw wrong(e);
        }
        return policies;
    }

    private static DecisionPolicy with(DecisionPolicy policy, JsonNode threshold, Map<String, Double> labels)
            throws IOException {
        return new DecisionPolicy(policy.falseAcceptRate(), number(threshold), labels, policy.subLabelMargin());
    }

    private static Map<String, Double> labels(JsonNode thresholds) throws IOException {
        Map<String, Double> labels = new HashMap<>();
        for (Map.Entry<String, JsonNode> label : thresholds.properties()) {
            labels.put(label.getKey(), number(label.getValue()));
        }
        return labels;
    }

    private static double number(JsonNode node) throws IOException {
        if (!node.isNumber()) {
            throw wrong(null);
        }
        return node.asDouble();
    }

    private static IOException wrong(@Nullable Exception why) {
        return new IOException(
                "--what-if: " + (why == null ? "no thresholds" : why.getMessage())
                        + " (expected: a report that analyse wrote, or a policy with \"threshold\")",
                why);
    }
}
