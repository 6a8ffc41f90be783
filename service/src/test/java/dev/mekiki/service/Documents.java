package dev.mekiki.service;

import com.google.protobuf.ByteString;
import dev.mekiki.samples.PhotoConditions;
import dev.mekiki.samples.Photograph;
import dev.mekiki.samples.Photographer;
import dev.mekiki.samples.SampleCatalogue;
import dev.mekiki.samples.SampleDocument;
import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.ImageIO;
import org.bytedeco.opencv.opencv_core.Mat;

/** Images to send, good and bad. */
final class Documents {

    private Documents() {}

    /** A scan of a sample document, as JPEG. */
    static ByteString scan(SampleDocument document, int longestSide) {
        try (Mat image = SampleCatalogue.draw(document, longestSide)) {
            return ByteString.copyFrom(Photographer.encodeJpeg(image, 92));
        }
    }

    /** A photograph of a sample document that is not hard to recognise, as JPEG. */
    static ByteString photograph(SampleDocument document, long seed) {
        try (Mat image = SampleCatalogue.draw(document, 700);
                Photograph photograph = Photographer.photograph(image, PhotoConditions.PLAIN, 900, seed)) {
            return ByteString.copyFrom(photograph.toJpeg());
        }
    }

    /** A JPEG of 24 megapixels, which takes some time to decode. */
    static ByteString large() {
        return stripes(6000, 4000, 97, "jpeg");
    }

    /** A PNG of 12 megapixels, which takes longer than a JPEG, and few bytes. */
    static ByteString slow() {
        return stripes(4000, 3000, 0, "png");
    }

    private static ByteString stripes(int width, int height, int slant, String format) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setPaint(new GradientPaint(0, 0, Color.ORANGE, slant, 61, Color.BLUE, true));
        graphics.fillRect(0, 0, width, height);
        graphics.dispose();
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ByteString.copyFrom(file.toByteArray());
    }

    /** A PNG that says it is of 30,000 by 30,000 pixels, in a few hundred bytes. */
    static ByteString bomb() {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
        chunk(
                png,
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(30_000)
                        .putInt(30_000)
                        .put(new byte[] {8, 2, 0, 0, 0})
                        .array());
        Deflater deflater = new Deflater(9);
        deflater.setInput(new byte[1 << 20]);
        deflater.finish();
        byte[] deflated = new byte[8192];
        int length = deflater.deflate(deflated);
        deflater.end();
        chunk(png, "IDAT", Arrays.copyOf(deflated, length));
        chunk(png, "IEND", new byte[0]);
        return ByteString.copyFrom(png.toByteArray());
    }

    private static void chunk(ByteArrayOutputStream png, String type, byte[] data) {
        CRC32 crc = new CRC32();
        crc.update(type.getBytes(StandardCharsets.US_ASCII));
        crc.update(data);
        png.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        png.writeBytes(type.getBytes(StandardCharsets.US_ASCII));
        png.writeBytes(data);
        png.writeBytes(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array());
    }
}
