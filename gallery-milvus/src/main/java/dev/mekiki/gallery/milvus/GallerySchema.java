package dev.mekiki.gallery.milvus;

import com.google.gson.JsonParser;
import dev.mekiki.core.embedding.EmbeddingSpace;
import io.milvus.grpc.DescribeCollectionResponse;
import io.milvus.grpc.DescribeIndexRequest;
import io.milvus.grpc.DescribeIndexResponse;
import io.milvus.grpc.FieldSchema;
import io.milvus.grpc.IndexDescription;
import io.milvus.grpc.KeyValuePair;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.common.IndexParam.IndexType;
import io.milvus.v2.common.IndexParam.MetricType;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq.CollectionSchema;
import io.milvus.v2.service.index.request.CreateIndexReq;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The collections of a gallery: how they are made, and whether those that are there are of the same kind. */
final class GallerySchema {

    private static final VectorIndex.Hnsw DEFAULT = new VectorIndex.Hnsw(16, 200);

    /** Of unit vectors the inner product is the cosine. */
    private static final MetricType METRIC = MetricType.IP;

    private GallerySchema() {}

    /** Makes an empty collection for registrations, indexed but not loaded. */
    static void createRegistrations(Connection connection, String name, GalleryDescription description) {
        CollectionSchema schema = CollectionSchema.builder().build();
        schema.addField(text(RegistrationRows.ID, RegistrationRows.ID_BYTES)
                .isPrimaryKey(true)
                .build());
        schema.addField(AddFieldReq.builder()
                .fieldName(RegistrationRows.VECTOR)
                .dataType(DataType.FloatVector)
                .dimension(description.gallery().space().dimension())
                .build());
        schema.addField(
                text(RegistrationRows.MAIN, RegistrationRows.LABEL_BYTES).build());
        schema.addField(text(RegistrationRows.SUB, RegistrationRows.LABEL_BYTES).build());
        schema.addField(
                text(RegistrationRows.CONTENT, RegistrationRows.CONTENT_BYTES).build());
        schema.addField(AddFieldReq.builder()
                .fieldName(RegistrationRows.ATTRIBUTES)
                .dataType(DataType.JSON)
                .build());
        schema.addField(AddFieldReq.builder()
                .fieldName(RegistrationRows.CREATE_TIME)
                .dataType(DataType.Int64)
                .build());
        IndexType scalar = connection.version().isAtLeast(2, 4) ? IndexType.INVERTED : IndexType.TRIE;
        List<IndexParam> indexes = new ArrayList<>();
        indexes.add(vectorIndex(connection.settings().index()));
        for (String field : List.of(RegistrationRows.MAIN, RegistrationRows.SUB, RegistrationRows.CONTENT)) {
            indexes.add(IndexParam.builder()
                    .fieldName(field)
                    .indexName(field)
                    .indexType(scalar)
                    .build());
        }
        create(connection, name, schema, description, indexes);
    }

    /** Makes an empty collection for label paths, indexed but not loaded. */
    static void createLabels(Connection connection, String name, GalleryDescription description) {
        CollectionSchema schema = CollectionSchema.builder().build();
        schema.addField(
                text(LabelRows.PATH, LabelRows.PATH_BYTES).isPrimaryKey(true).build());
        schema.addField(
                text(RegistrationRows.MAIN, RegistrationRows.LABEL_BYTES).build());
        schema.addField(text(RegistrationRows.SUB, RegistrationRows.LABEL_BYTES).build());
        schema.addField(AddFieldReq.builder()
                .fieldName(LabelRows.VECTOR)
                .dataType(DataType.FloatVector)
                .dimension(LabelRows.VECTOR_DIMENSION)
                .build());
        create(
                connection,
                name,
                schema,
                description,
                List.of(IndexParam.builder()
                        .fieldName(LabelRows.VECTOR)
                        .indexName(LabelRows.VECTOR)
                        .indexType(IndexType.FLAT)
                        .metricType(METRIC)
                        .build()));
    }

    private static AddFieldReq.AddFieldReqBuilder text(String name, int bytes) {
        return AddFieldReq.builder().fieldName(name).dataType(DataType.VarChar).maxLength(bytes);
    }

    private static void create(
            Connection connection,
            String name,
            CollectionSchema schema,
            GalleryDescription description,
            List<IndexParam> indexes) {
        connection.administer(client -> {
            client.createCollection(CreateCollectionReq.builder()
                    .collectionName(name)
                    .collectionSchema(schema)
                    .description(description.write())
                    .numShards(connection.settings().shards())
                    .consistencyLevel(ConsistencyLevel.BOUNDED)
                    .build());
            client.createIndex(CreateIndexReq.builder()
                    .collectionName(name)
                    .indexParams(indexes)
                    .sync(false)
                    .build());
        });
    }

    private static IndexParam vectorIndex(VectorIndex index) {
        IndexType type;
        Map<String, Object> parameters;
        switch (index instanceof VectorIndex.Automatic ? DEFAULT : index) {
            case VectorIndex.Hnsw(int connections, int breadth) -> {
                type = IndexType.HNSW;
                parameters = Map.of("M", connections, "efConstruction", breadth);
            }
            case VectorIndex.IvfFlat(int lists) -> {
                type = IndexType.IVF_FLAT;
                parameters = Map.of("nlist", lists);
            }
            case VectorIndex.Flat() -> {
                type = IndexType.FLAT;
                parameters = Map.of();
            }
            case VectorIndex.Automatic() -> throw new AssertionError("replaced above");
        }
        return IndexParam.builder()
                .fieldName(RegistrationRows.VECTOR)
                .indexName(RegistrationRows.VECTOR)
                .indexType(type)
                .metricType(METRIC)
                .extraParams(parameters)
                .build();
    }

