package dev.mekiki.training.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

class CosFaceTest {

    // Worked by hand: cosines .8, .1, −.2, target first, scale 2.
    @Test
    void givesTheSoftmaxLossWithoutMargin() {
        assertThat(loss(0)).isCloseTo(.323483, within(1e-5));
    }

    @Test
    void takesTheMarginOffTheTargetOnly() {
        assertThat(loss(.4)).isCloseTo(.615189, within(1e-5));
    }

    private static double loss(double margin) {
        try (PointerScope scope = new PointerScope()) {
            Tensor cosine = torch.from_blob(new FloatPointer(.8f, .1f, -.2f), 1L, 3L);
            Tensor target = torch.zeros(1L).to(torch.ScalarType.Long);
            return Replica.cosFace(cosine, target, 2, margin).item_float();
        }
    }
}
