package dev.mekiki.service.grpc;

import com.google.protobuf.ByteOutput;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.mekiki.core.decision.Calibration;
import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.Embedders;
import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.failure.SpaceMismatch;
import dev.mekiki.core.gallery.LabelStore;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.EncodedImage;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import dev.mekiki.core.recognition.Query;
import dev.mekiki.core.recognition.RecognitionRequest;
import dev.mekiki.core.recognition.RegistrationRequest;
import dev.mekiki.v1.CreateRegistrationRequest;
import dev.mekiki.v1.RecognizeRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Requests read into the domain's words. Every method throws {@link InvalidInput} with the domain's field names;
 * {@link RequestFields} says what they are called on the wire.
 */
final class Requests {

    private static final int LONGEST_NAME = 256;
    private static final int USUAL_PAGE = 100;
    private static final int USUAL_MATCHES = 5;
    private static final int USUAL_STEP = 1000;
    private static final int MOST_MODEL_NAME = 200;

    /** So that a scope cannot cost more than the search itself. */
    private static final int MOST_SCOPES = 1000;

    private Requests() {}

    static RecognitionRequest recognition(RecognizeRequest request, Embedders embedders) {
        int maxMatches = request.hasMaxMatches() ? request.getMaxMatches() : USUAL_MATCHES;
        Query query = switch (request.getQueryCase()) {
            case IMAGE -> image(request.getImage());
            case EMBEDDING -> new Query.OfEmbedding(embedding(request.getEmbedding(), embedders));
            case QUERY_NOT_SET -> throw nothingToEmbed();
        };
        return new RecognitionRequest(
                ResourceNames.gallery(request.getGallery()),
                query,
                scope(request.getLabelScopeList()),
                maxMatches,
                request.hasMaxMatchesPerLabel() ? request.getMaxMatchesPerLabel() : Math.max(1, maxMatches));
    }

    static RegistrationRequest registration(CreateRegistrationRequest request, Embedders embedders) {
        Query query = switch (request.getSourceCase()) {
            case IMAGE -> image(request.getImage());
            case EMBEDDING -> new Query.OfEmbedding(embedding(request.getEmbedding(), embedders));
            case SOURCE_NOT_SET -> throw nothingToEmbed();
        };
        return new RegistrationRequest(
                ResourceNames.gallery(request.getParent()),
                request.getRegistrationId().isEmpty()
                        ? Optional.empty()
                        : Optional.of(new RegistrationId(request.getRegistrationId())),
                LabelPath.parse(request.getRegistration().getLabel()),
                query,
                request.getRegistration().getAttributesMap());
    }

    static Query.OfImage image(ByteString file) {
        return new Query.OfImage(new EncodedImage(bytes(file)));
    }

    static LabelScope scope(List<String> labels) {
        if (labels.size() > MOST_SCOPES) {
            throw new InvalidInput("label_scope", labels.size() + " labels", "at most " + MOST_SCOPES);
        }
        return new LabelScope(labels.stream().map(LabelPath::parse).collect(Collectors.toSet()));
    }

    static PageRequest page(int size, String token) {
        return new PageRequest(size == 0 ? USUAL_PAGE : size, token.isEmpty() ? Optional.empty() : Optional.of(token));
    }

    /** Where a label is moved to. */
    static LabelPath newLabel(String label) {
        try {
            return LabelPath.parse(label);
        } catch (InvalidInput e) {
            throw new InvalidInput("new_label", e);
        }
    }

    /** Registrations that one step of a change may touch. */
    static int step(int most) {
        if (most < 0 || most > LabelStore.MAX_STEP) {
            throw new InvalidInput("max_registrations", Integer.toString(most), "0.." + LabelStore.MAX_STEP);
        }
        return most == 0 ? USUAL_STEP : most;
    }

    /** @param now for a calibration that does not say when it was */
    static DecisionPolicy policy(dev.mekiki.v1.DecisionPolicy policy, Instant now) {
        return new DecisionPolicy(
                policy.getFalseAcceptRate(),
                policy.getThreshold(),
                policy.getLabelThresholdsMap(),
                policy.getSubLabelMargin(),
                policy.hasCalibration() ? Optional.of(calibration(policy.getCalibration(), now)) : Optional.empty());
    }

