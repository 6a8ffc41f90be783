package dev.mekiki.gallery.milvus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.core.gallery.Addition;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationKey;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.gallery.contract.Specimens;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** That the tests of concurrent changes can fail. */
class HistoryTest {

    private static final Gallery GALLERY = Specimens.gallery("documents", Specimens.space(4));
    private static final Registration ONE =
            Specimens.registration(GALLERY, "one", "a", new Specimens(GALLERY.space(), 1).vector());
    private static final RegistrationKey MOVED =
            ONE.withLabel(LabelPath.parse("b")).key();
    private static final History.Event ADDED = new History.Add(ONE.key(), new Addition.Added(ONE));
    private static final History.Event PRESENT = new History.Add(ONE.key(), new Addition.Present(ONE));
    private static final History.Event TAKEN = new History.Add(ONE.key(), new Addition.Taken(MOVED));
    private static final History.Event RELABELLED = new History.Relabel(Optional.of(MOVED));

    private final History history = new History(ONE.id());

    @Test
    void explainsWhatCameOneAfterTheOther() {
        history.add(ADDED, 0, 1);
        history.add(PRESENT, 2, 3);
        history.add(RELABELLED, 4, 5);
        history.add(TAKEN, 6, 7);
        history.add(new History.Delete(true), 8, 9);
        history.add(new History.Delete(false), 10, 11);
        history.add(new History.Relabel(Optional.empty()), 12, 13);
        history.add(ADDED, 14, 15);
        history.add(new History.Read(Optional.of(ONE.key())), 16, 17);

        assertThat(history.isExplained()).isTrue();
    }

    @Test
    void explainsWhatOverlappedInAnyOrder() {
        history.add(TAKEN, 0, 9);
        history.add(PRESENT, 1, 9);
        history.add(RELABELLED, 2, 9);
        history.add(ADDED, 3, 9);

        assertThat(history.isExplained()).isTrue();
    }

    @Test
    void doesNotExplainThatTwoAddedTheSame() {
        history.add(ADDED, 0, 9);
        history.add(ADDED, 1, 8);

        assertThat(history.isExplained()).isFalse();
    }

    @Test
    void doesNotExplainAnAnswerFromBeforeWhatHadEnded() {
        history.add(ADDED, 0, 1);
        history.add(RELABELLED, 2, 3);
        history.add(PRESENT, 4, 5);

        assertThat(history.isExplained()).isFalse();
    }

    @Test
    void doesNotExplainALoss() {
        history.add(ADDED, 0, 1);
        history.add(new History.Read(Optional.empty()), 2, 3);

        assertThat(history.isExplained()).isFalse();
    }

    @Test
    void doesNotExplainADeletionThatDidNotLast() {
        history.add(ADDED, 0, 1);
        history.add(new History.Delete(true), 2, 3);
        history.add(new History.Read(Optional.of(ONE.key())), 4, 5);

        assertThat(history.isExplained()).isFalse();
    }
}
