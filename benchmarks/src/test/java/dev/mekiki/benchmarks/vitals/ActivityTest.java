package dev.mekiki.benchmarks.vitals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ActivityTest {

    private static final String BEFORE = """
            # HELP mekiki_batch_images Images in a run of the model
            # TYPE mekiki_batch_images histogram
            mekiki_batch_images_bucket{le="1.0"} 10.0
            mekiki_batch_images_bucket{le="2.0"} 10.0
            mekiki_batch_images_bucket{le="4.0"} 10.0
            mekiki_batch_images_bucket{le="+Inf"} 10.0
            mekiki_batch_images_count 10.0
            mekiki_stage_seconds_count{stage="decode"} 10.0
            mekiki_stage_seconds_sum{stage="decode"} 0.02
            mekiki_stage_seconds_count{stage="admission"} 10.0
            mekiki_stage_seconds_sum{stage="admission"} 0.001
            mekiki_call_seconds_count{method="mekiki.v1.Recognition/Embed",status="OK"} 10.0
            mekiki_call_seconds_sum{method="mekiki.v1.Recognition/Embed",status="OK"} 0.05
            """;

    private static final String AFTER = """
            mekiki_batch_images_bucket{le="1.0"} 40.0
            mekiki_batch_images_bucket{le="2.0"} 40.0
            mekiki_batch_images_bucket{le="4.0"} 100.0
            mekiki_batch_images_bucket{le="+Inf"} 110.0
            mekiki_stage_seconds_count{stage="decode"} 110.0
            mekiki_stage_seconds_sum{stage="decode"} 0.32
            mekiki_stage_seconds_count{stage="admission"} 110.0
            mekiki_stage_seconds_sum{stage="admission"} 0.011
            mekiki_call_seconds_count{method="mekiki.v1.Recognition/Embed",status="OK"} 60.0
            mekiki_call_seconds_sum{method="mekiki.v1.Recognition/Embed",status="OK"} 0.55
            mekiki_call_seconds_count{method="mekiki.v1.Recognition/Recognize",status="OK"} 50.0
            mekiki_call_seconds_sum{method="mekiki.v1.Recognition/Recognize",status="OK"} 1.0
            mekiki_call_seconds_count{method="mekiki.v1.Recognition/Embed",status="UNAVAILABLE"} 1000.0
            mekiki_call_seconds_sum{method="mekiki.v1.Recognition/Embed",status="UNAVAILABLE"} 1000.0
            """;

    @Test
    void tellsWhatASpellDidFromTheMetricsBeforeAndAfterIt() {
        Activity spell = activity(AFTER).minus(activity(BEFORE));

        assertThat(spell.stages().keySet()).containsExactly("admission", "decode");
        assertThat(spell.stages()).hasEntrySatisfying("decode", decode -> {
            assertThat(decode.count()).isEqualTo(100);
            assertThat(decode.seconds()).isCloseTo(0.3, within(1e-9));
        });
        assertThat(spell.calls().count()).as("answered ones only").isEqualTo(100);
        assertThat(spell.calls().seconds()).isCloseTo(1.5, within(1e-9));
        assertThat(spell.batchShares())
                .containsExactly(entry("1", 0.3), entry("2", 0.0), entry("3–4", 0.6), entry("5 and more", 0.1));
    }

    @Test
    void addsUpWhatSpellsDid() {
        Activity one = activity(BEFORE);
        Activity both = one.plus(activity("mekiki_stage_seconds_count{stage=\"search\"} 3\n"
                + "mekiki_batch_images_bucket{le=\"1.0\"} 5\nmekiki_batch_images_bucket{le=\"+Inf\"} 5\n"));

        assertThat(both.stages().keySet()).containsExactly("admission", "decode", "search");
        assertThat(both.batches().get(1)).isEqualTo(new Activity.BatchSize(1, 1, 15));
        assertThat(both.calls()).isEqualTo(one.calls());
    }

    @Test
    void sumsUpSeriesThatHaveMoreLabels() {
        Activity models = activity("mekiki_batch_images_bucket{model=\"a\",le=\"1.0\"} 5\n"
                + "mekiki_batch_images_bucket{model=\"b\",le=\"1.0\"} 7\n");

        assertThat(models.batches().get(1)).isEqualTo(new Activity.BatchSize(1, 1, 12));
    }

    @Test
    void readsWhatPrometheusWrites() {
        Exposition page = Exposition.parse("# a comment\n\nup 1\na{x=\"1, \\\"2\\\"}\\n\",y=\"\",} +Inf 1700000000\n");

        assertThat(page.samples())
                .containsExactly(
                        new Exposition.Sample("up", Map.of(), 1),
                        new Exposition.Sample("a", Map.of("x", "1, \"2\"}\n", "y", ""), Double.POSITIVE_INFINITY));
        assertThatThrownBy(() -> Exposition.parse("up one")).hasMessageContaining("\"up one\"");
        assertThatThrownBy(() -> Exposition.parse("a{x=\"1 2")).hasMessageContaining("labels that end");
    }

    @Test
    void threadsOfAKindDifferByTheirNumber() {
        assertThat(ProcessFiles.kind("mekiki-decode-1")).isEqualTo("mekiki-decode");
        assertThat(ProcessFiles.kind("GC Thread#0")).isEqualTo("garbage collector");
        assertThat(ProcessFiles.kind("G1 Conc#1")).isEqualTo("garbage collector");
        assertThat(ProcessFiles.kind("C2 CompilerThre")).isEqualTo("JIT compilers");
        assertThat(ProcessFiles.kind("java")).isEqualTo("java");
    }

    private static Activity activity(String page) {
        return Activity.of(Exposition.parse(page));
    }
}
