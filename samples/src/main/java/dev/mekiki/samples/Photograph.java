package dev.mekiki.samples;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * A simulated photograph. Closing it frees the image.
 *
 * @param image 8-bit, three channels, blue first, before compression
 * @param doses the effects that were applied, each with its dose; {@link Effect#JPEG} is among them although only
 *     {@link #toJpeg()} applies it
 * @param coverage area of the document's outline as a share of the frame, above 0; what lies outside of the frame
 *     counts as well, so it may exceed 1 after a {@link Effect#TIGHT_CROP}
 */
public record Photograph(Mat image, Map<Effect, Double> doses, double coverage) implements AutoCloseable {
    private static final double FINE_QUALITY = 95;

    public Photograph {
        OpenCv.checkImage("image", image);
        EnumMap<Effect, Double> ordered = new EnumMap<>(Effect.class);
        ordered.putAll(doses);
        doses = Collections.unmodifiableMap(ordered);
    }

    /** The effects that were applied. */
    public Set<Effect> effects() {
        return doses.keySet();
    }

    /** The photograph as the phone would send it: JPEG, in the drawn quality, or 95 without {@link Effect#JPEG}. */
    public byte[] toJpeg() {
        return Photographer.encodeJpeg(image, (int) Math.round(doses.getOrDefault(Effect.JPEG, FINE_QUALITY)));
    }

    @Override
    public void close() {
        image.close();
    }
}
