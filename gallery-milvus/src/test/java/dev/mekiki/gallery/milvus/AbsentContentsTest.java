package dev.mekiki.gallery.milvus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.core.image.ContentDigest;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AbsentContentsTest {

    private static final ContentDigest ONE = ContentDigest.of(new byte[] {1});
    private static final ContentDigest OTHER = ContentDigest.of(new byte[] {2});

    /** Starts near the end of the numbers, because nanoTime may. */
    private long now = Long.MAX_VALUE - 1000;

    private final AbsentContents contents = new AbsentContents(() -> now);

    @Test
    void knowsNothingThatWasNotAskedFor() {
        contents.absent(Set.of(ONE), now);

        assertThat(contents.isAbsent(ONE)).isTrue();
        assertThat(contents.isAbsent(OTHER)).isFalse();
    }

    @Test
    void believesAnAnswerForAWhileOnly() {
        contents.absent(Set.of(ONE), now);
        now += AbsentContents.BELIEVED.toNanos();
        assertThat(contents.isAbsent(ONE)).isTrue();

        now++;
        assertThat(contents.isAbsent(ONE)).isFalse();
    }

    @Test
    void countsTheAgeFromTheQuestionNotFromTheAnswer() {
        long since = contents.now();
        now += AbsentContents.BELIEVED.toNanos() + 1;
        contents.absent(Set.of(ONE), since);

        assertThat(contents.isAbsent(ONE)).isFalse();
    }

    @Test
    void doubtsAnAnswerToAQuestionFromBeforeAWriteWasShown() {
        long since = contents.now();
        now++;
        contents.present(List.of(ONE));
        now++;
        contents.absent(Set.of(ONE, OTHER), since);

        assertThat(contents.isAbsent(ONE)).isFalse();
        assertThat(contents.isAbsent(OTHER)).isTrue();
    }

    @Test
    void forgetsAnAnswerOnceAWriteIsShown() {
        contents.absent(Set.of(ONE), now);
        now++;
        contents.present(List.of(ONE));

        assertThat(contents.isAbsent(ONE)).isFalse();
    }

    @Test
    void believesAnAnswerToAQuestionFromAfterAWriteWasShown() {
        contents.present(List.of(ONE));
        now++;
        contents.absent(Set.of(ONE), now);

        assertThat(contents.isAbsent(ONE)).isTrue();
    }
}
