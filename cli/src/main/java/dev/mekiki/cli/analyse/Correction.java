package dev.mekiki.cli.analyse;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One change of a gallery that an analysis proposes. */
public sealed interface Correction {

    /**
     * Gives a registration another label.
     *
     * @param seen the label that it had when it was analysed
     */
    record Relabel(RegistrationId registration, LabelPath seen, LabelPath to) implements Correction {}

    /**
     * Deletes a registration.
     *
     * @param seen the label that it had when it was analysed
     */
    record Delete(RegistrationId registration, LabelPath seen) implements Correction {}

    /** Moves everything under one path to another. */
    record Move(LabelPath from, LabelPath to) implements Correction {}

    /**
     * What the findings of a report come to, in their order. A registration that several findings want changed is changed
     * as the first one says.
     *
     * @param report as {@link AnalysisJson} writes it
     * @param kinds of findings that count
     * @param leastScore of findings that count, 0..1
     * @throws IOException if the text is no such report
     */
    static List<Correction> read(String report, Set<String> kinds, double leastScore) throws IOException {
        JsonNode findings;
        try {
            findings = new ObjectMapper().readTree(report).path("findings");
        } catch (JacksonException e) {
            throw new IOException(e.getOriginalMessage() + " (expected: a report that analyse wrote with --json)", e);
        }
        if (!findings.isArray()) {
            throw new IOException("no findings (expected: a report that analyse wrote with --json)");
        }
        List<Correction> corrections = new ArrayList<>();
        Set<RegistrationId> changed = new HashSet<>();
        for (JsonNode finding : findings) {
            if (!kinds.contains(finding.path("kind").asText())
                    || finding.path("score").asDouble() < leastScore) {
                continue;
            }
            try {
                for (Correction correction : of(finding)) {
                    boolean first = switch (correction) {
                        case Relabel c -> changed.add(c.registration);
                        case Delete c -> changed.add(c.registration);
                        case Move _ -> true;
                    };
                    if (first) {
                        corrections.add(correction);
                    }
                }
            } catch (InvalidInput e) {
                throw new IOException(finding.path("kind").asText() + ": " + e.getMessage(), e);
            }
        }
        return corrections;
    }

    private static List<Correction> of(JsonNode finding) {
        JsonNode action = finding.path("action");
        return switch (action.path("kind").asText()) {
            case "Relabel" -> {
                RegistrationId id = id(action.path("registration"));
                yield List.of(new Relabel(id, seen(id, finding), label(action.path("to"))));
            }
            case "Delete" -> {
                List<Correction> deletions = new ArrayList<>();
                for (JsonNode registration : action.path("registrations")) {
                    RegistrationId id = id(registration);
                    deletions.add(new Delete(id, seen(id, finding)));
                }
                yield deletions;
            }
            case "Split" -> {
                List<Correction> moves = new ArrayList<>();
                action.path("parts")
                        .properties()
                        .forEach(part -> part.getValue().forEach(registration -> {
                            RegistrationId id = id(registration);
                            moves.add(new Relabel(id, seen(id, finding), LabelPath.parse(part.getKey())));
                        }));
                yield moves;
            }
            case "Merge" -> List.of(new Move(label(action.path("from")), label(action.path("to"))));
            default -> List.of();
        };
    }

    /** The label that a registration had, by the evidence or because the finding is about that label. */
    private static LabelPath seen(RegistrationId registration, JsonNode finding) {
        for (String evidence : List.of("evidence", "nearestOwn", "nearestOther")) {
            JsonNode two = finding.path(evidence);
            for (String place : List.of("first", "second")) {
                if (two.path(place).asText().equals(registration.value())) {
                    return label(two.path(place + "Label"));
                }
            }
        }
        return label(finding.path("label"));
    }

    private static RegistrationId id(JsonNode text) {
        return new RegistrationId(text.asText());
    }

    private static LabelPath label(JsonNode text) {
        return LabelPath.parse(text.asText());
    }
}
