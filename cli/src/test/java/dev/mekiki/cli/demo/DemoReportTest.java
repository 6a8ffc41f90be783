package dev.mekiki.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.samples.SampleDocument;
import dev.mekiki.v1.Known;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.StageDurations;
import dev.mekiki.v1.Unknown;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DemoReportTest {

    private static final SampleDocument DOCUMENT = SampleCatalogue.registered().getFirst();
    private static final SampleDocument STRANGER =
            SampleCatalogue.unregistered().getFirst();

    @Test
    void judgesMainLabelThenSubLabel() {
        assertThat(answer(DOCUMENT, true, known(DOCUMENT.mainLabel(), DOCUMENT.subLabel()))
                        .verdict())
                .isEqualTo(Verdict.RIGHT);
        assertThat(answer(DOCUMENT, true, known(DOCUMENT.mainLabel(), "")).verdict())
                .isEqualTo(Verdict.SUB_LABEL_OPEN);
        assertThat(answer(DOCUMENT, true, known(DOCUMENT.mainLabel(), "another"))
                        .verdict())
                .isEqualTo(Verdict.SUB_LABEL_WRONG);
        assertThat(answer(DOCUMENT, true, known("another", DOCUMENT.subLabel())).verdict())
                .isEqualTo(Verdict.WRONG);
        assertThat(answer(DOCUMENT, true, unknown()).verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(answer(STRANGER, false, unknown()).verdict()).isEqualTo(Verdict.REJECTED);
        assertThat(answer(STRANGER, false, known(STRANGER.mainLabel(), STRANGER.subLabel()))
                        .verdict())
                .isEqualTo(Verdict.FALSELY_ACCEPTED);
    }

    @Test
    void countsAndRatesEachOutcome() {
        DemoReport report = new DemoReport(
                1,
                1,
                List.of(
                        answer(DOCUMENT, true, known(DOCUMENT.mainLabel(), DOCUMENT.subLabel())),
                        answer(DOCUMENT, true, known(DOCUMENT.mainLabel(), "")),
                        answer(DOCUMENT, true, known("another", "")),
                        answer(DOCUMENT, true, unknown()),
                        answer(STRANGER, false, unknown())),
                8,
                Duration.ofMillis(100));

        assertThat(report.table().lines())
                .anyMatch(l -> l.matches(" +right main label +2 +50\\.0 % .*"))
                .anyMatch(l -> l.matches(" +right sub-label +1 +25\\.0 % .*"))
                .anyMatch(l -> l.matches(" +wrong main label +1 +25\\.0 % .*"))
                .anyMatch(l -> l.matches(" +unknown +1 +25\\.0 % .*"))
                .anyMatch(l -> l.matches(" +rejected as unknown +1 +100\\.0 % .*"))
                .anyMatch(l -> l.matches(" +falsely accepted +0 +0\\.0 % .*"))
                .anyMatch(l -> l.matches(" +decode +2\\.50 +2\\.50"))
                .contains("50 images a second with 8 in flight.")
                .noneMatch(l -> l.contains("search"));
        assertThat(report.summary()).contains("main label right 2").contains("rejected 1, falsely accepted 0");
    }

    private static Answer answer(SampleDocument document, boolean registered, RecognizeResponse response) {
        return new Answer(new Shot(document, registered, Light.MILD, new byte[0]), response, Duration.ofMillis(4));
    }

    private static RecognizeResponse known(String main, String sub) {
        return response()
                .setKnown(Known.newBuilder()
                        .setMainLabel(main)
                        .setSubLabel(sub)
                        .setScore(0.8)
                        .setThreshold(0.5))
                .build();
    }

    private static RecognizeResponse unknown() {
        return response()
                .setUnknown(Unknown.newBuilder().setBestScore(0.3).setThreshold(0.5))
                .build();
    }

    private static RecognizeResponse.Builder response() {
        return RecognizeResponse.newBuilder()
                .setDurations(StageDurations.newBuilder()
                        .setDecode(com.google.protobuf.Duration.newBuilder().setNanos(2_500_000)));
    }
}
