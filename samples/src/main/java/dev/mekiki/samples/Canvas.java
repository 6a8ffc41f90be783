package dev.mekiki.samples;

import static org.bytedeco.opencv.global.opencv_core.addWeighted;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_CUBIC;
import static org.bytedeco.opencv.global.opencv_imgproc.INTER_LINEAR;
import static org.bytedeco.opencv.global.opencv_imgproc.LINE_AA;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import java.nio.IntBuffer;
import java.util.function.Consumer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Scalar;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * A drawing surface over a Mat, in pixels with fractions. Its native scratch objects belong to the PointerScope in
 * which it was made; used by one thread.
 */
final class Canvas {
    private static final int SHIFT = 4;
    private static final int ONE = 1 << SHIFT;
    private static final int MAX_POINTS = 2048;

    private final Mat image;
    final int width;
    final int height;

    // Native helper objects are reused: a drawing has thousands of primitives, and each native allocation costs more
    // than the primitive itself.
    private final Point from = new Point();
    private final Point to = new Point();
    private final Point noOffset = new Point(0, 0);
    private final Size axes = new Size();
    private final Scalar paint = new Scalar();
    private final Point points = new Point(MAX_POINTS);
    private final IntBuffer coordinates =
            new IntPointer(points).capacity(2L * MAX_POINTS).asBuffer();
    private final int[] count = new int[1];
    private final int[] baseline = new int[1];

    Canvas(Mat image) {
        this.image = image;
        this.width = image.cols();
        this.height = image.rows();
    }

    Mat image() {
        return image;
    }

    private Scalar paint(Colour colour) {
        paint.put(0, colour.blue());
        paint.put(1, colour.green());
        paint.put(2, colour.red());
        return paint;
    }

    private static int fixed(double v) {
        return (int) Math.round(Math.clamp(v, -30_000, 30_000) * ONE);
    }

    private static Point at(Point point, double x, double y) {
        return point.x(fixed(x)).y(fixed(y));
    }

    /** Pen width in whole pixels, at least one. */
    private static int pen(double thickness) {
        return Math.max(1, (int) Math.round(thickness));
    }

    void fill(Colour colour) {
        rectangle(0, 0, width, height, colour);
    }

    void line(double x1, double y1, double x2, double y2, double thickness, Colour colour) {
        opencv_imgproc.line(image, at(from, x1, y1), at(to, x2, y2), paint(colour), pen(thickness), LINE_AA, SHIFT);
    }

    void rectangle(double x, double y, double w, double h, Colour colour) {
        opencv_imgproc.rectangle(
                image,
                from.x((int) Math.round(x)).y((int) Math.round(y)),
                to.x((int) Math.round(x + w) - 1).y((int) Math.round(y + h) - 1),
                paint(colour),
                opencv_imgproc.FILLED,
                opencv_imgproc.LINE_8,
                0);
    }

    void frame(double x, double y, double w, double h, double thickness, Colour colour) {
        opencv_imgproc.rectangle(
                image, at(from, x, y), at(to, x + w, y + h), paint(colour), pen(thickness), LINE_AA, SHIFT);
    }

    void disc(double x, double y, double radius, Colour colour) {
        opencv_imgproc.circle(
                image, at(from, x, y), fixed(radius), paint(colour), opencv_imgproc.FILLED, LINE_AA, SHIFT);
    }

    void ring(double x, double y, double radius, double thickness, Colour colour) {
        opencv_imgproc.circle(image, at(from, x, y), fixed(radius), paint(colour), pen(thickness), LINE_AA, SHIFT);
    }

    /** An ellipse, filled; its angle is in degrees, clockwise on the image. */
    void oval(double x, double y, double rx, double ry, double angle, Colour colour) {
        arc(x, y, rx, ry, angle, 0, 360, opencv_imgproc.FILLED, colour);
    }

    void arc(
            double x,
            double y,
            double rx,
            double ry,
            double angle,
            double start,
            double end,
            double thickness,
            Colour colour) {
        opencv_imgproc.ellipse(
                image,
                at(from, x, y),
                axes.width(fixed(Math.max(0.1, rx))).height(fixed(Math.max(0.1, ry))),
                angle,
                start,
                end,
                paint(colour),
                thickness < 0 ? opencv_imgproc.FILLED : pen(thickness),
                LINE_AA,
                SHIFT);
    }

    private int load(double[] xy) {
        int n = Math.min(xy.length / 2, MAX_POINTS);
        for (int i = 0; i < 2 * n; i++) {
            coordinates.put(i, fixed(xy[i]));
        }
        count[0] = n;
        return n;
    }

    /** Fills a polygon, given as x and y of each corner in turn; at most 2,048 corners. */
    void polygon(Colour colour, double... xy) {
        if (load(xy) >= 3) {
            opencv_imgproc.fillPoly(image, points, count, 1, paint(colour), LINE_AA, SHIFT, noOffset);
        }
    }

    void polyline(boolean closed, double thickness, Colour colour, double... xy) {
        if (load(xy) >= 2) {
            opencv_imgproc.polylines(image, points, count, 1, closed, paint(colour), pen(thickness), LINE_AA, SHIFT);
        }
    }

