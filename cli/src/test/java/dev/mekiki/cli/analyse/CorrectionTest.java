package dev.mekiki.cli.analyse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CorrectionTest {

    private static final String MISPLACED = misplaced("r1", .99);

    private static final String CONTRADICTION = """
            {"kind": "Contradiction", "score": 1.0,
             "evidence": {"first": "r1", "firstLabel": "a", "second": "r2", "secondLabel": "b/c", "cosine": 1.0},
             "action": {"kind": "Delete", "registrations": ["r2"]}}""";

    private static final String SEVERAL = """
            {"kind": "SeveralInOne", "score": 0.97, "label": "a",
             "action": {"kind": "Split", "parts": {"a/part-1": ["r3", "r4"], "a/part-2": ["r5"]}}}""";

    private static final String ONE = """
            {"kind": "OneUnderTwo", "score": 0.96, "action": {"kind": "Merge", "from": "a", "to": "b"}}""";

    private static final String FEW = """
            {"kind": "TooFew", "score": 1.0, "label": "a", "action": {"kind": "AddRegistrations", "label": "a"}}""";

    @Test
    void makesOneCorrectionOfEachRegistrationAndKeepsTheLabelThatWasSeen() throws Exception {
        assertThat(read(.5, MISPLACED, CONTRADICTION, SEVERAL, ONE, FEW))
                .containsExactly(
                        new Correction.Relabel(id("r1"), LabelPath.of("a"), LabelPath.of("b")),
                        new Correction.Delete(id("r2"), LabelPath.of("b", "c")),
                        new Correction.Relabel(id("r3"), LabelPath.of("a"), LabelPath.of("a", "part-1")),
                        new Correction.Relabel(id("r4"), LabelPath.of("a"), LabelPath.of("a", "part-1")),
                        new Correction.Relabel(id("r5"), LabelPath.of("a"), LabelPath.of("a", "part-2")),
                        new Correction.Move(LabelPath.of("a"), LabelPath.of("b")));
    }

    @Test
    void theFirstFindingOfARegistrationDecides() throws Exception {
        assertThat(read(0, misplaced("r2", .9), CONTRADICTION))
                .containsExactly(new Correction.Relabel(id("r2"), LabelPath.of("a"), LabelPath.of("b")));
    }

    @Test
    void leavesOutOtherKindsAndWhatIsLessSure() throws Exception {
        assertThat(read(.98, MISPLACED, SEVERAL)).hasSize(1);
        assertThat(Correction.read(report(MISPLACED, ONE), Set.of("OneUnderTwo"), 0))
                .containsExactly(new Correction.Move(LabelPath.of("a"), LabelPath.of("b")));
    }

    @Test
    void refusesWhatIsNoReport() {
        for (String text : List.of("", "{}", "[", "{\"findings\": 1}")) {
            assertThatThrownBy(() -> Correction.read(text, Set.of("Misplaced"), 0))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("expected: a report that analyse wrote");
        }
        assertThatThrownBy(() -> read(0, MISPLACED.replace("\"r1\"", "\"R 1\"")))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("Misplaced: ");
    }

    private static List<Correction> read(double leastScore, String... findings) throws IOException {
        return Correction.read(
                report(findings),
                Set.of("Misplaced", "Contradiction", "SeveralInOne", "OneUnderTwo", "TooFew"),
                leastScore);
    }

    private static String report(String... findings) {
        return "{\"gallery\": \"galleries/g\", \"findings\": [" + String.join(",", findings) + "]}";
    }

    private static String misplaced(String id, double score) {
        return """
                {"kind": "Misplaced", "score": %s,
                 "nearestOwn": {"first": "%s", "firstLabel": "a", "second": "r8", "secondLabel": "a", "cosine": 0.1},
                 "nearestOther": {"first": "%s", "firstLabel": "a", "second": "r9", "secondLabel": "b", "cosine": 0.9},
                 "action": {"kind": "Relabel", "registration": "%s", "to": "b"}}""".formatted(score, id, id, id);
    }

    private static RegistrationId id(String text) {
        return new RegistrationId(text);
    }
}
