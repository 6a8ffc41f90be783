package dev.mekiki.training.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterLayoutTest {

    @Test
    void laysParametersOutWithoutGapsKernelsFirst() {
        ParameterLayout layout = new ParameterLayout(NetworkSettings.DOCUMENTS.layers());
        int next = 0;
        for (ParameterLayout.Slot slot : layout.parameters()) {
            assertThat(slot.offset()).as(slot.name()).isEqualTo(next);
            boolean kernel = slot.shape().size() > 1;
            assertThat(slot.offset() < layout.decayedCount()).as(slot.name()).isEqualTo(kernel);
            next += slot.count();
        }
        assertThat(layout.parameterCount()).isEqualTo(next);
    }

    @Test
    void hasTheSizeOfLcNetWithItsNeck() {
        ParameterLayout layout = new ParameterLayout(NetworkSettings.DOCUMENTS.layers());
        assertThat(layout.slot("neck.first.weight").shape()).containsExactly(256, 576);
        assertThat(layout.slot("block12.depthwise.weight").shape()).containsExactly(256, 1, 5, 5);
        assertThat(layout.slot("block11.excitation.reduce.weight").shape()).containsExactly(32, 128, 1, 1);
        int backbone = layout.parameters().stream()
                .filter(s -> !s.name().startsWith("neck"))
                .mapToInt(ParameterLayout.Slot::count)
                .sum();
        int neck = layout.parameterCount() - backbone;
        assertThat(neck).isEqualTo(16_384 + 128 + 147_456 + 65_536 + 4 * 512);
    }

    @Test
    void refusesTwoLayersOfOneName() {
        Layer layer = new Layer.Linear("same", 4, 4);
        assertThatThrownBy(() -> new ParameterLayout(List.of(layer, layer)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("same.weight");
    }
}
