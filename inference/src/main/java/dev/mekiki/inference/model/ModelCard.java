package dev.mekiki.inference.model;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The JSON file beside an ONNX embedder ({@code NAME.onnx} and {@code NAME.json}): how to feed the model, what comes
 * out, where it came from, and the thresholds it was calibrated to.
 *
 * <p>Immutable. Every component is checked when built; an impossible value throws {@link IllegalArgumentException} that
 * names the field, what was found and what was expected.
 *
 * @param name model id, for example {@code documents-lcnet050}
 * @param version grows with every published training run of this name
 * @param sha256 lower-case hexadecimal SHA-256 of the ONNX file; part of the embedding space's identity
 * @param input how an image becomes the input tensor {@code [N, 3, height, width]}
 * @param output the output tensor {@code [N, dimension]} of float32, rows of unit length
 * @param maxBatch largest N the model may be run with
 * @param calibration the decision thresholds measured on images unseen in training
 * @param provenance where the model came from
 */
public record ModelCard(
        String name,
        int version,
        String sha256,
        Input input,
        Output output,
        int maxBatch,
        Calibration calibration,
        Provenance provenance) {

    /** Order of the three colour planes in the input tensor. */
    public enum ChannelOrder {
        RGB,
        BGR
    }

    /** What the elements of the input tensor are. */
    public enum ElementType {
        /** Normalised values, 4 bytes each. */
        FLOAT32(Float.BYTES),
        /** The 8-bit values themselves, rounded after resizing; the graph normalises them, as mean and std say. */
        UINT8(Byte.BYTES);

        private final int bytes;

        ElementType(int bytes) {
            this.bytes = bytes;
        }

        /** Of one element. */
        public int bytes() {
            return bytes;
        }
    }

    /**
     * The input tensor. The image is stretched to {@code height × width} without keeping its aspect ratio; each 8-bit
     * value {@code v} of channel {@code c} becomes {@code (v / 255 − mean[c]) / std[c]}, before it enters the graph or
     * inside it.
     *
     * @param name name of the graph's input
     * @param type of the tensor; cards that do not say it mean {@code FLOAT32}
     * @param height rows, pixels
     * @param width columns, pixels
     * @param oversampling a JPEG is decoded at a reduced scale as long as its shorter side keeps so many times the longer
     *     side of the input, 1..8; cards that do not say it mean 2, at which resampling stays clean; 1 is faster and coarser
     * @param channelOrder order of the planes; {@code mean} and {@code std} are in the same order
     * @param mean three values in units of [0, 1]
     * @param std three positive values in units of [0, 1]
     */
    public record Input(
            String name,
            ElementType type,
            int height,
            int width,
            int oversampling,
            ChannelOrder channelOrder,
            List<Double> mean,
            List<Double> std) {

        /** Of cards that do not say it. */
        public static final int CLEAN_OVERSAMPLING = 2;

        public Input {
            requireText("input.name", name);
            requireRange("input.height", height, 8, 4096);
            requireRange("input.width", width, 8, 4096);
            requireRange("input.oversampling", oversampling, 1, 8);
            if (mean.size() != 3 || std.size() != 3) {
                throw new IllegalArgumentException("input.mean, input.std: " + mean.size() + ", " + std.size()
                        + " values (expected: 3, 3, one per channel)");
            }
            for (double s : std) {
                if (!(s > 0)) {
                    throw new IllegalArgumentException("input.std: " + std + " (expected: three positive numbers)");
                }
            }
            mean = List.copyOf(mean);
            std = List.copyOf(std);
        }

        /** Of {@code FLOAT32}, resampled cleanly. */
        public Input(
                String name, int height, int width, ChannelOrder channelOrder, List<Double> mean, List<Double> std) {
            this(name, ElementType.FLOAT32, height, width, CLEAN_OVERSAMPLING, channelOrder, mean, std);
        }

        /** Pixels that the shorter side of a JPEG keeps when it is decoded at a reduced scale. */
        public int leastDecodedSide() {
            return oversampling * Math.max(height, width);
        }
    }

    /**
     * The output tensor.
     *
     * @param name name of the graph's output
     * @param dimension length of an embedding
     */
    public record Output(String name, int dimension) {
        public Output {
            requireText("output.name", name);
            requireRange("output.dimension", dimension, 2, 32_768);
        }
    }

    /**
     * Thresholds on the cosine score, measured on documents unseen in training.
     *
     * @param falseAcceptRate the share of unknown images that the threshold lets through, in (0, 1)
     * @param threshold cosine in [-1, 1]; at or above it a match is accepted
     * @param subLabelMargin least lead of the best sub-label over the runner-up of the same main label, cosine in [0, 2]
     * @param impostors how many impostor scores the threshold was estimated from
     * @param method how it was estimated, for people
     */
    public record Calibration(
            double falseAcceptRate, double threshold, double subLabelMargin, long impostors, String method) {
        public Calibration {
            if (!(falseAcceptRate > 0 && falseAcceptRate < 1)) {
                throw new IllegalArgumentException(
                        "calibration.falseAcceptRate: " + falseAcceptRate + " (expected: between 0 and 1, exclusive)");
            }
            if (!(threshold >= -1 && threshold <= 1)) {
                throw new IllegalArgumentException("calibration.threshold: " + threshold + " (expected: -1..1)");
            }
            if (!(subLabelMargin >= 0 && subLabelMargin <= 2)) {
                throw new IllegalArgumentException(
                        "calibration.subLabelMargin: " + subLabelMargin + " (expected: 0..2)");
            }
        }
    }

    /**
     * Where the model came from.
     *
     * @param dataDigest SHA-256 over names and bytes of the training images, in order of name
     * @param seed seed of the run
     * @param codeVersion version of the code that trained it
     * @param jvm virtual machine that trained it
     * @param details everything else worth keeping: recipe, images seen, licence of the data
     */
    public record Provenance(
            String dataDigest, long seed, String codeVersion, String jvm, Map<String, String> details) {
        public Provenance {
            details = Map.copyOf(details);
        }
    }

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    public ModelCard {
        requireText("name", name);
        requireRange("version", version, 1, Integer.MAX_VALUE);
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(
                    "sha256: \"" + sha256 + "\" (expected: 64 lower-case hexadecimal digits)");
        }
        requireRange("maxBatch", maxBatch, 1, 65_536);
    }

    /**
     * Reads a card.
     *
     * @throws UncheckedIOException if the file cannot be read
     * @throws IllegalArgumentException if it is not a valid card; the message names the file and the field
     */
    public static ModelCard read(Path file) {
        try {
            return parse(Files.readAllBytes(file));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("model card " + file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("model card " + file + " cannot be read", e);
        }
    }

    /**
     * The card that a JSON text is.
     *
     * @param json in UTF-8
     * @throws IllegalArgumentException if it is not a valid card; the message names the field
     */
    public static ModelCard parse(byte[] json) {
        try {
            if (!(JSON.readTree(json) instanceof ObjectNode card)) {
                throw new IllegalArgumentException("no JSON object (expected: one)");
            }
            if (card.get("input") instanceof ObjectNode input) {
                if (!input.has("type")) {
                    input.put("type", ElementType.FLOAT32.name());
                }
                if (!input.has("oversampling")) {
                    input.put("oversampling", Input.CLEAN_OVERSAMPLING);
                }
            }
            return JSON.treeToValue(card, ModelCard.class);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("bytes in memory", e);
        }
    }

    /** Writes this card as indented JSON. */
    public void write(Path file) {
        try {
            Files.write(file, JSON.writeValueAsBytes(this));
        } catch (IOException e) {
            throw new UncheckedIOException("model card " + file + " cannot be written", e);
        }
    }

    private static void requireText(String field, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException(field + ": blank (expected: a name)");
        }
    }

    private static void requireRange(String field, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: " + min + ".." + max + ")");
        }
    }
}
