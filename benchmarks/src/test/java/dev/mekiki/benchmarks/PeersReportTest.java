package dev.mekiki.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

class PeersReportTest {

    private static final String POOL = "{\"phase\":\"pool\",\"set\":\"docs\",\"ips\":2041.9}";

    @Test
    void takesTheMedianOfEachPeerAndPutsTheFastestFirst() throws Exception {
        List<String> lines = List.of(
                POOL,
                spell("slow", "docs", 32, 400, 90),
                spell("us", "docs", 32, 1200, 40),
                spell("us", "docs", 8, 9000, 1),
                spell("us", "docs", 32, 1000, 60),
                spell("us", "docs", 32, 1300, 50),
                spell("us", "phone", 32, 70.4, 500));

        SequencedMap<String, List<PeersReport.Row>> rows = PeersReport.rows(lines, 32);

        assertThat(rows.keySet()).containsExactly("docs", "phone");
        assertThat(PeersReport.table("docs", rows.firstEntry().getValue())).isEqualToNormalizingNewlines("""
                        | docs | images/s | p99 ms |
                        |---|---|---|
                        | us | 1,200 (1,000–1,300) | 50 |
                        | slow | 400 | 90 |

                        """);
        assertThat(PeersReport.table("phone", rows.lastEntry().getValue())).contains("| us | 70 | 500 |");
    }

    @Test
    void namesTheLineThatIsNotJson() {
        assertThatThrownBy(() -> PeersReport.rows(List.of(POOL, "{"), 32))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("line 2: ");
    }

    private static String spell(String peer, String set, int inFlight, double perSecond, double p99) {
        return "{\"peer\":\"" + peer + "\",\"set\":\"" + set + "\",\"c\":" + inFlight + ",\"ips\":" + perSecond
                + ",\"p99\":" + p99 + "}";
    }
}
