package dev.mekiki.inference.decode;

import static dev.mekiki.inference.decode.ImageFormat.JPEG;
import static dev.mekiki.inference.decode.ImageHeader.corrupt;

import org.jspecify.annotations.Nullable;

/** Walks a JPEG's markers from start to end (ITU-T T.81, annex B), skipping over the compressed data. */
final class JpegStructure {

    private static final int TEM = 0x01;
    private static final int SOF0_BASELINE = 0xC0;
    private static final int SOF2_PROGRESSIVE = 0xC2;
    private static final int DHT = 0xC4;
    private static final int JPG = 0xC8;
    private static final int DAC = 0xCC;
    private static final int SOF15 = 0xCF;
    private static final int RST0 = 0xD0;
    private static final int RST7 = 0xD7;
    private static final int SOI = 0xD8;
    private static final int EOI = 0xD9;
    private static final int SOS = 0xDA;
    private static final int DQT = 0xDB;
    private static final int DNL = 0xDC;
    private static final int DRI = 0xDD;
    private static final int APP0 = 0xE0;
    private static final int APP1 = 0xE1;
    private static final int APP15 = 0xEF;
    private static final int COM = 0xFE;

    private static final String WHOLE = "a whole JPEG file, as it was written";

    private final Bytes file;
    private @Nullable Frame frame;
    private @Nullable Orientation orientation;
    private int restartInterval;
    private int scans;

    private JpegStructure(Bytes file) {
        this.file = file;
    }

    static ImageHeader read(Bytes file) {
        return new JpegStructure(file).walk();
    }

    private ImageHeader walk() {
        int at = 2;
        while (true) {
            if (file.u8(at) != 0xFF) {
                throw at >= file.length() ? cutOff() : strayByte(at);
            }
            int marker = file.u8(at + 1);
            while (marker == 0xFF) {
                marker = file.u8(++at + 1);
            }
            at += 2;
            if (marker < 0) {
                throw cutOff();
            }
            if (marker == EOI) {
                return header();
            }
            if (marker == TEM) {
                continue;
            }
            if (marker < SOF0_BASELINE
                    || (marker >= RST0 && marker <= SOI)
                    || (marker > DRI && marker < APP0)
                    || (marker > APP15 && marker != COM)) {
                throw corrupt(JPEG, "marker FF %02X at byte %d".formatted(marker, at - 2), WHOLE);
            }
            int length = file.u16(at);
            if (length < 0 || at + length > file.length()) {
                throw cutOff();
            }
            if (length < 2) {
                throw corrupt(JPEG, "segment of length " + length + " at byte " + at, WHOLE);
            }
            int end = at + length;
            segment(marker, at + 2, end);
            at = marker == SOS ? skipScan(at + 2, end) : end;
        }
    }

    private void segment(int marker, int at, int end) {
        switch (marker) {
            case APP1 -> {
                if (orientation == null && file.startsWith(at, 'E', 'x', 'i', 'f', 0, 0)) {
                    orientation = ExifOrientation.read(file, at + 6, end);
                }
            }
            case DRI -> restartInterval = file.u16(at);
            case DHT, DQT, DNL, DAC, SOS, COM, JPG -> {}
            default -> {
                if (marker <= SOF15) {
                    startFrame(marker, at, end);
                }
            }
        }
    }

    private void startFrame(int marker, int at, int end) {
        if (marker > SOF2_PROGRESSIVE) {
            throw corrupt(
                    JPEG, "coding process SOF" + (marker - SOF0_BASELINE), "baseline, extended or progressive Huffman");
        }
        if (frame != null) {
            throw corrupt(JPEG, "a second frame", "one frame");
        }
        int bits = file.u8(at);
        int height = file.u16(at + 1);
        int width = file.u16(at + 3);
        int components = file.u8(at + 5);
        if (bits != 8) {
            throw corrupt(JPEG, bits + " bits per sample", "8");
        }
        if (width == 0 || height == 0) {
            throw corrupt(JPEG, width + "x" + height + " pixels", "at least 1x1");
        }
        if ((components != 1 && components != 3 && components != 4) || at + 6 + 3 * components > end) {
            throw corrupt(JPEG, components + " colour components", "1, 3 or 4");
        }
        int[] ids = new int[components];
        int[] sampling = new int[components];
        for (int c = 0; c < components; c++) {
            ids[c] = file.u8(at + 6 + 3 * c);
            sampling[c] = file.u8(at + 7 + 3 * c);
            int h = sampling[c] >> 4;
            int v = sampling[c] & 15;
            if (h < 1 || h > 4 || v < 1 || v > 4) {
                throw corrupt(JPEG, "sampling factors " + h + "x" + v, "1..4 each");
            }
        }
        frame = new Frame(width, height, ids, sampling);
    }

