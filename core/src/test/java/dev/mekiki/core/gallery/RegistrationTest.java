package dev.mekiki.core.gallery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrationTest {

    private static final GalleryId GALLERY = new GalleryId("documents");
    private static final ContentDigest CONTENT = ContentDigest.of(new byte[] {1, 2, 3});

    @Test
    void theDerivedIdFollowsFromGalleryLabelAndContentAlone() {
        RegistrationId id = RegistrationId.derived(GALLERY, LabelPath.of("a", "b"), CONTENT);

        assertThat(RegistrationId.derived(GALLERY, LabelPath.of("a", "b"), CONTENT))
                .isEqualTo(id);
        assertThat(RegistrationId.derived(GALLERY, LabelPath.of("a"), CONTENT)).isNotEqualTo(id);
        assertThat(RegistrationId.derived(new GalleryId("other"), LabelPath.of("a", "b"), CONTENT))
                .isNotEqualTo(id);
        assertThat(RegistrationId.derived(GALLERY, LabelPath.of("a", "b"), ContentDigest.of(new byte[] {1})))
                .isNotEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "1a", "a-", "a_b", "a/b", "ä"})
    void refusesIllegalGalleryNames(String name) {
        assertThatThrownBy(() -> new GalleryId(name)).isInstanceOf(InvalidInput.class);
    }

    @Test
    void limitsAttributes() {
        Map<String, String> tooMany = IntStream.range(0, 65).boxed().collect(Collectors.toMap(i -> "k" + i, i -> "v"));
        assertThatThrownBy(() -> registration(tooMany))
                .isInstanceOf(InvalidInput.class)
                .hasMessage("attributes: 65 entries (expected: at most 64)");
        assertThatThrownBy(() -> registration(Map.of("", "v"))).isInstanceOf(InvalidInput.class);
        assertThatThrownBy(() -> registration(Map.of("k", "v".repeat(4097)))).isInstanceOf(InvalidInput.class);
        assertThat(registration(Map.of("k", "v")).attributes()).containsEntry("k", "v");
    }

    @Test
    void knowsTheDigestOfNothing() {
        assertThat(ContentDigest.of().hex())
                .isEqualTo("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    private static Registration registration(Map<String, String> attributes) {
        return new Registration(
                GALLERY,
                new RegistrationId("r1"),
                LabelPath.of("a"),
                CONTENT,
                Embedding.ofUnit(new EmbeddingSpace("m@1", 2, "d"), new float[] {1, 0}),
                attributes,
                Instant.EPOCH);
    }
}
