package dev.mekiki.training.evaluation;

import dev.mekiki.samples.Effect;
import dev.mekiki.samples.PhotoConditions;
import dev.mekiki.samples.Photograph;
import dev.mekiki.samples.Photographer;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Flat images, each registered, each photographed several times by simulation under mild and under hard conditions. The
 * photographs of one image depend on its name and the seed alone, not on which others there are.
 */
final class SimulatedPhotographs implements Material {

    /** A sort of conditions and its name in reports. */
    private record Sort(String name, PhotoConditions conditions) {}

    private static final List<Sort> SORTS =
            List.of(new Sort("mild", PhotoConditions.MILD), new Sort("hard", PhotoConditions.HARD));

    private final List<String> labels;
    private final List<FlatImage> images;
    private final int perImage;
    private final int longestSide;
    private final long seed;

    /**
     * @param labels names, by the number that the images have
     * @param perImage photographs under each sort of conditions
     * @param longestSide of a photograph, pixels
     */
    SimulatedPhotographs(List<String> labels, List<FlatImage> images, int perImage, int longestSide, long seed) {
        this.labels = List.copyOf(labels);
        this.images = List.copyOf(images);
        this.perImage = perImage;
        this.longestSide = longestSide;
        this.seed = seed;
    }

    @Override
    public List<String> labels() {
        return labels;
    }

    @Override
    public List<Registration> registrations() {
        return images.stream().map(i -> new Registration(i.label(), i.name())).toList();
    }

    @Override
    public byte[] registered(int index) {
        return images.get(index).bytes();
    }

    @Override
    public void show(Viewer viewer) throws IOException {
        for (Sort sort : SORTS) {
            for (FlatImage image : images) {
                try (Mat flat = decode(image)) {
                    for (int k = 0; k < perImage; k++) {
                        try (Photograph photograph = photograph(image, flat, sort, k)) {
                            viewer.show(
                                    new Shot(image.label(), image.name(), sort.name(), traits(photograph)),
                                    photograph.toJpeg());
                        }
                    }
                }
            }
        }
    }

    @Override
    public byte[] photograph(int index) throws IOException {
        int inSort = images.size() * perImage;
        FlatImage image = images.get(index % inSort / perImage);
        try (Mat flat = decode(image);
                Photograph photograph = photograph(image, flat, SORTS.get(index / inSort), index % perImage)) {
            return photograph.toJpeg();
        }
    }

    private Photograph photograph(FlatImage image, Mat flat, Sort sort, int k) {
        long own = seed * 1_000_003 + image.name().hashCode() * 1009L + k;
        return Photographer.photograph(flat, sort.conditions(), longestSide, own);
    }

    private static Map<String, Double> traits(Photograph photograph) {
        Map<String, Double> traits = new TreeMap<>();
        for (Map.Entry<Effect, Double> e : photograph.doses().entrySet()) {
            traits.put(e.getKey().name().toLowerCase(Locale.ROOT), e.getValue());
        }
        traits.put(Shot.COVERAGE, photograph.coverage());
        return traits;
    }

    private static Mat decode(FlatImage image) throws IOException {
        try (BytePointer bytes = new BytePointer(image.bytes());
                Mat file = new Mat(1, image.bytes().length, opencv_core.CV_8UC1, bytes)) {
            Mat flat = opencv_imgcodecs.imdecode(file, opencv_imgcodecs.IMREAD_COLOR);
            if (flat.empty()) {
                flat.close();
                throw new IOException(image.name() + ": not an image (expected: JPEG, PNG or WebP)");
            }
            return flat;
        }
    }
}
