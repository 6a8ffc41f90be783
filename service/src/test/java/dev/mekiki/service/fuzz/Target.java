package dev.mekiki.service.fuzz;

import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.inference.decode.DecodedImage;
import dev.mekiki.inference.decode.ImageDecoder;
import dev.mekiki.inference.decode.ImageLimits;
import dev.mekiki.service.access.AccessList;
import dev.mekiki.service.grpc.FuzzedMessages;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * What reads bytes that come from outside. Whatever they are, each reads them or refuses them with words; anything else
 * that is thrown, a crash, a hang and memory that runs out are defects.
 */
public enum Target {
    /** A file that may be an image, within limits that a small machine can hold. */
    DECODE(bytes -> {
        try (DecodedImage image = Holder.DECODER.decode(bytes)) {
            if (image.bgr().empty() || (long) image.bgr().cols() * image.bgr().rows() > Holder.LIMITS.maxPixels()) {
                throw new AssertionError(
                        "an image of " + image.bgr().cols() + "×" + image.bgr().rows());
            }
        } catch (InvalidInput e) {
            requireWords(e);
        }
    }),

    /** A label path in its text form. */
    LABEL(bytes -> {
        String text = new String(bytes, StandardCharsets.UTF_8);
        try {
            LabelPath path = LabelPath.parse(text);
            if (!LabelPath.parse(path.toString()).equals(path)) {
                throw new AssertionError("\"" + path + "\" is read as another path");
            }
        } catch (InvalidInput e) {
            requireWords(e);
        }
    }),

    /** A message of an import. */
    IMPORT(FuzzedMessages::importMessage),

    /** A request of the Open Inference Protocol. */
    TENSORS(FuzzedMessages::tensors),

    /** A vector of a question. */
    VECTOR(FuzzedMessages::vector),

    /** The file that says who may do what. */
    ACCESS(bytes -> {
        try {
            AccessList.parse("access.yaml", new String(bytes, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            requireWords(e);
        }
    });

    /** Only where images are decoded, as it loads native libraries. */
    private static final class Holder {
        static final ImageLimits LIMITS = new ImageLimits(1 << 20, 4_000_000, 4_096);
        static final ImageDecoder DECODER = new ImageDecoder(LIMITS, 256);
    }

    private final Consumer<byte[]> reader;

    Target(Consumer<byte[]> reader) {
        this.reader = reader;
    }

    /** Reads something; throws only what is a defect. */
    void read(byte[] bytes) {
        reader.accept(bytes);
    }

    /** The folder of its inputs. */
    String folder() {
        return name().toLowerCase(Locale.ROOT);
    }

    private static void requireWords(RuntimeException e) {
        if (e.getMessage() == null || e.getMessage().isBlank()) {
            throw new AssertionError("a failure that says nothing", e);
        }
    }
}
