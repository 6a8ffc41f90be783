package dev.mekiki.cli.analyse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.analysis.AnalysisProgress;
import dev.mekiki.analysis.AnalysisReport;
import dev.mekiki.analysis.Bounds;
import dev.mekiki.analysis.GalleryAnalysis;
import dev.mekiki.analysis.SnapshotSampler;
import dev.mekiki.analysis.finding.Finding;
import dev.mekiki.analysis.graph.ExactNearestNeighbours;
import dev.mekiki.cli.process.Installation;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.embedding.Tenant;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.time.Deadline;
import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.InferenceObserver;
import dev.mekiki.inference.InferenceSettings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Faults planted among photographs that the committed model embeds. */
class FaultyGalleryIT {

    private static final int SOUND = 188;
    private static final int OF_TWO_THINGS = 10;
    private static final int OF_EACH = 10;
    private static final int SWAPPED = 60;
    private static final int DUPLICATES = 20;

    /** A registration before it is embedded. */
    private record Row(EncodedImage image, String label) {}

    private final Random random = new Random(7);
    private final List<Row> rows = new ArrayList<>();
    private final Set<RegistrationId> swapped = new HashSet<>();
    private final Set<Set<RegistrationId>> duplicates = new HashSet<>();

    @Test
    void findsWhatWasPlantedAmongTwoThousandPhotographs() throws Exception {
        photograph();
        plant();
        assertThat(rows).hasSize(2_000);

        List<Finding> found = analysed().findings();

        Set<RegistrationId> misplaced =
                of(found, Finding.Misplaced.class, f -> f.nearestOwn().first());
        Set<Set<RegistrationId>> twice = of(
                found,
                Finding.Contradiction.class,
                f -> Set.of(f.evidence().first(), f.evidence().second()));
        Set<String> several =
                of(found, Finding.SeveralInOne.class, f -> f.label().main());
        Set<String> ofTwoThings =
                IntStream.range(0, OF_TWO_THINGS).mapToObj(i -> "both-" + i).collect(Collectors.toSet());
        System.out.printf(
                Locale.ROOT,
                "precision, recall: swaps %.3f, %.3f; duplicates %.3f, %.3f; labels of two things %.3f, %.3f%n",
                share(misplaced, swapped),
                share(swapped, misplaced),
                share(twice, duplicates),
                share(duplicates, twice),
                share(several, ofTwoThings),
                share(ofTwoThings, several));
        assertThat(share(misplaced, swapped)).as("precision of swaps").isGreaterThanOrEqualTo(.9);
        assertThat(share(swapped, misplaced)).as("recall of swaps").isGreaterThanOrEqualTo(.8);
        assertThat(twice).as("duplicates").isEqualTo(duplicates);
        assertThat(share(several, ofTwoThings))
                .as("precision of labels of two things")
                .isGreaterThanOrEqualTo(.8);
        assertThat(share(ofTwoThings, several))
                .as("recall of labels of two things")
                .isGreaterThanOrEqualTo(.8);
    }

    private void photograph() {
        int document = 0;
        for (int label = 0; label < SOUND; label++) {
            photograph(document++, OF_EACH, "document-" + label);
        }
        for (int label = 0; label < OF_TWO_THINGS; label++) {
            photograph(document++, OF_EACH / 2, "both-" + label);
            photograph(document++, OF_EACH / 2, "both-" + label);
        }
    }

    private void photograph(int document, int times, String label) {
        for (EncodedImage image : DrawnDocuments.photographs(document, times)) {
            rows.add(new Row(image, label));
        }
    }

    private void plant() {
        Set<Integer> touched = new HashSet<>();
        for (int i = 0; i < SWAPPED; i++) {
            int row = untouched(touched);
            rows.set(row, new Row(rows.get(row).image, otherLabel(row)));
            swapped.add(id(row));
        }
        for (int i = 0; i < DUPLICATES; i++) {
            int row = untouched(touched);
            duplicates.add(Set.of(id(row), id(rows.size())));
            rows.add(new Row(rows.get(row).image, otherLabel(row)));
        }
    }

    private int untouched(Set<Integer> touched) {
        int row = random.nextInt(SOUND * OF_EACH);
        while (!touched.add(row)) {
            row = random.nextInt(SOUND * OF_EACH);
        }
        return row;
    }

    private String otherLabel(int row) {
        return "document-" + (row / OF_EACH + 1 + random.nextInt(SOUND - 1)) % SOUND;
    }

    private AnalysisReport analysed() throws Exception {
        try (ImageEmbedder embedder = ImageEmbedder.open(
                Installation.current().model(), InferenceSettings.forCpu(2), InferenceObserver.SILENT)) {
            SnapshotSampler sampler = new SnapshotSampler(embedder.space().dimension(), rows.size(), 1);
            for (int i = 0; i < rows.size(); i++) {
                Row row = rows.get(i);
                EmbeddedImage embedded =
                        embedder.embed(row.image, Tenant.UNNAMED, Deadline.NONE).get();
                sampler.add(
                        id(i),
                        LabelPath.parse(row.label),
                        row.image.digest(),
                        embedded.embedding().vector());
            }
            return new GalleryAnalysis(new ExactNearestNeighbours(), new Bounds(2, rows.size()), .01, 1)
                    .of(sampler.snapshot(), AnalysisProgress.NONE);
        }
    }

    private static RegistrationId id(int row) {
        return new RegistrationId("r" + row);
    }

    /** The share of these that are among those. */
    private static <T> double share(Set<T> these, Set<T> those) {
        return these.stream().filter(those::contains).count() / (double) these.size();
    }

    private static <F extends Finding, T> Set<T> of(List<Finding> found, Class<F> kind, Function<F, T> what) {
        return found.stream().filter(kind::isInstance).map(kind::cast).map(what).collect(Collectors.toSet());
    }
}