    /**
     * Looks whether a collection holds registrations as {@link #createRegistrations} makes it.
     *
     * @return how its vectors are indexed
     * @throws UnusableMilvus if not; says what differs
     */
    static VectorIndex requireRegistrations(
            Connection connection, String name, DescribeCollectionResponse collection, EmbeddingSpace space) {
        Map<String, String> expected = new TreeMap<>(Map.of(
                RegistrationRows.ID,
                varchar(RegistrationRows.ID_BYTES) + ", primary key",
                RegistrationRows.VECTOR,
                "FloatVector(" + space.dimension() + ")",
                RegistrationRows.MAIN,
                varchar(RegistrationRows.LABEL_BYTES),
                RegistrationRows.SUB,
                varchar(RegistrationRows.LABEL_BYTES),
                RegistrationRows.CONTENT,
                varchar(RegistrationRows.CONTENT_BYTES),
                RegistrationRows.ATTRIBUTES,
                "JSON",
                RegistrationRows.CREATE_TIME,
                "Int64"));
        requireFields(name, collection, expected);
        return requireIndex(connection, name);
    }

    /**
     * Looks whether a collection holds label paths as {@link #createLabels} makes it.
     *
     * @throws UnusableMilvus if not; says what differs
     */
    static void requireLabels(String name, DescribeCollectionResponse collection) {
        requireFields(
                name,
                collection,
                new TreeMap<>(Map.of(
                        LabelRows.PATH,
                        varchar(LabelRows.PATH_BYTES) + ", primary key",
                        RegistrationRows.MAIN,
                        varchar(RegistrationRows.LABEL_BYTES),
                        RegistrationRows.SUB,
                        varchar(RegistrationRows.LABEL_BYTES),
                        LabelRows.VECTOR,
                        "FloatVector(" + LabelRows.VECTOR_DIMENSION + ")")));
    }

    private static String varchar(int bytes) {
        return "VarChar(" + bytes + ")";
    }

    private static void requireFields(
            String name, DescribeCollectionResponse collection, Map<String, String> expected) {
        Map<String, String> found = collection.getSchema().getFieldsList().stream()
                .collect(Collectors.toMap(FieldSchema::getName, GallerySchema::described, (a, _) -> a, TreeMap::new));
        expected.forEach((field, type) -> {
            String there = found.getOrDefault(field, "missing");
            if (!there.equals(type)) {
                throw new UnusableMilvus("field \"" + field + "\" of collection " + name, there, type);
            }
        });
        if (found.size() > expected.size()) {
            throw new UnusableMilvus(
                    "fields of collection " + name,
                    found.keySet().toString(),
                    expected.keySet().toString());
        }
    }

    private static String described(FieldSchema field) {
        Map<String, String> parameters = field.getTypeParamsList().stream()
                .collect(Collectors.toMap(KeyValuePair::getKey, KeyValuePair::getValue, (a, _) -> a));
        String size = parameters.getOrDefault("max_length", parameters.getOrDefault("dim", ""));
        return field.getDataType()
                + (size.isEmpty() ? "" : "(" + size + ")")
                + (field.getIsPrimaryKey() ? ", primary key" : "");
    }

    private static VectorIndex requireIndex(Connection connection, String name) {
        String what = "index of the vectors of collection " + name;
        VectorIndex configured = connection.settings().index();
        String expected =
                configured instanceof VectorIndex.Automatic ? "HNSW, IVF_FLAT or FLAT" : configured.toString();
        DescribeIndexResponse all = connection.unwatched(
                connection.settings().lookUpDeadline(),
                stub -> stub.describeIndex(DescribeIndexRequest.newBuilder()
                        .setCollectionName(name)
                        .build()));
        Map<String, String> parameters = all.getIndexDescriptionsList().stream()
                .filter(index -> index.getFieldName().equals(RegistrationRows.VECTOR))
                .findFirst()
                .map(GallerySchema::parameters)
                .orElseThrow(() -> new UnusableMilvus(what, "none", expected));
        String metric = parameters.getOrDefault("metric_type", "none");
        if (!metric.equals(METRIC.name())) {
            throw new UnusableMilvus(what, "metric " + metric, "metric " + METRIC + ", the inner product");
        }
        String type = parameters.getOrDefault("index_type", "none");
        VectorIndex found = switch (type) {
            case "HNSW" ->
                new VectorIndex.Hnsw(number(what, parameters, "M"), number(what, parameters, "efConstruction"));
            case "IVF_FLAT" -> new VectorIndex.IvfFlat(number(what, parameters, "nlist"));
            case "FLAT" -> new VectorIndex.Flat();
            default -> throw new UnusableMilvus(what, type, expected);
        };
        if (!(configured instanceof VectorIndex.Automatic) && !configured.equals(found)) {
            throw new UnusableMilvus(what, found.toString(), expected);
        }
        return found;
    }

    /** Some servers tell them one by one, others some of them as one JSON object. */
    private static Map<String, String> parameters(IndexDescription index) {
        Map<String, String> parameters = new HashMap<>();
        for (KeyValuePair pair : index.getParamsList()) {
            if (pair.getKey().equals("params")) {
                JsonParser.parseString(pair.getValue())
                        .getAsJsonObject()
                        .asMap()
                        .forEach((key, value) -> parameters.put(key, value.getAsString()));
            } else {
                parameters.put(pair.getKey(), pair.getValue());
            }
        }
        return parameters;
    }

    private static int number(String what, Map<String, String> parameters, String key) {
        String text = parameters.getOrDefault(key, "missing");
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new UnusableMilvus(what, key + " " + text, key + " a number", e);
        }
    }
}
