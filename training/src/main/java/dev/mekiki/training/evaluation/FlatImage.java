package dev.mekiki.training.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A document as it is registered.
 *
 * @param name seeds its photographs, so that they do not depend on which other documents are measured
 * @param label 0-based
 * @param bytes of the image file
 */
record FlatImage(String name, int label, byte[] bytes) {

    static List<FlatImage> readAll(DocumentFolder documents) throws IOException {
        List<FlatImage> images = new ArrayList<>();
        for (int i = 0; i < documents.files().size(); i++) {
            Path file = documents.files().get(i);
            images.add(new FlatImage(file.getFileName().toString(), documents.labels()[i], Files.readAllBytes(file)));
        }
        return images;
    }
}
