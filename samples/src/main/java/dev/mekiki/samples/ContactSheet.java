package dev.mekiki.samples;

import static org.bytedeco.opencv.global.opencv_imgproc.INTER_AREA;
import static org.bytedeco.opencv.global.opencv_imgproc.resize;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_imgcodecs;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Rect;
import org.bytedeco.opencv.opencv_core.Size;

/**
 * Lays out pictures with captions in coloured frames on one sheet. Thumbnails are made when pictures are added, so the
 * originals may be closed at once. Used by one thread; closing it frees the thumbnails.
 */
public final class ContactSheet implements AutoCloseable {

    /** What the frame's colour says about a picture. */
    public enum Mark {
        /** Main and sub-label were right: green. */
        RIGHT(new Colour(40, 160, 70)),
        /** The main label was right, the sub-label was not: amber. */
        PARTLY(new Colour(235, 165, 20)),
        /** A wrong label: red. */
        WRONG(new Colour(215, 40, 40)),
        /** Said to be unknown: grey. */
        UNKNOWN(new Colour(130, 130, 135)),
        /** No judgement, e.g. a registered original: blue. */
        REFERENCE(new Colour(50, 100, 190));

        private final Colour colour;

        Mark(Colour colour) {
            this.colour = colour;
        }
    }

    /** Thumbnails, captions and gaps in pixels. */
    private static final int FRAME = 5;

    private static final int GAP = 6;
    private static final int CAPTION_STEP = 15;
    private static final double CAPTION_SIZE = 8;
    private static final int HEADING = 34;
    private static final int MAX_CAPTION_LINES = 4;

    private record Cell(Mat thumbnail, Mark mark, List<String> caption) {}

    private final String heading;
    private final int columns;
    private final int cellSide;
    private final List<Cell> cells = new ArrayList<>();

    /**
     * @param heading printed on top, e.g. the figures of the run; ASCII
     * @param columns 1..40
     * @param cellSide side of the square that a thumbnail fits into, 48..640 pixels
     */
    public ContactSheet(String heading, int columns, int cellSide) {
        if (columns < 1 || columns > 40) {
            throw new IllegalArgumentException("columns: " + columns + " (expected: 1..40)");
        }
        if (cellSide < 48 || cellSide > 640) {
            throw new IllegalArgumentException("cellSide: " + cellSide + " (expected: 48..640)");
        }
        OpenCv.load();
        this.heading = heading;
        this.columns = columns;
        this.cellSide = cellSide;
    }

    /**
     * Adds a picture.
     *
     * @param image 8-bit, three channels, blue first; stays the caller's
     * @param caption up to four lines; each is shrunk to the width of the cell
     */
    public ContactSheet add(Mat image, Mark mark, String... caption) {
        OpenCv.checkImage("image", image);
        if (caption.length > MAX_CAPTION_LINES) {
            throw new IllegalArgumentException(
                    "caption: " + caption.length + " lines (expected: at most " + MAX_CAPTION_LINES + ")");
        }
        double scale = cellSide / (double) Math.max(image.cols(), image.rows());
        Mat thumbnail = new Mat();
        // Kept beyond any PointerScope that the caller has open; close() frees it.
        thumbnail.retainReference();
        try (Size size = new Size(Math.max(1, (int) Math.round(image.cols() * scale)), Math.max(1, (int)
                Math.round(image.rows() * scale)))) {
            resize(image, thumbnail, size, 0, 0, INTER_AREA);
        }
        cells.add(new Cell(thumbnail, mark, List.of(caption)));
        return this;
    }

    /** Number of pictures so far. */
    public int size() {
        return cells.size();
    }

    private int captionLines() {
        return cells.stream().mapToInt(cell -> cell.caption().size()).max().orElse(0);
    }

    private int cellWidth() {
        return cellSide + 2 * (FRAME + GAP);
    }

    private int cellHeight() {
        return cellSide + 2 * (FRAME + GAP) + captionLines() * CAPTION_STEP;
    }

    /** Width of the sheet in pixels. */
    public int width() {
        return columns * cellWidth();
    }

    /** Height of the sheet in pixels, with the pictures added so far. */
    public int height() {
        int rows = Math.max(1, (cells.size() + columns - 1) / columns);
        return HEADING + rows * cellHeight();
    }

    /** Draws the sheet; the caller closes it. */
    public Mat draw() {
        Mat sheet = OpenCv.image(width(), height(), new Colour(247, 247, 245));
        try (PointerScope scope = new PointerScope()) {
            Canvas c = new Canvas(sheet);
            c.textWithin(heading, GAP * 2, 22, width() - 4.0 * GAP, 12, Typeface.PLAIN, Colour.BLACK);
            for (int i = 0; i < cells.size(); i++) {
                int x = i % columns * cellWidth() + GAP;
                int y = HEADING + i / columns * cellHeight() + GAP;
                draw(c, cells.get(i), x, y);
            }
            return sheet;
        } catch (Throwable e) {
            sheet.close();
            throw e;
        }
    }

    private void draw(Canvas c, Cell cell, int x, int y) {
        int box = cellSide + 2 * FRAME;
        c.rectangle(x, y, box, box, cell.mark().colour);
        c.rectangle(x + FRAME, y + FRAME, cellSide, cellSide, new Colour(228, 228, 226));
        Mat thumbnail = cell.thumbnail();
        Rect place = new Rect(
                x + FRAME + (cellSide - thumbnail.cols()) / 2,
                y + FRAME + (cellSide - thumbnail.rows()) / 2,
                thumbnail.cols(),
                thumbnail.rows());
        thumbnail.copyTo(c.image().apply(place));
        for (int line = 0; line < cell.caption().size(); line++) {
            String text = cell.caption().get(line);
            if (!text.isEmpty()) {
                c.textWithin(
                        text,
                        x,
                        y + box + (line + 1) * CAPTION_STEP - 3.0,
                        box,
                        CAPTION_SIZE,
                        Typeface.PLAIN,
                        line == 0 ? cell.mark().colour.darker(0.25) : Colour.BLACK);
            }
        }
    }

    /** Draws the sheet and encodes it as PNG. */
    public byte[] toPng() {
        try (Mat sheet = draw();
                BytePointer out = new BytePointer()) {
            if (!opencv_imgcodecs.imencode(".png", sheet, out)) {
                throw new IllegalStateException(
                        "PNG encoding failed for a sheet of " + sheet.cols() + "x" + sheet.rows() + " pixels");
            }
            byte[] bytes = new byte[Math.toIntExact(out.limit())];
            out.get(bytes);
            return bytes;
        }
    }

    /** Writes the sheet as PNG, replacing a file of that name. */
    public void writePng(Path file) throws IOException {
        Files.write(file, toPng());
    }

    @Override
    public void close() {
        cells.forEach(cell -> cell.thumbnail().close());
        cells.clear();
    }
}