    void roundedRectangle(double x, double y, double w, double h, double radius, Colour colour) {
        double r = Math.min(radius, Math.min(w, h) / 2);
        polygon(colour, roundedOutline(x, y, w, h, r));
    }

    void roundedFrame(double x, double y, double w, double h, double radius, double thickness, Colour colour) {
        double r = Math.min(radius, Math.min(w, h) / 2);
        polyline(true, thickness, colour, roundedOutline(x, y, w, h, r));
    }

    static double[] roundedOutline(double x, double y, double w, double h, double r) {
        int steps = 7;
        double[] xy = new double[8 * steps];
        double[] cx = {x + w - r, x + r, x + r, x + w - r};
        double[] cy = {y + h - r, y + h - r, y + r, y + r};
        int k = 0;
        for (int corner = 0; corner < 4; corner++) {
            for (int i = 0; i < steps; i++) {
                double a = Math.PI / 2 * (corner + i / (double) (steps - 1));
                xy[k++] = cx[corner] + r * Math.cos(a);
                xy[k++] = cy[corner] + r * Math.sin(a);
            }
        }
        return xy;
    }

    /**
     * Writes a line of text in a stroke font.
     *
     * @param x left end of the baseline
     * @param y the baseline
     * @param size height of a capital in pixels
     */
    void text(String text, double x, double y, double size, Typeface face, Colour colour) {
        opencv_imgproc.putText(
                image,
                text,
                from.x((int) Math.round(x)).y((int) Math.round(y)),
                face.font(),
                face.scale(size),
                paint(colour),
                face.pen(size),
                LINE_AA,
                false);
    }

    /** Writes text shrunk, if need be, to fit into the width. */
    void textWithin(String text, double x, double y, double maxWidth, double size, Typeface face, Colour colour) {
        double natural = textWidth(text, size, face);
        text(text, x, y, natural > maxWidth ? size * maxWidth / natural : size, face, colour);
    }

    void textCentred(String text, double cx, double y, double maxWidth, double size, Typeface face, Colour colour) {
        double natural = textWidth(text, size, face);
        double fitted = natural > maxWidth ? size * maxWidth / natural : size;
        text(text, cx - Math.min(natural, maxWidth) / 2, y, fitted, face, colour);
    }

    double textWidth(String text, double size, Typeface face) {
        try (Size measured =
                opencv_imgproc.getTextSize(text, face.font(), face.scale(size), face.pen(size), baseline)) {
            return measured.width();
        }
    }

    /** Draws on a copy and lets it shine through with the given opacity, 0..1. */
    void translucent(double opacity, Consumer<Canvas> drawing) {
        try (Mat copy = image.clone()) {
            drawing.accept(new Canvas(copy));
            addWeighted(copy, opacity, image, 1 - opacity, 0, image);
        }
    }

    /** As {@link #translucent}, but touches (and copies) the given part only; the drawing's origin is its corner. */
    void translucentPart(double x, double y, double w, double h, double opacity, Consumer<Canvas> drawing) {
        int x0 = Math.clamp((long) Math.floor(x), 0, width - 1);
        int y0 = Math.clamp((long) Math.floor(y), 0, height - 1);
        int x1 = Math.clamp((long) Math.ceil(x + w), x0 + 1, width);
        int y1 = Math.clamp((long) Math.ceil(y + h), y0 + 1, height);
        try (Mat part = OpenCv.part(image, x0, y0, x1 - x0, y1 - y0)) {
            new Canvas(part).translucent(opacity, drawing);
        }
    }

    /** A smooth field of colours: a grid of {@code columns} x {@code rows} colours enlarged over the canvas. */
    void wash(int columns, int rows, Colour... grid) {
        try (Mat small = new Mat(rows, columns, opencv_core.CV_8UC3)) {
            byte[] pixels = new byte[3 * columns * rows];
            for (int i = 0; i < columns * rows; i++) {
                pixels[3 * i] = (byte) grid[i].blue();
                pixels[3 * i + 1] = (byte) grid[i].green();
                pixels[3 * i + 2] = (byte) grid[i].red();
            }
            small.data().put(pixels);
            enlarge(small);
        }
    }

    /** Enlarges so that the outer grid points lie on the outer pixels, not half a cell inside them. */
    private void enlarge(Mat small) {
        int columns = small.cols();
        int rows = small.rows();
        int fullWidth = columns > 1 ? (int) Math.ceil(width * columns / (columns - 1.0)) : width;
        int fullHeight = rows > 1 ? (int) Math.ceil(height * rows / (rows - 1.0)) : height;
        try (Mat big = new Mat();
                Size size = new Size(fullWidth, fullHeight);
                Rect inner = new Rect((fullWidth - width) / 2, (fullHeight - height) / 2, width, height)) {
            resize(small, big, size, 0, 0, columns * rows > 16 ? INTER_CUBIC : INTER_LINEAR);
            try (Mat centre = big.apply(inner)) {
                centre.copyTo(image);
            }
        }
    }
}
