package dev.mekiki.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;

class SampleCatalogueTest {

    @Test
    void offersEnoughLabelledDocuments() {
        assertThat(SampleCatalogue.registered()).hasSizeBetween(40, 60);
        assertThat(SampleCatalogue.unregistered()).hasSizeGreaterThanOrEqualTo(40);
        Map<String, Long> issues = SampleCatalogue.registered().stream()
                .collect(Collectors.groupingBy(SampleDocument::mainLabel, Collectors.counting()));
        assertThat(issues).hasSizeGreaterThanOrEqualTo(20);
        assertThat(issues.values()).allMatch(count -> count >= 2 && count <= 3);
    }

    @Test
    void usesEachLabelPathOnce() {
        List<String> paths = new ArrayList<>();
        SampleCatalogue.registered().forEach(document -> paths.add(document.labelPath()));
        SampleCatalogue.unregistered().forEach(document -> paths.add(document.labelPath()));
        assertThat(paths).doesNotHaveDuplicates();
    }

    @Test
    void keepsUnregisteredIssuersApart() {
        List<String> registered = SampleCatalogue.registered().stream()
                .map(SampleDocument::mainLabel)
                .toList();
        List<Long> families = SampleCatalogue.registered().stream()
                .map(document -> document.design().family())
                .toList();
        assertThat(SampleCatalogue.unregistered()).allSatisfy(document -> {
            assertThat(registered).doesNotContain(document.mainLabel());
            assertThat(families).doesNotContain(document.design().family());
        });
    }

    @Test
    void drawsNoTwoDocumentsAlike() {
        List<SampleDocument> all = new ArrayList<>(SampleCatalogue.registered());
        all.addAll(SampleCatalogue.unregistered());
        List<Mat> drawn = all.stream()
                .map(document -> SampleCatalogue.draw(document, 320))
                .toList();
        for (int i = 0; i < drawn.size(); i++) {
            for (int k = 0; k < i; k++) {
                assertThat(Pixels.difference(drawn.get(i), drawn.get(k)))
                        .as("%s and %s", all.get(i).labelPath(), all.get(k).labelPath())
                        .isGreaterThan(5);
            }
        }
        drawn.forEach(Mat::close);
    }

    @Test
    void drawsAnotherHoldersCopyDifferently() {
        SampleDocument document = SampleCatalogue.registered().getFirst();
        try (Mat one = SampleCatalogue.draw(document, 320);
                Mat same = SampleCatalogue.draw(document, 320);
                Mat other = SampleCatalogue.draw(document.of(99), 320)) {
            assertThat(Pixels.digest(same)).isEqualTo(Pixels.digest(one));
            assertThat(Pixels.digest(other)).isNotEqualTo(Pixels.digest(one));
        }
    }

    @Test
    void refusesIllegalLabels() {
        DocumentDesign design = new DocumentDesign(DocumentKind.LETTER, "A", 1, 1);
        for (String label : List.of("", "Upper", "under_score", "-edge", "edge-", "a b", "x".repeat(64), "a/b")) {
            assertThatThrownBy(() -> new SampleDocument(label, "x", design, 0))
                    .as(label)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("mainLabel: '" + label + "' (expected:");
            assertThatThrownBy(() -> new SampleDocument("x", label, design, 0)).hasMessageStartingWith("subLabel: ");
        }
    }
}
