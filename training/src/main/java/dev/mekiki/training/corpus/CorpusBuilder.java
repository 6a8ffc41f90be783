package dev.mekiki.training.corpus;

import static org.bytedeco.opencv.global.opencv_core.CV_32FC1;
import static org.bytedeco.opencv.global.opencv_core.CV_8UC3;

import dev.mekiki.samples.DocumentGenerator;
import dev.mekiki.training.corpus.TrainingCorpus.DocumentClass;
import dev.mekiki.training.corpus.TrainingCorpus.Group;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Makes many classes of few documents. A few hundred documents alone are learnt by heart; what makes an embedder work on
 * documents it never saw is the number of different classes. So every document is a class in each of its eight
 * {@link Turn turns}, parts of documents are classes, and so are collages of parts of several.
 */
public final class CorpusBuilder {
    /** Longest side of an image kept in memory, pixels. A photograph shows it at about 200 at most. */
    public static final int LONGEST_SIDE = 288;

    /** Correlation of thumbnails above which two documents are the same one scanned twice. */
    private static final double REPEAT = 0.985;

    private static final int THUMBNAIL_SIDE = 24;

    /** Where the waves of a thumbnail are in its rows, by how many half periods they have across and down. */
    private static final int[] LONGEST_FIRST = IntStream.range(0, THUMBNAIL_SIDE * THUMBNAIL_SIDE)
            .boxed()
            .sorted(Comparator.comparingInt(at -> at / THUMBNAIL_SIDE + at % THUMBNAIL_SIDE))
            .mapToInt(Integer::intValue)
            .toArray();

    private CorpusBuilder() {}

    /**
     * How many classes are made, and how often they are drawn.
     *
     * @param partsPerDocument classes cut out of each document
     * @param collages classes composed of parts of several documents
     * @param upright share of batches taken by documents as they are
     * @param turned share taken by their seven other turns
     * @param parts share taken by parts
     * @param collaged share taken by collages; the four shares and that of drawn documents sum to 1
     */
    public record Mixture(
            int partsPerDocument, int collages, double upright, double turned, double parts, double collaged) {
        public Mixture {
            require("partsPerDocument", partsPerDocument, 1_000_000);
            require("collages", collages, 10_000_000);
            require("upright", upright, 1);
            require("turned", turned, 1);
            require("parts", parts, 1);
            require("collaged", collaged, 1);
            double sum = upright + turned + parts + collaged;
            if (sum > 1 + 1e-9) {
                throw new IllegalArgumentException(
                        "upright, turned, parts, collaged: " + sum + " together (expected: at most 1)");
            }
            if ((partsPerDocument == 0 && parts > 0) || (collages == 0 && collaged > 0)) {
                throw new IllegalArgumentException("parts, collaged: " + parts + ", " + collaged
                        + " (expected: 0 where partsPerDocument, " + partsPerDocument + ", or collages, " + collages
                        + ", is 0)");
            }
        }

        private static void require(String field, double value, double high) {
            if (!(value >= 0 && value <= high)) {
                throw new IllegalArgumentException(field + ": " + value + " (expected: 0.." + high + ")");
            }
        }
    }

    /**
     * Reads the images of a folder, smallest name first.
     *
     * @param leftOut file names not to read
     * @return 8-bit BGR, none with a side longer than {@link #LONGEST_SIDE}
     * @throws IOException if the folder cannot be read or holds no image
     */
    public static List<Mat> readDocuments(Path folder, Set<String> leftOut) throws IOException {
        List<Mat> documents = new ArrayList<>();
        for (Path file : files(folder, leftOut)) {
            documents.add(read(file));
        }
        if (documents.isEmpty()) {
            throw new IOException(folder + ": no images (expected: at least 2)");
        }
        return withoutRepeats(documents);
    }

    /**
     * Reads one image.
     *
     * @return 8-bit BGR, no side longer than {@link #LONGEST_SIDE}
     * @throws IOException if it is not an image
     */
    public static Mat read(Path file) throws IOException {
        Mat image = opencv_imgcodecs.imread(file.toString(), opencv_imgcodecs.IMREAD_COLOR);
        if (image.empty()) {
            throw new IOException(file + ": not an image (expected: JPEG, PNG or WebP)");
        }
        return shrink(image);
    }

    /** Leaves out documents that repeat an earlier one: two classes that look the same cannot be told apart. */
    private static List<Mat> withoutRepeats(List<Mat> documents) {
        List<Mat> kept = new ArrayList<>();
        List<Thumbnail> seen = new ArrayList<>();
        for (Mat document : documents) {
            Thumbnail thumbnail = Thumbnail.of(thumbnail(document));
            if (seen.parallelStream().noneMatch(other -> thumbnail.correlatesAbove(other, REPEAT))) {
                kept.add(document);
                seen.add(thumbnail);
            }
        }
        return kept;
    }

