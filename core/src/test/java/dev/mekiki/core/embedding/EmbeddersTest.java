package dev.mekiki.core.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.time.Deadline;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EmbeddersTest {

    private static final Unasked MAIN = new Unasked(new EmbeddingSpace("m@1", 2, "first"));
    private static final Unasked RETRAINED = new Unasked(new EmbeddingSpace("m@1", 2, "second"));

    @Test
    void findsEmbeddersByTheirSpaceAndSpacesByTheirNames() {
        Embedders both = new Embedders(List.of(MAIN, RETRAINED));

        assertThat(both.main()).isSameAs(MAIN);
        assertThat(both.isOne()).isFalse();
        assertThat(both.spaces()).containsExactly(MAIN.space(), RETRAINED.space());
        assertThat(both.of(RETRAINED.space())).contains(RETRAINED);
        assertThat(both.of(new EmbeddingSpace("m@1", 2, "third"))).isEmpty();
        assertThat(both.named("m@1")).contains(MAIN.space());
        assertThat(both.named("second")).contains(RETRAINED.space());
        assertThat(both.named("m@2")).isEmpty();
        assertThat(new Embedders(List.of(MAIN)).isOne()).isTrue();
    }

    @Test
    void refusesTwoOfOneSpace() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Embedders(List.of(MAIN, new Unasked(MAIN.space()))))
                .withMessageStartingWith("models: two of the embedding space m@1[2, first] (expected: one");
        assertThatIllegalArgumentException().isThrownBy(() -> new Embedders(List.of()));
    }

    @Test
    void othersThanTheMainOneComeAndGo() {
        Embedders embedders = new Embedders(List.of(MAIN));
        Unasked replacement = new Unasked(RETRAINED.space());

        embedders.add(RETRAINED);
        assertThat(embedders.spaces()).containsExactly(MAIN.space(), RETRAINED.space());
        assertThat(embedders.isOne()).isFalse();
        embedders.add(replacement);
        assertThat(embedders.of(RETRAINED.space())).containsSame(replacement);

        // Its place has been taken.
        embedders.remove(RETRAINED);
        assertThat(embedders.of(RETRAINED.space())).containsSame(replacement);
        embedders.remove(replacement);
        assertThat(embedders.isOne()).isTrue();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> embedders.remove(MAIN))
                .withMessageStartingWith("embedder: the main one");
    }

    private static final class Unasked implements Embedder {

        private final EmbeddingSpace space;

        Unasked(EmbeddingSpace space) {
            this.space = space;
        }

        @Override
        public EmbeddingSpace space() {
            return space;
        }

        @Override
        public CompletableFuture<EmbeddedImage> embed(EncodedImage image, Tenant tenant, Deadline deadline) {
            throw new AssertionError("not asked for here");
        }
    }
}
