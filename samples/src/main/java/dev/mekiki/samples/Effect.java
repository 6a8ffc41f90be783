package dev.mekiki.samples;

/**
 * What can happen between a document and a photograph of it. Each has a dose in its own unit and a largest dose; the
 * smallest is 0 (for {@link #DOWNSCALING} and {@link #JPEG} 1).
 */
public enum Effect {
    /** Stains and dirt on the document. Dose: their opacity. */
    SOILING(0, 1),
    /** Folds and wear lines on the document. Dose: brightness change along the fold as a share of white. */
    CREASE(0, 1),
    /** The camera is not above the document. Dose: tilt of the document's plane in degrees, in any direction. */
    PERSPECTIVE(0, 50),
    /** The document is turned in the image. Dose: degrees, to either side. */
    ROTATION(0, 180),
    /**
     * The image was cut to the document, and lost some of it. Dose: share of the document's width and height lost on
     * each side at most. Without this effect the document lies on a background, inside the frame.
     */
    TIGHT_CROP(0, 0.2),
    /** Light falls off across the image. Dose: share of light lost at the darkest corner. */
    UNEVEN_LIGHT(0, 0.95),
    /** The shadow of a hand, a phone or an edge. Dose: share of light lost in it. */
    SHADOW_EDGE(0, 0.95),
    /** A reflection on a glossy surface. Dose: light added at its brightest, as a share of white. */
    GLARE(0, 1),
    /** Too bright or too dark. Dose: stops, to either side; highlights clip. */
    EXPOSURE(0, 3),
    /** White balance is off. Dose: largest change of a channel's gain. */
    COLOUR_CAST(0, 0.6),
    /** Out of focus. Dose: diameter of the blur as a share of the frame's longest side. */
    DEFOCUS(0, 0.05),
    /** The hand moved. Dose: length of the path as a share of the frame's longest side. */
    MOTION_BLUR(0, 0.08),
    /** Fewer pixels were kept than the frame shows. Dose: factor by which both sides were shrunk in between. */
    DOWNSCALING(1, 16),
    /** Noise of the sensor. Dose: standard deviation in grey levels at mid-grey, less in shadows. */
    SENSOR_NOISE(0, 64),
    /** Compression; applied by {@link Photograph#toJpeg()}. Dose: quality as libjpeg counts it. */
    JPEG(1, 100);

    private final double least;
    private final double most;

    Effect(double least, double most) {
        this.least = least;
        this.most = most;
    }

    /** The smallest dose. */
    public double least() {
        return least;
    }

    /** The largest dose. */
    public double most() {
        return most;
    }
}