    /**
     * Values of unit length, with the lengths of what is left of them from each block on. What is left of two cannot
     * correlate more than the product of its lengths (Cauchy and Schwarz), so most pairs are done after a block.
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Thumbnail(double[] values, double[] left) {
        private static final int BLOCK = 24;

        static Thumbnail of(double[] values) {
            double[] left = new double[values.length / BLOCK + 1];
            double squares = 0;
            for (int i = values.length - 1; i >= 0; i--) {
                squares += values[i] * values[i];
                if (i % BLOCK == 0) {
                    left[i / BLOCK] = Math.sqrt(squares);
                }
            }
            return new Thumbnail(values, left);
        }

        boolean correlatesAbove(Thumbnail other, double bound) {
            double correlation = 0;
            for (int from = 0; from < values.length; from += BLOCK) {
                if (correlation + left[from / BLOCK] * other.left[from / BLOCK] <= bound) {
                    return false;
                }
                for (int i = from; i < Math.min(from + BLOCK, values.length); i++) {
                    correlation += values[i] * other.values[i];
                }
            }
            return correlation > bound;
        }
    }

    /**
     * 24×24 colours less their mean, of unit length, as waves, the long ones first (DCT-II, orthonormal): as many numbers
     * that correlate as the colours do, but nearly all of an image is in the first of them.
     */
    private static double[] thumbnail(Mat document) {
        double[] values = new double[THUMBNAIL_SIDE * THUMBNAIL_SIDE * 3];
        double length = 1e-9;
        try (PointerScope scope = new PointerScope()) {
            Mat small = new Mat();
            opencv_imgproc.resize(
                    document, small, new Size(THUMBNAIL_SIDE, THUMBNAIL_SIDE), 0, 0, opencv_imgproc.INTER_AREA);
            Mat exact = new Mat();
            small.convertTo(exact, opencv_core.CV_64F);
            Scalar means = opencv_core.mean(exact);
            double mean = (means.get(0) + means.get(1) + means.get(2)) / 3;
            for (int colour = 0; colour < 3; colour++) {
                Mat plane = new Mat();
                opencv_core.extractChannel(exact, plane, colour);
                plane = opencv_core.subtract(plane, Scalar.all(mean)).asMat();
                opencv_core.dct(plane, plane);
                double[] waves = new double[THUMBNAIL_SIDE * THUMBNAIL_SIDE];
                new DoublePointer(plane.data()).get(waves);
                for (int i = 0; i < waves.length; i++) {
                    values[3 * i + colour] = waves[LONGEST_FIRST[i]];
                    length += waves[i] * waves[i];
                }
            }
        }
        for (int i = 0; i < values.length; i++) {
            values[i] /= Math.sqrt(length);
        }
        return values;
    }

