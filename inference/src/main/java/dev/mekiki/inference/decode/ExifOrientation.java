package dev.mekiki.inference.decode;

/** Finds the orientation in a block of EXIF, which is a TIFF file without pixels (EXIF 2.32, section 4.6.4). */
final class ExifOrientation {

    private static final int TAG = 0x0112;
    private static final int TYPE_SHORT = 3;
    private static final int ENTRY_BYTES = 12;

    private ExifOrientation() {}

    /**
     * Reads the first directory of the TIFF block that begins at {@code start}. Damaged EXIF does not make an image
     * unreadable: it counts as {@link Orientation#NORMAL}.
     */
    static Orientation read(Bytes file, int start, int end) {
        boolean little = file.startsWith(start, 'I', 'I', 42, 0);
        if (!little && !file.startsWith(start, 'M', 'M', 0, 42)) {
            return Orientation.NORMAL;
        }
        long offset = little ? file.u32le(start + 4) : file.u32(start + 4);
        if (offset < 8 || start + offset + 2 > end) {
            return Orientation.NORMAL;
        }
        int directory = start + (int) offset;
        int entries = u16(file, directory, little);
        for (int i = 0; i < entries; i++) {
            int entry = directory + 2 + i * ENTRY_BYTES;
            if (entry + ENTRY_BYTES > end) {
                return Orientation.NORMAL;
            }
            if (u16(file, entry, little) == TAG) {
                return u16(file, entry + 2, little) == TYPE_SHORT
                        ? Orientation.ofTag(u16(file, entry + 8, little))
                        : Orientation.NORMAL;
            }
        }
        return Orientation.NORMAL;
    }

    private static int u16(Bytes file, int at, boolean little) {
        return little ? file.u16le(at) : file.u16(at);
    }
}
