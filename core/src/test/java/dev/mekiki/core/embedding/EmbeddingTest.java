package dev.mekiki.core.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.SpaceMismatch;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class EmbeddingTest {

    private static final EmbeddingSpace PLANE = new EmbeddingSpace("plane@1", 2, "d1");

    @Test
    void cosineOfKnownAngles() {
        Embedding east = Embedding.normalised(PLANE, new float[] {5, 0});
        Embedding northEast = Embedding.normalised(PLANE, new float[] {1, 1});
        Embedding west = Embedding.ofUnit(PLANE, new float[] {-1, 0});

        assertThat(east.cosine(northEast)).isCloseTo(Math.sqrt(0.5), within(1e-7));
        assertThat(east.cosine(west)).isEqualTo(-1);
        assertThat(east.cosine(east)).isEqualTo(1);
    }

    @Test
    void vectorsOfDifferentSpacesNeverMeet() {
        Embedding here = Embedding.ofUnit(PLANE, new float[] {1, 0});
        Embedding elsewhere = Embedding.ofUnit(new EmbeddingSpace("plane@2", 2, "d2"), new float[] {1, 0});

        assertThatThrownBy(() -> here.cosine(elsewhere)).isInstanceOf(SpaceMismatch.class);
    }

    @Test
    void refusesWhatIsNoUnitVector() {
        assertThatThrownBy(() -> Embedding.ofUnit(PLANE, new float[] {1, 1}))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("expected: a unit vector");
        assertThatThrownBy(() -> Embedding.ofUnit(PLANE, new float[] {1, 0, 0}))
                .hasMessageContaining("3 values (expected: 2 values");
        assertThatThrownBy(() -> Embedding.normalised(PLANE, new float[] {0, 0}))
                .isInstanceOf(InvalidInput.class);
        assertThatThrownBy(() -> Embedding.normalised(PLANE, new float[] {Float.NaN, 1}))
                .isInstanceOf(InvalidInput.class);
        assertThatThrownBy(() -> Embedding.normalised(PLANE, new float[] {Float.POSITIVE_INFINITY, 1}))
                .isInstanceOf(InvalidInput.class);
    }

    @Test
    void isUntouchedByLaterWritesToTheArray() {
        float[] values = {1, 0};
        Embedding embedding = Embedding.ofUnit(PLANE, values);
        values[0] = 7;
        embedding.vector()[0] = 9;

        assertThat(embedding.vector()).containsExactly(1, 0);
    }

    @Test
    void writesItsValuesWhereABufferStands() {
        FloatBuffer target = FloatBuffer.allocate(4).position(1);

        Embedding.ofUnit(PLANE, new float[] {0, -1}).put(target);

        assertThat(target.array()).containsExactly(0, 0, -1, 0);
        assertThat(target.position()).isEqualTo(3);
    }
}