    /**
     * Draws documents of invented issuers, on {@code threads} threads; the same seed gives the same documents.
     *
     * @param count how many
     */
    public static List<Mat> drawDocuments(int count, long seed, int threads) {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<Mat>> drawing = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                long own = seed * 1_000_003 + i;
                drawing.add(pool.submit(() -> DocumentGenerator.drawRandom(own, LONGEST_SIDE)));
            }
            List<Mat> documents = new ArrayList<>();
            for (Future<Mat> f : drawing) {
                documents.add(f.get());
            }
            return documents;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while documents were drawn", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a document could not be drawn", e.getCause());
        }
    }

    /** SHA-256 over names and bytes of the images that {@link #readDocuments} reads, hexadecimal. */
    public static String digest(Path folder, Set<String> leftOut) throws IOException {
        return digest(folder, files(folder, leftOut));
    }

    /** SHA-256 over names, relative to {@code folder}, and bytes of files, hexadecimal. */
    public static String digest(Path folder, List<Path> files) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files) {
                digest.update(folder.relativize(file).toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file));
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    private static List<Path> files(Path folder, Set<String> leftOut) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> !leftOut.contains(f.getFileName().toString()))
                    .filter(f -> f.getFileName().toString().matches("(?i).*\\.(jpe?g|png|webp)"))
                    .sorted()
                    .toList();
        }
    }

    /** Shrinks an image to {@link #LONGEST_SIDE} if it is larger. */
    public static Mat shrink(Mat image) {
        double scale = LONGEST_SIDE / (double) Math.max(image.rows(), image.cols());
        if (scale >= 1) {
            return image;
        }
        Mat smaller = new Mat();
        opencv_imgproc.resize(image, smaller, new Size(0, 0), scale, scale, opencv_imgproc.INTER_AREA);
        return smaller;
    }

    /**
     * Makes a corpus of documents and of further drawn ones.
     *
     * @param drawn documents drawn by program, each one class; may be empty, then the mixture's shares sum to 1
     * @param digest of {@code documents}, kept for the model card
     */
    public static TrainingCorpus build(
            List<Mat> documents, List<Mat> drawn, Mixture mixture, long seed, String digest) {
        SplittableRandom random = new SplittableRandom(seed);
        List<DocumentClass> upright = new ArrayList<>();
        List<DocumentClass> turned = new ArrayList<>();
        List<DocumentClass> parts = new ArrayList<>();
        List<DocumentClass> collages = new ArrayList<>();
        for (Mat document : documents) {
            upright.add(new DocumentClass(document, Turn.NONE));
            for (int i = 1; i < 8; i++) {
                turned.add(new DocumentClass(document, new Turn(i % 4, i >= 4)));
            }
            for (int i = 0; i < mixture.partsPerDocument(); i++) {
                parts.add(new DocumentClass(part(document, random), turn(random)));
            }
        }
        for (int i = 0; i < mixture.collages(); i++) {
            collages.add(new DocumentClass(collage(documents, random), Turn.NONE));
        }
        List<Group> groups = new ArrayList<>();
        groups.add(new Group("upright", mixture.upright(), upright));
        groups.add(new Group("turned", mixture.turned(), turned));
        if (!parts.isEmpty()) {
            groups.add(new Group("parts", mixture.parts(), parts));
        }
        if (!collages.isEmpty()) {
            groups.add(new Group("collages", mixture.collaged(), collages));
        }
        if (!drawn.isEmpty()) {
            double rest = 1 - groups.stream().mapToDouble(Group::share).sum();
            groups.add(new Group(
                    "drawn",
                    rest,
                    drawn.stream().map(d -> new DocumentClass(d, Turn.NONE)).toList()));
        }
        return new TrainingCorpus(groups, digest);
    }

    /** Each image a class. */
    public static TrainingCorpus eachImage(List<Mat> images, String digest) {
        return alike(
                "images",
                images.stream().map(i -> new DocumentClass(i, Turn.NONE)).toList(),
                digest);
    }

    /** Each of the 24 {@link Variant variants} of each image a class: image ℓ has the classes 24ℓ to 24ℓ+23. */
    public static TrainingCorpus variants(List<Mat> images, String digest) {
        List<DocumentClass> classes = new ArrayList<>();
        for (Mat image : images) {
            for (int v = 0; v < Variant.COUNT; v++) {
                classes.add(Variant.of(v).of(image));
            }
        }
        return alike("variants", classes, digest);
    }

    /** Each group of images a class. */
    public static TrainingCorpus labelled(List<List<Mat>> groups, String digest) {
        return alike(
                "labels",
                groups.stream().map(g -> new DocumentClass(g, Turn.NONE)).toList(),
                digest);
    }

    private static TrainingCorpus alike(String name, List<DocumentClass> classes, String digest) {
        return new TrainingCorpus(List.of(new Group(name, 1, classes)), digest);
    }

    private static Turn turn(SplittableRandom random) {
        return new Turn(random.nextInt(4), random.nextBoolean());
    }

    private static double between(SplittableRandom random, double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    private static Rect window(Mat image, double low, double high, SplittableRandom random) {
        int width = Math.max(8, (int) (image.cols() * between(random, low, high)));
        int height = Math.max(8, (int) (image.rows() * between(random, low, high)));
        return new Rect(
                random.nextInt(Math.max(1, image.cols() - width + 1)),
                random.nextInt(Math.max(1, image.rows() - height + 1)),
                Math.min(width, image.cols()),
                Math.min(height, image.rows()));
    }

    private static Mat part(Mat document, SplittableRandom random) {
        // Made outside the scope, which frees what is made inside.
        Mat part = new Mat();
        try (PointerScope scope = new PointerScope()) {
            document.apply(window(document, 0.4, 0.75, random)).copyTo(part);
            if (random.nextInt(3) > 0) {
                recolour(part, random);
            }
        }
        return part;
    }

    /** Other inks and paper: channels exchanged, mixed, perhaps inverted. */
    private static void recolour(Mat image, SplittableRandom random) {
        int[][] orders = {{0, 1, 2}, {1, 0, 2}, {2, 1, 0}, {0, 2, 1}, {1, 2, 0}, {2, 0, 1}};
        int[] order = orders[random.nextInt(6)];
        float[] values = new float[9];
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < 3; column++) {
                values[3 * row + column] = (float)
                        ((order[row] == column ? 1 : 0) * between(random, 0.5, 1.05) + between(random, -0.2, 0.25));
            }
        }
        Mat mixed = new Mat();
        opencv_core.transform(image, mixed, new Mat(3, 3, CV_32FC1, new FloatPointer(values)));
        if (random.nextInt(6) == 0) {
            opencv_core.bitwise_not(mixed, mixed);
        }
        mixed.copyTo(image);
    }

    private static Scalar colour(SplittableRandom random, double low, double high) {
        return new Scalar(between(random, low, high), between(random, low, high), between(random, low, high), 0);
    }

    private static Mat collage(List<Mat> documents, SplittableRandom random) {
        Mat page = new Mat();
        try (PointerScope scope = new PointerScope()) {
            double aspect = between(random, 1.2, 1.75);
            int longSide = LONGEST_SIDE;
            int shortSide = (int) (longSide / aspect);
            boolean portrait = random.nextInt(4) == 0;
            int width = portrait ? shortSide : longSide;
            int height = portrait ? longSide : shortSide;
            page.create(height, width, CV_8UC3);
            page.put(colour(random, 90, 255));
            switch (random.nextInt(4)) {
                case 0 -> {}
                case 1 -> shade(page, random);
                default -> {
                    Mat ground = documents.get(random.nextInt(documents.size()));
                    Mat stretched = new Mat();
                    opencv_imgproc.resize(
                            ground.apply(window(ground, 0.3, 1, random)),
                            stretched,
                            new Size(width, height),
                            0,
                            0,
                            opencv_imgproc.INTER_LINEAR);
                    if (random.nextBoolean()) {
                        opencv_imgproc.GaussianBlur(stretched, stretched, new Size(0, 0), between(random, 3, 14));
                    }
                    recolour(stretched, random);
                    double weight = between(random, 0.4, 1);
                    opencv_core.addWeighted(stretched, weight, page, 1 - weight, 0, page);
                }
            }
            int pieces = 2 + random.nextInt(8);
            for (int i = 0; i < pieces; i++) {
                Mat document = documents.get(random.nextInt(documents.size()));
                Mat piece = new Mat();
                Mat cut = document.apply(window(document, 0.12, 0.55, random));
                double scale = between(random, 0.6, 1.4);
                int w = Math.clamp((int) (cut.cols() * scale), 8, width - 1);
                int h = Math.clamp((int) (cut.rows() * scale), 8, height - 1);
                opencv_imgproc.resize(cut, piece, new Size(w, h), 0, 0, opencv_imgproc.INTER_AREA);
                if (random.nextInt(2) == 0) {
                    recolour(piece, random);
                }
                Mat place = page.apply(new Rect(random.nextInt(width - w), random.nextInt(height - h), w, h));
                double weight = random.nextInt(3) == 0 ? between(random, 0.5, 1) : 1;
                opencv_core.addWeighted(piece, weight, place, 1 - weight, 0, place);
            }
            int lines = random.nextInt(9);
            for (int i = 0; i < lines; i++) {
                write(page, random);
            }
            if (random.nextInt(3) == 0) {
                opencv_imgproc.rectangle(
                        page,
                        new Point(3, 3),
                        new Point(width - 4, height - 4),
                        colour(random, 0, 255),
                        1 + random.nextInt(4),
                        8,
                        0);
            }
        }
        return page;
    }

    private static void shade(Mat page, SplittableRandom random) {
        Mat corners = new Mat(2, 2, CV_8UC3);
        byte[] values = new byte[12];
        for (int i = 0; i < values.length; i++) {
            values[i] = (byte) (60 + random.nextInt(196));
        }
        corners.data().put(values);
        opencv_imgproc.resize(corners, page, new Size(page.cols(), page.rows()), 0, 0, opencv_imgproc.INTER_LINEAR);
    }

    private static void write(Mat page, SplittableRandom random) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefghijklmnopqrstuvwxyz -/.<";
        StringBuilder text = new StringBuilder();
        int length = 3 + random.nextInt(22);
        for (int i = 0; i < length; i++) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        opencv_imgproc.putText(
                page,
                text.toString(),
                new Point(random.nextInt(page.cols() * 2 / 3), random.nextInt(page.rows())),
                random.nextInt(8),
                between(random, 0.25, 1.1),
                colour(random, 0, random.nextInt(4) == 0 ? 255 : 110),
                1 + random.nextInt(2),
                opencv_imgproc.LINE_AA,
                false);
    }
}
