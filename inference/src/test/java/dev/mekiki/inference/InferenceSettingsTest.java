package dev.mekiki.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mekiki.inference.decode.ImageLimits;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class InferenceSettingsTest {

    private static final InferenceSettings CPU = InferenceSettings.forCpu(8);

    @Test
    void cpuDefaultsUseASessionPerCore() {
        assertThat(CPU.session().sessions()).isEqualTo(8);
        assertThat(CPU.session().intraOpThreads()).isEqualTo(1);
        assertThat(CPU.decodeThreads()).isEqualTo(8);
        assertThat(CPU.maxDelay()).isZero();
    }

    @Test
    void defaultsFitMachinesWithManyCores() {
        for (int cores = 1; cores <= 256; cores++) {
            assertThat(InferenceSettings.forCpu(cores).maxInFlight()).isGreaterThanOrEqualTo(256);
        }
    }

    @Test
    void refusesImpossibleRelations() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CPU.withMaxInFlight(31))
                .withMessage("maxInFlight: 31 (expected: at least 32, all sessions times largest batch size)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CPU.withDecodeThreads(0))
                .withMessageContaining("decodeThreads: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CPU.withLimits(new ImageLimits(Integer.MAX_VALUE, 1, 1)))
                .withMessageContaining("maxInFlightBytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new InferenceSettings(
                        ImageLimits.DEFAULT, 1, 32, 1L << 30, CPU.session(), Duration.ofNanos(-1), Duration.ZERO))
                .withMessageContaining("maxDelay");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new InferenceSettings(
                        ImageLimits.DEFAULT,
                        1,
                        32,
                        1L << 30,
                        CPU.session(),
                        Duration.ofMillis(1),
                        Duration.ofMillis(100)))
                .withMessageContaining("follows from the latency budget of PT0.1S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CPU.withLatencyBudget(Duration.ofNanos(-1)))
                .withMessageContaining("latencyBudget");
        assertThatIllegalArgumentException().isThrownBy(() -> new ImageLimits(0, 1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new ImageLimits(1, 0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new ImageLimits(1, 1, 65_536));
    }
}
