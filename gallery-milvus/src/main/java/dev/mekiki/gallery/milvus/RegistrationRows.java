package dev.mekiki.gallery.milvus;

import com.google.gson.Gson;
import com.google.gson.JsonSyntaxException;
import com.google.gson.reflect.TypeToken;
import com.google.protobuf.ByteString;
import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.gallery.RegistrationKey;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import io.milvus.grpc.FieldData;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Registrations as rows of Milvus: which fields there are, how they are written and read. */
final class RegistrationRows {

    static final String ID = "id";
    static final String VECTOR = "vector";
    static final String MAIN = "main";

    /** Empty for a main label alone; sub-labels are never empty. */
    static final String SUB = "sub";

    static final String CONTENT = "content";
    static final String ATTRIBUTES = "attributes";
    static final String CREATE_TIME = "create_time";

    static final int ID_BYTES = 64;
    static final int CONTENT_BYTES = 64;

    /** Of one part of a label: at most 128 characters, each of at most 4 bytes in UTF-8. */
    static final int LABEL_BYTES = 512;

    /** What Milvus takes as one JSON value. */
    static final int ATTRIBUTES_BYTES = 65_536;

    static final List<String> KEY = List.of(ID, MAIN, SUB, CONTENT);
    static final List<String> WHOLE = List.of(ID, MAIN, SUB, CONTENT, VECTOR, ATTRIBUTES, CREATE_TIME);

    private static final Gson GSON = new Gson();
    private static final TypeToken<Map<String, String>> TEXTS = new TypeToken<>() {};

    private RegistrationRows() {}

    static List<FieldData> write(List<Row> rows, EmbeddingSpace space) {
        List<String> ids = new ArrayList<>(rows.size());
        List<String> mains = new ArrayList<>(rows.size());
        List<String> subs = new ArrayList<>(rows.size());
        List<String> contents = new ArrayList<>(rows.size());
        List<float[]> vectors = new ArrayList<>(rows.size());
        List<ByteString> attributes = new ArrayList<>(rows.size());
        List<Long> times = new ArrayList<>(rows.size());
        for (Row row : rows) {
            ids.add(row.id().value());
            mains.add(row.label().main());
            subs.add(row.label().sub().orElse(""));
            contents.add(row.content().hex());
            vectors.add(row.embedding().vector());
            attributes.add(ByteString.copyFrom(attributes(row.attributes())));
            times.add(row.createTime().toEpochMilli());
        }
        return List.of(
                Columns.texts(ID, ids),
                Columns.texts(MAIN, mains),
                Columns.texts(SUB, subs),
                Columns.texts(CONTENT, contents),
                Columns.vectors(VECTOR, space.dimension(), vectors),
                Columns.json(ATTRIBUTES, attributes),
                Columns.longs(CREATE_TIME, times));
    }

    /** @throws InvalidInput if the attributes are more than Milvus keeps with a row */
    static void requireStorable(Map<String, String> attributes) {
        int size = attributes.isEmpty() ? 0 : attributes(attributes).length;
        if (size > ATTRIBUTES_BYTES) {
            throw new InvalidInput(
                    "attributes", size + " bytes as JSON", "at most " + ATTRIBUTES_BYTES + ", as Milvus stores them");
        }
    }

    private static byte[] attributes(Map<String, String> attributes) {
        return attributes.isEmpty()
                ? new byte[] {'{', '}'}
                : GSON.toJson(new TreeMap<>(attributes)).getBytes(StandardCharsets.UTF_8);
    }

    static List<RegistrationKey> readKeys(Columns columns) {
        List<String> ids = columns.texts(ID);
        List<String> mains = columns.texts(MAIN);
        List<String> subs = columns.texts(SUB);
        List<String> contents = columns.texts(CONTENT);
        List<RegistrationKey> keys = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            keys.add(new RegistrationKey(
                    new RegistrationId(ids.get(i)),
                    label(mains.get(i), subs.get(i)),
                    new ContentDigest(contents.get(i))));
        }
        return keys;
    }

    static List<Row> readRows(Columns columns, EmbeddingSpace space) {
        List<RegistrationKey> keys = readKeys(columns);
        List<ByteString> attributes = columns.json(ATTRIBUTES);
        List<Long> times = columns.longs(CREATE_TIME);
        List<Row> rows = new ArrayList<>(keys.size());
        for (int i = 0; i < keys.size(); i++) {
            RegistrationKey key = keys.get(i);
            rows.add(new Row(
                    key.id(),
                    key.label(),
                    key.content(),
                    Embedding.ofUnit(space, columns.vector(VECTOR, i, space.dimension())),
                    read(attributes.get(i)),
                    Instant.ofEpochMilli(times.get(i))));
        }
        return rows;
    }

    static LabelPath label(String main, String sub) {
        return new LabelPath(main, sub.isEmpty() ? Optional.empty() : Optional.of(sub));
    }

    private static Map<String, String> read(ByteString json) {
        String text = json.toStringUtf8();
        try {
            return text.isEmpty() || text.equals("{}") ? Map.of() : GSON.fromJson(text, TEXTS);
        } catch (JsonSyntaxException e) {
            throw new IllegalStateException("attributes: \"" + text + "\" (expected: a JSON object of texts)", e);
        }
    }
}
