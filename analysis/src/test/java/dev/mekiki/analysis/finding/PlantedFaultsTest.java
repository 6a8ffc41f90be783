package dev.mekiki.analysis.finding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.mekiki.analysis.Snapshot;
import dev.mekiki.analysis.SyntheticGallery;
import dev.mekiki.analysis.graph.ExactNearestNeighbours;
import dev.mekiki.analysis.graph.Neighbours;
import dev.mekiki.analysis.space.Workers;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlantedFaultsTest {

    private static final int LABELS = 198;
    private static final int EACH = 10;

    /**
     * 1,980 registrations of 198 labels, 60 of them under a wrong one, 10 labels made of two things; and 20 more
     * registrations of images that are there under another label as well.
     */
    private static final class Faulty {
        final SyntheticGallery gallery;
        final Set<RegistrationId> swapped = new HashSet<>();
        final Set<Set<RegistrationId>> contradictions = new HashSet<>();
        final Set<String> ofTwoThings = new HashSet<>();
        private final Set<Integer> touched = new HashSet<>();
        private final SplittableRandom random;

        Faulty(long seed) {
            gallery = new SyntheticGallery(64, seed);
            random = gallery.random();
            for (int label = 0; label < LABELS; label++) {
                if (label % 20 == 7) {
                    ofTwoThings.add("label " + label);
                    gallery.addThing(label, "label " + label, EACH / 2);
                    gallery.addThing(1_000 + 7 * label, "label " + label, EACH / 2);
                } else {
                    gallery.addThing(label, "label " + label, EACH);
                }
            }
            for (int swap = 0; swap < 60; swap++) {
                int i = untouched();
                gallery.rows.get(i).label = otherLabel(i);
                swapped.add(SyntheticGallery.id(i));
            }
            for (int copy = 0; copy < 20; copy++) {
                int i = untouched();
                SyntheticGallery.Row original = gallery.rows.get(i);
                // Half of them the same bytes, half encoded anew.
                SyntheticGallery.Row again = gallery.add(
                        otherLabel(i), copy % 2 == 0 ? original.vector : gallery.near(original.vector, .05));
                again.content = copy % 2 == 0 ? original.content : again.content;
                contradictions.add(Set.of(SyntheticGallery.id(i), SyntheticGallery.id(gallery.rows.size() - 1)));
            }
        }

        private int untouched() {
            int i = random.nextInt(LABELS * EACH);
            while (!touched.add(i)) {
                i = random.nextInt(LABELS * EACH);
            }
            return i;
        }

        private String otherLabel(int i) {
            String own = gallery.rows.get(i).label;
            String other = own;
            while (other.equals(own)) {
                other = "label " + random.nextInt(LABELS);
            }
            return other;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void findsWhatWasPlanted(long seed) {
        Faulty planted = new Faulty(seed);
        assertThat(planted.gallery.rows).hasSize(2_000);
        List<Finding> found = examine(planted.gallery).findings();

        Set<RegistrationId> misplaced =
                all(found, Finding.Misplaced.class, f -> f.nearestOwn().first());
        assertThat(share(misplaced, planted.swapped)).as("precision of swaps").isGreaterThanOrEqualTo(.9);
        assertThat(share(planted.swapped, misplaced)).as("recall of swaps").isGreaterThanOrEqualTo(.8);

        Set<Set<RegistrationId>> twice = all(
                found,
                Finding.Contradiction.class,
                f -> Set.of(f.evidence().first(), f.evidence().second()));
        assertThat(twice).isEqualTo(planted.contradictions);

        Set<String> several =
                all(found, Finding.SeveralInOne.class, f -> f.label().main());
        assertThat(share(several, planted.ofTwoThings))
                .as("precision of labels of two things")
                .isGreaterThanOrEqualTo(.9);
        assertThat(share(planted.ofTwoThings, several))
                .as("recall of labels of two things")
                .isGreaterThanOrEqualTo(.8);
    }

    /** The share of these that are among those. */
    private static <T> double share(Set<T> these, Set<T> those) {
        return these.stream().filter(those::contains).count() / (double) these.size();
    }

    private static <F extends Finding, T> Set<T> all(List<Finding> found, Class<F> kind, Function<F, T> what) {
        return found.stream().filter(kind::isInstance).map(kind::cast).map(what).collect(Collectors.toSet());
    }

    @Test
    void findsLittleWhereNothingIsWrong() {
        List<Finding> found = examine(sound(100)).findings();
        assertThat(found).hasSizeLessThanOrEqualTo(3);
        assertThat(found).noneMatch(f -> f instanceof Finding.Contradiction || f instanceof Finding.OneUnderTwo);
    }

    @Test
    void putsBackWhatWasSwapped() {
        SyntheticGallery gallery = sound(40);
        gallery.rows.get(17).label = "label 30";
        Finding.Misplaced found = only(gallery, Finding.Misplaced.class);
        assertThat(found.action()).isEqualTo(new Action.Relabel(SyntheticGallery.id(17), LabelPath.of("label 1")));
        assertThat(found.nearestOwn().secondLabel()).isEqualTo(LabelPath.of("label 30"));
        assertThat(found.nearestOther().cosine())
                .isGreaterThan(found.nearestOwn().cosine());
    }

    // Its true fellows have a rival as near as their own label then.
    @Test
    void doesNotBlameTheFellowsOfWhatWasSwapped() {
        for (int seed = 0; seed < 20; seed++) {
            SyntheticGallery gallery = new SyntheticGallery(16, seed);
            for (int label = 0; label < 150; label += 5) {
                gallery.addThing(label, "label " + label, EACH);
            }
            gallery.rows.get(0).label = "label 5";
            assertThat(only(gallery, Finding.Misplaced.class).nearestOwn().first())
                    .isEqualTo(SyntheticGallery.id(0));
        }
    }

    @Test
    void deletesTheCopyThatDoesNotFitItsLabel() {
        SyntheticGallery gallery = sound(40);
        SyntheticGallery.Row original = gallery.rows.get(17);
        gallery.add("label 30", original.vector).content = original.content;
        Finding.Contradiction found = only(gallery, Finding.Contradiction.class);
        assertThat(found.identical()).isTrue();
        assertThat(found.evidence().cosine()).isCloseTo(1, within(1e-6));
        assertThat(found.action()).isEqualTo(new Action.Delete(List.of(SyntheticGallery.id(400))));
    }

    @Test
    void proposesSubLabelsForTwoThingsUnderOneLabel() {
        SyntheticGallery gallery = sound(40);
        gallery.addThing(900, "label 3", 6);
        Finding.SeveralInOne found = only(gallery, Finding.SeveralInOne.class);
        assertThat(found.label()).isEqualTo(LabelPath.of("label 3"));
        assertThat(found.parts()).hasSize(2);
        assertThat(((Action.Split) found.action()).parts())
                .containsOnlyKeys(LabelPath.of("label 3", "part-1"), LabelPath.of("label 3", "part-2"));
        assertThat(found.parts().getLast()).contains(SyntheticGallery.id(400), SyntheticGallery.id(405));
    }

    @Test
    void mergesLabelsThatAreOneThing() {
        SyntheticGallery gallery = sound(40);
        for (int i = 50; i < 54; i++) {
            gallery.rows.get(i).label = "another name";
        }
        Finding.OneUnderTwo found = only(gallery, Finding.OneUnderTwo.class);
        assertThat(found.action()).isEqualTo(new Action.Merge(LabelPath.of("another name"), LabelPath.of("label 5")));
        assertThat(found.separable()).isGreaterThan(.05);
    }

    @Test
    void reportsARegistrationThatIsOfNoLabel() {
        SyntheticGallery gallery = sound(40);
        gallery.addThing(900, "label 3", 1);
        Finding.Outlier found = only(gallery, Finding.Outlier.class);
        assertThat(found.nearestOwn().first()).isEqualTo(SyntheticGallery.id(400));
        assertThat(found.action()).isEqualTo(new Action.Delete(List.of(SyntheticGallery.id(400))));
    }

    @Test
    void keepsOneOfManyThatAreNearlyTheSame() {
        SyntheticGallery gallery = sound(100);
        float[] first = gallery.rows.get(70).vector;
        for (int i = 0; i < 30; i++) {
            gallery.add("label 7", gallery.near(first, .05));
        }
        Finding.Redundant found = all(examine(gallery).findings(), Finding.Redundant.class, f -> f).stream()
                .filter(f -> f.label().equals(LabelPath.of("label 7")))
                .findFirst()
                .orElseThrow();
        assertThat(found.redundant()).hasSizeGreaterThanOrEqualTo(30);
        assertThat(found.kept()).hasSize(40 - found.redundant().size());
        assertThat(found.action()).isEqualTo(new Action.Delete(found.redundant()));
    }

    @Test
    void asksForMoreOfALabelThatDoesNotKnowItsOwn() {
        SyntheticGallery gallery = sound(40);
        for (int thing = 900; thing < 930; thing += 10) {
            gallery.addThing(thing, "many faces", 1);
        }
        Finding.TooFew found = (Finding.TooFew) examine(gallery).tooFew(.6).getFirst();
        assertThat(found.label()).isEqualTo(LabelPath.of("many faces"));
        assertThat(examine(gallery).tooFew(.6)).hasSize(1);
        assertThat(examine(gallery).tooFew(.95)).hasSize(41);
        assertThat(found.missed()).isEqualTo(3);
    }

    @Test
    void tellsSubLabelsThatAreMixedFromThoseThatAreNot() {
        SyntheticGallery gallery = sound(40);
        for (int i = 0; i < 10; i++) {
            // One thing under two sub-labels, and two that look alike under two.
            gallery.rows.get(i).label = "mixed/" + i % 2;
            gallery.rows.get(100 + i).label = "different/0";
            gallery.rows.get(110 + i).label = "different/1";
        }
        Finding.IndistinctSubLabels found = only(gallery, Finding.IndistinctSubLabels.class);
        assertThat(List.of(found.first(), found.second()))
                .containsExactlyInAnyOrder(LabelPath.of("mixed", "0"), LabelPath.of("mixed", "1"));
    }

    @Test
    void findsIdenticalImagesWhereLabelsHaveOneRegistrationEach() {
        SyntheticGallery gallery = new SyntheticGallery(64, 5);
        for (int label = 0; label < 30; label++) {
            gallery.addThing(label, "label " + label, 1);
        }
        gallery.add("label 30", gallery.rows.get(4).vector).content = gallery.rows.get(4).content;
        Finding.Contradiction found = only(gallery, Finding.Contradiction.class);
        assertThat(found.action()).isEqualTo(new Action.Review());
    }

    @Test
    void findsTheSameWithAnyNumberOfThreads() {
        Faulty planted = new Faulty(3);
        assertThat(examine(planted.gallery, 1).findings())
                .isEqualTo(examine(planted.gallery, 3).findings());
    }

    private static SyntheticGallery sound(int labels) {
        SyntheticGallery gallery = new SyntheticGallery(64, 77);
        for (int label = 0; label < labels; label++) {
            gallery.addThing(label, "label " + label, EACH);
        }
        return gallery;
    }

    private static <F extends Finding> F only(SyntheticGallery gallery, Class<F> kind) {
        Set<F> ofKind = all(examine(gallery).findings(), kind, f -> f);
        assertThat(ofKind).hasSize(1);
        return ofKind.iterator().next();
    }

    private static Examination examine(SyntheticGallery gallery) {
        return examine(gallery, 2);
    }

    private static Examination examine(SyntheticGallery gallery, int threads) {
        Snapshot snapshot = gallery.snapshot();
        try (Workers workers = new Workers(threads, () -> false)) {
            Neighbours neighbours =
                    new ExactNearestNeighbours().find(snapshot.vectors(), snapshot.byMainLabel(), 10, workers, _ -> {});
            return new Examination(snapshot, neighbours, workers, 1);
        }
    }
}