    /** Skips the compressed data of one scan; returns the index of the marker that ends it. */
    private int skipScan(int scanHeader, int dataStart) {
        if (frame == null) {
            throw corrupt(JPEG, "a scan before its frame header", WHOLE);
        }
        scans++;
        long restarts = 0;
        int at = dataStart;
        while (true) {
            at = file.nextFF(at);
            int marker = file.u8(at + 1);
            if (marker < 0) {
                throw cutOff();
            }
            if (marker == 0) {
                at += 2;
            } else if (marker == 0xFF) {
                at++;
            } else if (marker >= RST0 && marker <= RST7) {
                if (restartInterval == 0 || marker - RST0 != restarts % 8) {
                    throw corrupt(
                            JPEG,
                            "restart marker " + (marker - RST0) + " at byte " + at,
                            restartInterval == 0 ? "none" : "marker " + restarts % 8);
                }
                restarts++;
                at += 2;
            } else {
                break;
            }
        }
        if (restartInterval > 0) {
            long expected = (frame.codedUnits(file, scanHeader) - 1) / restartInterval;
            if (restarts < expected) {
                throw corrupt(JPEG, restarts + " restart markers in scan " + scans, "at least " + expected);
            }
        }
        return at;
    }

    private ImageHeader header() {
        if (frame == null || scans == 0) {
            throw corrupt(JPEG, "no compressed data before the end-of-image marker", WHOLE);
        }
        return new ImageHeader(
                JPEG, frame.width, frame.height, orientation == null ? Orientation.NORMAL : orientation, false);
    }

    private RuntimeException cutOff() {
        String size = frame == null ? "" : ", " + frame.width + "x" + frame.height + " pixels";
        return corrupt(
                JPEG,
                "cut off, " + file.length() + " bytes" + size + " without an end-of-image marker",
                "a whole JPEG file, ending in FF D9");
    }

    private RuntimeException strayByte(int at) {
        return corrupt(JPEG, "byte %02X at %d".formatted(file.u8(at), at), "a marker, FF xx");
    }

    /** The frame header: size, and per component its id and sampling factors (horizontal in the upper four bits). */
    private static final class Frame {
        private final int width;
        private final int height;
        private final int[] ids;
        private final int[] sampling;

        Frame(int width, int height, int[] ids, int[] sampling) {
            this.width = width;
            this.height = height;
            this.ids = ids;
            this.sampling = sampling;
        }

        /** Minimum coded units in a scan: groups of blocks if it interleaves components, else single blocks. */
        long codedUnits(Bytes file, int scanHeader) {
            int hMax = 1;
            int vMax = 1;
            for (int s : sampling) {
                hMax = Math.max(hMax, s >> 4);
                vMax = Math.max(vMax, s & 15);
            }
            if (file.u8(scanHeader) != 1) {
                return (long) Math.ceilDiv(width, 8 * hMax) * Math.ceilDiv(height, 8 * vMax);
            }
            int id = file.u8(scanHeader + 1);
            for (int c = 0; c < ids.length; c++) {
                if (ids[c] == id) {
                    int columns = Math.ceilDiv(width * (sampling[c] >> 4), hMax);
                    int rows = Math.ceilDiv(height * (sampling[c] & 15), vMax);
                    return (long) Math.ceilDiv(columns, 8) * Math.ceilDiv(rows, 8);
                }
            }
            throw corrupt(JPEG, "a scan of an unknown component " + id, WHOLE);
        }
    }
}
