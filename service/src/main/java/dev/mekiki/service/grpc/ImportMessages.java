package dev.mekiki.service.grpc;

import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import com.google.rpc.Status;
import dev.mekiki.core.bulk.Finding;
import dev.mekiki.core.bulk.Finding.Other;
import dev.mekiki.core.bulk.ImportOptions;
import dev.mekiki.core.bulk.ImportOptions.ConflictPolicy;
import dev.mekiki.core.bulk.ImportRow;
import dev.mekiki.core.bulk.RowResult;
import dev.mekiki.core.bulk.RowResult.Fate;
import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.failure.Failure;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.recognition.Query;
import dev.mekiki.v1.ImportFinding;
import dev.mekiki.v1.ImportRegistrationsResponse;
import dev.mekiki.v1.PackedEmbedding;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The messages of an import, read and written. */
final class ImportMessages {

    private static final RequestFields ROW = RequestFields.AS_THEY_ARE.with("label", "label");

    private ImportMessages() {}

    /** @throws InvalidInput with the domain's field names */
    static ImportOptions options(dev.mekiki.v1.ImportOptions options) {
        ConflictPolicy policy = switch (options.getConflictPolicy()) {
            case CONFLICT_POLICY_UNSPECIFIED, CONFLICT_POLICY_REJECT -> ConflictPolicy.REJECT;
            case CONFLICT_POLICY_ACCEPT -> ConflictPolicy.ACCEPT;
            case UNRECOGNIZED ->
                throw new InvalidInput(
                        "conflict_policy",
                        Integer.toString(options.getConflictPolicyValue()),
                        "CONFLICT_POLICY_REJECT or CONFLICT_POLICY_ACCEPT");
        };
        return new ImportOptions(
                options.getValidateOnly(),
                policy,
                options.hasConflictScore() ? OptionalDouble.of(options.getConflictScore()) : OptionalDouble.empty());
    }

    /** Reads rows; what is wrong with one is that one's. */
    static List<ImportRow> rows(List<dev.mekiki.v1.ImportRow> messages, EmbeddingSpace space) {
        List<ImportRow> rows = new ArrayList<>(messages.size());
        for (dev.mekiki.v1.ImportRow message : messages) {
            ImportRow row;
            try {
                row = row(message, space);
            } catch (Failure e) {
                row = new ImportRow.Unreadable(e);
            }
            rows.add(row);
        }
        return rows;
    }

    private static ImportRow.Readable row(dev.mekiki.v1.ImportRow message, EmbeddingSpace space) {
        Query source = switch (message.getSourceCase()) {
            case IMAGE -> Requests.image(message.getImage());
            case EMBEDDING -> new Query.OfEmbedding(embedding(message.getEmbedding(), space));
            case SOURCE_NOT_SET -> throw Requests.nothingToEmbed();
        };
        return new ImportRow.Readable(
                LabelPath.parse(message.getLabel()),
                source,
                message.getAttributesMap(),
                message.getRegistrationId().isEmpty()
                        ? Optional.empty()
                        : Optional.of(new RegistrationId(message.getRegistrationId())),
                message.getContentDigest().isEmpty()
                        ? Optional.empty()
                        : Optional.of(ContentDigest.ofSha256(
                                message.getContentDigest().toByteArray())),
                message.hasCreateTime()
                        ? Optional.of(Times.instant("create_time", message.getCreateTime()))
                        : Optional.empty());
    }

    private static Embedding embedding(PackedEmbedding packed, EmbeddingSpace space) {
        ByteString bytes = packed.getValues();
        if (bytes.size() % Float.BYTES != 0) {
            throw new InvalidInput("embedding.values", bytes.size() + " bytes", "4 bytes for each value");
        }
        Requests.requireSpace(packed.getSpaceDigest(), bytes.size() / Float.BYTES, space);
        float[] values = new float[bytes.size() / Float.BYTES];
        bytes.asReadOnlyByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN)
                .asFloatBuffer()
                .get(values);
        return Embedding.ofUnit(space, values);
    }

    /**
     * What became of rows, except for the next offset.
     *
     * @param offset position of the first row
     */
    static ImportRegistrationsResponse.Builder response(GalleryId gallery, long offset, List<RowResult> results) {
        ImportRegistrationsResponse.Builder response = ImportRegistrationsResponse.newBuilder();
        int registered = 0;
        int present = 0;
        for (int i = 0; i < results.size(); i++) {
            RowResult result = results.get(i);
            switch (result.fate()) {
                case REGISTERED -> registered++;
                case PRESENT -> present++;
                case REFUSED -> {}
            }
            if (result.finding().isPresent()) {
                response.addFindings(finding(
                        gallery, offset + i, result.fate(), result.finding().get()));
            }
        }
        return response.setRegisteredCount(registered).setPresentCount(present);
    }

    private static ImportFinding finding(GalleryId gallery, long offset, Fate fate, Finding finding) {
        ImportFinding.Builder message =
                ImportFinding.newBuilder().setOffset(offset).setRegistered(fate == Fate.REGISTERED);
        switch (finding) {
            case Finding.Rejected(var why) ->
                message.setKind(ImportFinding.Kind.KIND_REJECTED).setError(FailureStatus.of(why, ROW));
            case Finding.Duplicate(var other) -> {
                message.setKind(ImportFinding.Kind.KIND_DUPLICATE)
                        .setError(words(fate, "the same content is under \"" + other.label() + "\""));
                name(gallery, other, message);
            }
            case Finding.ConflictingContent(var other) -> {
                message.setKind(ImportFinding.Kind.KIND_CONFLICTING_CONTENT)
                        .setError(words(fate, "the same content is under \"" + other.label() + "\""));
                name(gallery, other, message);
            }
            case Finding.ConflictingEmbedding(var other, var score) -> {
                message.setKind(ImportFinding.Kind.KIND_CONFLICTING_EMBEDDING)
                        .setError(words(
                                fate,
                                "a nearly identical vector, of cosine %.4f, is under \"%s\""
                                        .formatted(score.cosine(), other.label())))
                        .setScore(score.cosine());
                name(gallery, other, message);
            }
        }
        return message.build();
    }

    private static void name(GalleryId gallery, Other other, ImportFinding.Builder message) {
        message.setOtherLabel(other.label().toString());
        switch (other) {
            case Other.Stored stored -> message.setOtherRegistration(Registration.resource(gallery, stored.id()));
            case Other.Row row -> message.setOtherOffset(row.offset());
        }
    }

    private static Status words(Fate fate, String message) {
        return Status.newBuilder()
                .setCode((fate == Fate.REGISTERED ? Code.OK : Code.ALREADY_EXISTS).getNumber())
                .setMessage(message)
                .build();
    }
}
