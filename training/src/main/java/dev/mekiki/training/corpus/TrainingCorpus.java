package dev.mekiki.training.corpus;

import java.util.List;
import java.util.SplittableRandom;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * The classes that a network is trained to tell apart. Each class is one flat image or several; a photograph of one of
 * them is drawn anew every time. Immutable and safe to share between threads; images are read, never written.
 */
public final class TrainingCorpus {

    /**
     * One class.
     *
     * @param images 8-bit BGR, at least one; all alike likely
     * @param turn quarter turns clockwise and mirroring applied when photographed, see {@link Turn}
     */
    public record DocumentClass(List<Mat> images, Turn turn) {
        public DocumentClass {
            if (images.isEmpty()) {
                throw new IllegalArgumentException("class: no images (expected: at least 1)");
            }
            images = List.copyOf(images);
        }

        /** A class of one image. */
        public DocumentClass(Mat image, Turn turn) {
            this(List.of(image), turn);
        }

        /** One of the images; draws nothing if there is only one. */
        public Mat image(SplittableRandom random) {
            return images.size() == 1 ? images.getFirst() : images.get(random.nextInt(images.size()));
        }
    }

    /**
     * Classes that are drawn with one common probability.
     *
     * @param name for progress lines
     * @param share probability that an image of a batch comes from this group; the shares sum to 1
     */
    public record Group(String name, double share, List<DocumentClass> classes) {
        public Group {
            if (classes.isEmpty()) {
                throw new IllegalArgumentException("group " + name + ": no classes (expected: at least 1)");
            }
            classes = List.copyOf(classes);
        }
    }

    private final List<Group> groups;
    private final int classCount;
    private final String digest;

    /**
     * A corpus of groups.
     *
     * @param digest identifies the images it was made of
     */
    public TrainingCorpus(List<Group> groups, String digest) {
        double sum = groups.stream().mapToDouble(Group::share).sum();
        if (Math.abs(sum - 1) > 1e-6) {
            throw new IllegalArgumentException("groups: shares sum to " + sum + " (expected: 1)");
        }
        this.groups = List.copyOf(groups);
        this.classCount = groups.stream().mapToInt(g -> g.classes().size()).sum();
        this.digest = digest;
    }

    /** Groups in the order of their class numbers. */
    public List<Group> groups() {
        return groups;
    }

    /** Classes in all groups. */
    public int classCount() {
        return classCount;
    }

    /** Identifies the images that the corpus was made of. */
    public String digest() {
        return digest;
    }

    /** The class of a number in {@code 0..classCount()-1}. */
    public DocumentClass documentClass(int number) {
        int left = number;
        for (Group group : groups) {
            if (left < group.classes().size()) {
                return group.classes().get(left);
            }
            left -= group.classes().size();
        }
        throw new IllegalArgumentException("class: " + number + " (expected: 0.." + (classCount - 1) + ")");
    }

    /** Draws a class number: first a group by its share, then one of its classes, all alike. */
    public int draw(SplittableRandom random) {
        double u = random.nextDouble();
        int first = 0;
        for (int g = 0; g < groups.size(); g++) {
            Group group = groups.get(g);
            if (u < group.share() || g == groups.size() - 1) {
                return first + random.nextInt(group.classes().size());
            }
            u -= group.share();
            first += group.classes().size();
        }
        throw new IllegalStateException("no groups");
    }
}