    private static Calibration calibration(dev.mekiki.v1.Calibration calibration, Instant now) {
        boolean known = calibration.hasFalseAcceptRateInterval();
        return new Calibration(
                calibration.getMethod(),
                calibration.getData(),
                calibration.hasCalibrateTime()
                        ? Times.instant("decision_policy.calibration.calibrate_time", calibration.getCalibrateTime())
                        : now,
                calibration.getImpostorCount(),
                known ? calibration.getFalseAcceptRateInterval().getLow() : 0,
                known ? calibration.getFalseAcceptRateInterval().getHigh() : 1);
    }

    /** At most 256 characters. */
    static String displayName(String name) {
        if (name.length() > LONGEST_NAME) {
            throw new InvalidInput("display_name", name.length() + " characters", "at most " + LONGEST_NAME);
        }
        return name;
    }

    /**
     * The space of the model that a caller names.
     *
     * @param model a digest or a model's id; empty for the main model
     */
    static EmbeddingSpace space(String model, Embedders embedders) {
        if (model.isEmpty()) {
            return embedders.main().space();
        }
        return embedders
                .named(model)
                .orElseThrow(() -> new InvalidInput(
                        "model",
                        model.length() > MOST_MODEL_NAME ? model.length() + " characters" : "\"" + model + "\"",
                        "a model that is served, by id or digest: "
                                + embedders.spaces().stream()
                                        .map(EmbeddingSpace::modelId)
                                        .collect(Collectors.joining(", "))));
    }

    private static Embedding embedding(dev.mekiki.v1.Embedding embedding, Embedders embedders) {
        int count = embedding.getValuesCount();
        EmbeddingSpace space = embedders
                .withDigest(embedding.getSpaceDigest())
                .orElse(embedders.main().space());
        requireSpace(embedding.getSpaceDigest(), count, space);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = embedding.getValues(i);
        }
        return Embedding.ofUnit(space, values);
    }

    /**
     * Refuses vectors of another space.
     *
     * @param digest of the vector's space
     * @param count of its values
     * @throws SpaceMismatch if it is of another space than {@code space}
     */
    static void requireSpace(String digest, int count, EmbeddingSpace space) {
        if (digest.isBlank()) {
            throw new InvalidInput("embedding.space_digest", "empty", "the digest of the vector's embedding space");
        }
        if (!digest.equals(space.digest())) {
            if (count < 2 || count > 32_768) {
                throw new InvalidInput("embedding.values", count + " values", "2..32768");
            }
            throw new SpaceMismatch(new EmbeddingSpace("unknown", count, digest), space);
        }
    }

    static InvalidInput nothingToEmbed() {
        return new InvalidInput("image", "missing", "an image or an embedding");
    }

    /**
     * The bytes without a copy where that is possible. A request message is not read by anybody else, and an
     * {@link EncodedImage} is read only.
     */
    static byte[] bytes(ByteString file) {
        Whole whole = new Whole(file.size());
        try {
            UnsafeByteOperations.unsafeWriteTo(file, whole);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return whole.array;
    }

    /** Takes over an array that holds everything, and copies parts. */
    private static final class Whole extends ByteOutput {

        private final int size;
        private byte[] array = {};
        private int filled;

        Whole(int size) {
            this.size = size;
        }

        @Override
        public void write(byte value) {
            room()[filled++] = value;
        }

        @Override
        public void write(byte[] value, int offset, int length) {
            System.arraycopy(value, offset, room(), filled, length);
            filled += length;
        }

        @Override
        public void writeLazy(byte[] value, int offset, int length) {
            if (offset == 0 && length == size && value.length == size) {
                array = value;
                filled = size;
            } else {
                write(value, offset, length);
            }
        }

        @Override
        public void write(ByteBuffer value) {
            int length = value.remaining();
            value.get(room(), filled, length);
            filled += length;
        }

        @Override
        public void writeLazy(ByteBuffer value) {
            write(value);
        }

        private byte[] room() {
            if (array.length != size) {
                array = new byte[size];
            }
            return array;
        }
    }
}
