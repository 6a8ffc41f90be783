package dev.mekiki.cli.drift;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.mekiki.cli.analyse.ReportedThresholds;
import dev.mekiki.cli.analyse.ReportedThresholds.Kind;
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
                policies.put("the analysed threshold", with(policy, ReportedThresholds.read(json, Kind.COMMON)));
                ReportedThresholds single = ReportedThresholds.read(json, Kind.SINGLE);
                if (!single.labels().isEmpty()) {
                    policies.put("the analysed single thresholds", with(policy, single));
                }
            } else {
                policies.put(
                        "the policy of the file",
                        with(policy, number(root.path("threshold")), labels(root.path("labelThresholds"))));
            }
        } catch (InvalidInput e) {
            throw wrong(e);
        }
        return policies;
    }

    private static DecisionPolicy with(DecisionPolicy policy, ReportedThresholds found) {
        return with(policy, found.threshold(), found.labels());
    }

    private static DecisionPolicy with(DecisionPolicy policy, double threshold, Map<String, Double> labels) {
        return new DecisionPolicy(policy.falseAcceptRate(), threshold, labels, policy.subLabelMargin());
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
