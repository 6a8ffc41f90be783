package dev.mekiki.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SnapshotSamplerTest {

    private static final ContentDigest CONTENT = ContentDigest.of(new byte[] {1});

    @Test
    void keepsEverythingThatFits() {
        SnapshotSampler sampler = new SnapshotSampler(2, 20, 1);
        add(sampler, 4, 5);
        Snapshot snapshot = sampler.snapshot();
        assertThat(snapshot.count()).isEqualTo(20);
        assertThat(snapshot.isSample()).isFalse();
        assertThat(snapshot.byMainLabel().groups()).isEqualTo(4);
        assertThat(snapshot.byPath().groups()).isEqualTo(8);
    }

    // 10,000 registrations of labels of ten, room for a thousand.
    @Test
    void givesUpWholeLabelsOfManyThatDoNotFit() {
        SnapshotSampler sampler = new SnapshotSampler(2, 1_000, 1);
        add(sampler, 1_000, 10);
        Snapshot snapshot = sampler.snapshot();
        assertThat(snapshot.count()).isBetween(900, 1_000);
        assertThat(snapshot.registrationsSeen()).isEqualTo(10_000);
        assertThat(snapshot.labelsSeen()).isEqualTo(1_000);
        assertThat(snapshot.isSample()).isTrue();
        for (int label = 0; label < snapshot.byMainLabel().groups(); label++) {
            assertThat(snapshot.byMainLabel().size(label)).isEqualTo(10);
        }
    }

    @Test
    void drawsTheSameLabelsInWhateverOrderTheyCome() {
        SnapshotSampler forwards = new SnapshotSampler(2, 100, 7);
        SnapshotSampler backwards = new SnapshotSampler(2, 100, 7);
        for (int label = 0; label < 100; label++) {
            for (int i = 0; i < 5; i++) {
                addOne(forwards, label, i);
                addOne(backwards, 99 - label, i);
            }
        }
        assertThat(names(forwards.snapshot())).isEqualTo(names(backwards.snapshot()));
        SnapshotSampler other = new SnapshotSampler(2, 100, 8);
        add(other, 100, 5);
        assertThat(names(other.snapshot())).isNotEqualTo(names(forwards.snapshot()));
    }

    private static Set<String> names(Snapshot snapshot) {
        return IntStream.range(0, snapshot.byMainLabel().groups())
                .mapToObj(snapshot::mainLabel)
                .collect(Collectors.toSet());
    }

    @Test
    void thinsAFewLargeLabelsInsteadOfGivingThemUp() {
        SnapshotSampler sampler = new SnapshotSampler(2, 1_000, 1);
        for (int i = 0; i < 5_000; i++) {
            for (int label = 0; label < 5; label++) {
                addOne(sampler, label, i);
            }
        }
        Snapshot snapshot = sampler.snapshot();
        assertThat(snapshot.byMainLabel().groups()).isEqualTo(5);
        assertThat(snapshot.count()).isBetween(700, 1_000);
        double sum = 0;
        for (int i = 0; i < snapshot.count(); i++) {
            sum += Integer.parseInt(snapshot.id(i).value().replaceAll(".*-", ""));
        }
        // Early and late ones alike: the mean of 0..4,999, whose deviation is 1,443.
        assertThat(sum / snapshot.count())
                .isBetween(2_500 - 4 * 1_443 / Math.sqrt(700), 2_500 + 4 * 1_443 / Math.sqrt(700));
    }

    @Test
    void refusesVectorsThatAreNotOfUnitLength() {
        SnapshotSampler sampler = new SnapshotSampler(2, 10, 1);
        assertThatThrownBy(() -> sampler.add(new RegistrationId("a"), LabelPath.of("a"), CONTENT, new float[] {1, 1}))
                .isInstanceOf(InvalidInput.class)
                .hasMessageContaining("vector");
        assertThatThrownBy(() -> sampler.add(new RegistrationId("a"), LabelPath.of("a"), CONTENT, new float[] {1}))
                .isInstanceOf(InvalidInput.class);
        assertThatThrownBy(sampler::snapshot).isInstanceOf(InvalidInput.class);
    }

    private static void add(SnapshotSampler sampler, int labels, int each) {
        for (int label = 0; label < labels; label++) {
            for (int i = 0; i < each; i++) {
                addOne(sampler, label, i);
            }
        }
    }

    private static void addOne(SnapshotSampler sampler, int label, int i) {
        double angle = label + i / 1_000.0;
        sampler.add(
                new RegistrationId("r" + label + "-" + i),
                LabelPath.of("label " + label, "sub " + i % 2),
                CONTENT,
                new float[] {(float) Math.cos(angle), (float) Math.sin(angle)});
    }
}
