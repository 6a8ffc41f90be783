package dev.mekiki.core.embedding;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.Overloaded;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.core.time.StageDurations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PatientEmbedderTest {

    private static final EmbeddingSpace SPACE = new EmbeddingSpace("m@1", 2, "digest");
    private static final EmbeddedImage EAST =
            new EmbeddedImage(Embedding.ofUnit(SPACE, new float[] {1, 0}), StageDurations.NONE);
    private static final Overloaded FULL = new Overloaded("embedder", 2, Duration.ofMillis(300));

    private final PuppetEmbedder embedder = new PuppetEmbedder();
    private final List<Duration> pauses = new ArrayList<>();
    private final List<Runnable> afterPause = new ArrayList<>();
    private final PatientEmbedder patient = new PatientEmbedder(embedder, 2, (pause, then) -> {
        pauses.add(pause);
        afterPause.add(then);
    });

    @Test
    void givesNoMoreImagesThanItMayAtATimeFirstComeFirstServed() {
        List<CompletableFuture<EmbeddedImage>> answers = embed(4);
        assertThat(embedder.sizes).containsExactly(0, 1);

        embedder.answers.get(1).complete(EAST);
        assertThat(answers.get(1)).isCompletedWithValue(EAST);
        assertThat(embedder.sizes).containsExactly(0, 1, 2);

        embedder.answers.get(0).completeExceptionally(new InvalidInput("image", "text", "an image"));
        assertThat(answers.get(0)).isCompletedExceptionally();
        assertThat(embedder.sizes).containsExactly(0, 1, 2, 3);
    }

    @Test
    void takesThePartOfTheBackground() {
        embed(1);

        assertThat(embedder.tenants).containsExactly(Tenant.UNNAMED.inBackground());
    }

    @Test
    void waitsUntilItIsWorthTryingAgainInsteadOfFailing() {
        List<CompletableFuture<EmbeddedImage>> answers = embed(4);

        embedder.answers.get(0).completeExceptionally(FULL);
        embedder.answers.get(1).complete(EAST);
        assertThat(embedder.sizes).containsExactly(0, 1);
        assertThat(pauses).containsExactly(Duration.ofMillis(300));
        assertThat(answers.get(0)).isNotDone();

        afterPause.removeFirst().run();
        assertThat(embedder.sizes).containsExactly(0, 1, 0, 2);
        embedder.answers.get(2).complete(EAST);
        assertThat(answers.get(0)).isCompletedWithValue(EAST);
    }

    @Test
    void pausesAWhileEvenWhereItIsToldToTryAgainAtOnce() {
        embed(1);

        embedder.answers.getFirst().completeExceptionally(new Overloaded("embedder", 2, Duration.ZERO));

        assertThat(pauses).containsExactly(Duration.ofMillis(10));
    }

    @Test
    void dropsWhatIsCancelledWhereverItIs() {
        List<CompletableFuture<EmbeddedImage>> answers = embed(4);

        answers.get(2).cancel(false);
        answers.get(0).cancel(false);

        assertThat(embedder.answers.getFirst()).isCancelled();
        assertThat(embedder.sizes).containsExactly(0, 1, 3);
    }

    @Test
    void doesNotNestAnswersThatAreGivenAtOnce() {
        embedder.atOnce = true;
        embedder.atOnceAfter = 2;
        List<CompletableFuture<EmbeddedImage>> answers = embed(100_000);
        assertThat(answers.getLast()).isNotDone();

        embedder.answers.get(0).complete(EAST);

        assertThat(answers.getLast()).isCompletedWithValue(EAST);
    }

    @Test
    void goesOnAfterAnEmbedderThatThrows() {
        embedder.defect = new NoClassDefFoundError("a/Class");
        List<CompletableFuture<EmbeddedImage>> first = embed(1);
        assertThat(first.getFirst().exceptionNow()).isSameAs(embedder.defect);

        embedder.defect = null;
        List<CompletableFuture<EmbeddedImage>> next = embed(1);
        embedder.answers.getLast().complete(EAST);
        assertThat(next.getFirst()).isCompletedWithValue(EAST);
    }

    private List<CompletableFuture<EmbeddedImage>> embed(int count) {
        List<CompletableFuture<EmbeddedImage>> answers = new ArrayList<>();
        for (int size = 0; size < count; size++) {
            answers.add(patient.embed(new EncodedImage(new byte[Math.min(size, 10)]), Tenant.UNNAMED, Deadline.NONE));
        }
        return answers;
    }

    /** Answers when the test says so. */
    private static final class PuppetEmbedder implements Embedder {
        final List<Integer> sizes = new ArrayList<>();
        final List<Tenant> tenants = new ArrayList<>();
        final List<CompletableFuture<EmbeddedImage>> answers = new ArrayList<>();
        boolean atOnce;
        int atOnceAfter;

        @Nullable
        Error defect;

        @Override
        public EmbeddingSpace space() {
            return SPACE;
        }

        @Override
        public CompletableFuture<EmbeddedImage> embed(EncodedImage image, Tenant tenant, Deadline deadline) {
            if (defect != null) {
                throw defect;
            }
            CompletableFuture<EmbeddedImage> answer = new CompletableFuture<>();
            if (atOnce && answers.size() >= atOnceAfter) {
                answer.complete(EAST);
            }
            sizes.add(image.size());
            tenants.add(tenant);
            answers.add(answer);
            return answer;
        }
    }
}
