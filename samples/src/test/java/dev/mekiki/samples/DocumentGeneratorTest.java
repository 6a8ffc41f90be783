package dev.mekiki.samples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentGeneratorTest {

    @Test
    void drawsTheSamePixelsFromTheSameSeed() {
        for (long seed = 0; seed < 20; seed++) {
            assertThat(randomDigest(seed)).isEqualTo(randomDigest(seed));
        }
    }

    @Test
    void drawsDifferentDocumentsFromDifferentSeeds() {
        List<Mat> documents = new ArrayList<>();
        for (long seed = 0; seed < 60; seed++) {
            documents.add(DocumentGenerator.drawRandom(seed, 160));
        }
        for (int i = 0; i < documents.size(); i++) {
            for (int k = 0; k < i; k++) {
                assertThat(Pixels.difference(documents.get(i), documents.get(k)))
                        .as("seeds %d and %d", i, k)
                        .isGreaterThan(4);
            }
        }
        documents.forEach(Mat::close);
    }

    @ParameterizedTest
    @ValueSource(ints = {64, 320, 480, 640})
    void keepsTheLongestSideAskedFor(int longestSide) {
        for (long seed = 0; seed < 12; seed++) {
            try (Mat document = DocumentGenerator.drawRandom(seed, longestSide)) {
                assertThat(Math.max(document.cols(), document.rows())).isEqualTo(longestSide);
                assertThat(document.type()).isEqualTo(opencv_core.CV_8UC3);
            }
        }
    }

    @Test
    void drawsUprightAndLyingDocuments() {
        Set<Boolean> seen = new HashSet<>();
        for (long seed = 0; seed < 30; seed++) {
            try (Mat document = DocumentGenerator.drawRandom(seed, 64)) {
                seen.add(document.rows() > document.cols());
            }
        }
        assertThat(seen).containsExactlyInAnyOrder(true, false);
    }

    @ParameterizedTest
    @EnumSource(DocumentKind.class)
    void changesLessBetweenHoldersThanBetweenGenerations(DocumentKind kind) {
        double holders = 0;
        double generations = 0;
        for (long family = 0; family < 6; family++) {
            DocumentDesign design = new DocumentDesign(kind, "TEST ISSUER", family, 10);
            DocumentDesign reissue = new DocumentDesign(kind, "TEST ISSUER", family, 11);
            try (Mat one = DocumentGenerator.draw(design, 1, 240);
                    Mat another = DocumentGenerator.draw(design, 2, 240);
                    Mat reissued = DocumentGenerator.draw(reissue, 1, 240)) {
                assertThat(Pixels.digest(one)).isNotEqualTo(Pixels.digest(another));
                holders += Pixels.difference(one, another);
                generations += Pixels.difference(one, reissued);
            }
        }
        assertThat(holders).isLessThan(generations);
    }

    @Test
    void givesEveryThreadTheSamePicture() throws Exception {
        List<String> alone = new ArrayList<>();
        for (long seed = 0; seed < 24; seed++) {
            alone.add(randomDigest(seed));
        }
        List<String> together = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<String>> results = new ArrayList<>();
            for (long seed = 0; seed < 24; seed++) {
                long mine = seed;
                results.add(threads.submit(() -> randomDigest(mine)));
            }
            for (Future<String> result : results) {
                together.add(result.get());
            }
        }
        assertThat(together).isEqualTo(alone);
    }

    @Test
    void refusesSizesOutOfRange() {
        assertThatThrownBy(() -> DocumentGenerator.drawRandom(1, 63))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("longestSide: 63 (expected: 64..2048)");
        assertThatThrownBy(() -> DocumentGenerator.drawRandom(1, 2049)).isInstanceOf(IllegalArgumentException.class);
    }

    private static String randomDigest(long seed) {
        try (Mat document = DocumentGenerator.drawRandom(seed, 320)) {
            return Pixels.digest(document);
        }
    }
}
