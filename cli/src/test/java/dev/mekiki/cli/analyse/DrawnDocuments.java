package dev.mekiki.cli.analyse;

import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.samples.DocumentGenerator;
import dev.mekiki.samples.PhotoConditions;
import dev.mekiki.samples.Photograph;
import dev.mekiki.samples.Photographer;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.opencv.opencv_core.Mat;

/** Any number of documents, and mild photographs of them. */
final class DrawnDocuments {

    private static final int SIDE = 320;

    private DrawnDocuments() {}

    /** The first photographs of a document; the same ones each time. */
    static List<EncodedImage> photographs(int document, int count) {
        List<EncodedImage> photographs = new ArrayList<>();
        try (Mat drawn = DocumentGenerator.drawRandom(document, SIDE)) {
            for (int i = 0; i < count; i++) {
                try (Photograph taken =
                        Photographer.photograph(drawn, PhotoConditions.MILD, SIDE, 1_000L * document + i)) {
                    photographs.add(new EncodedImage(taken.toJpeg()));
                }
            }
        }
        return photographs;
    }
}
