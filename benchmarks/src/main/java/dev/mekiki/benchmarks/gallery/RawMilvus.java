package dev.mekiki.benchmarks.gallery;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.milvus.v2.client.ConnectConfig;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.ConsistencyLevel;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.DescribeCollectionReq;
import io.milvus.v2.service.collection.request.DropCollectionReq;
import io.milvus.v2.service.collection.request.LoadCollectionReq;
import io.milvus.v2.service.collection.response.DescribeCollectionResp;
import io.milvus.v2.service.index.request.DescribeIndexReq;
import io.milvus.v2.service.index.request.ListIndexesReq;
import io.milvus.v2.service.index.response.DescribeIndexResp.IndexDesc;
import io.milvus.v2.service.utility.request.FlushReq;
import io.milvus.v2.service.vector.request.InsertReq;
import io.milvus.v2.service.vector.request.QueryReq;
import io.milvus.v2.service.vector.request.SearchReq;
import io.milvus.v2.service.vector.request.data.FloatVec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/**
 * Milvus by its own SDK, with nothing between: what the gallery is compared with. It knows nothing of the gallery's
 * schema but finds it in Milvus, so that both meet the same fields and indexes. Thread-safe.
 */
final class RawMilvus implements AutoCloseable {

    private static final String COPY = "raw_copy";
    private static final int ROWS_PER_QUERY = 500;
    private static final Gson GSON = new Gson();

    private final MilvusClientV2 client;

    RawMilvus(String uri) {
        client = new MilvusClientV2(ConnectConfig.builder().uri(uri).build());
    }

    String version() {
        return client.getServerVersion();
    }

    Set<String> collections() {
        return new HashSet<>(client.listCollections().getCollectionNames());
    }

    /**
     * The one of the collections that holds the vectors of a gallery.
     *
     * @param among those that appeared with the gallery
     */
    Table vectors(Set<String> among) {
        List<Table> found = among.stream()
                .map(this::table)
                .filter(table -> !table.vectorField().isEmpty())
                .filter(table -> table.dimension() == Population.DIMENSION)
                .toList();
        if (found.size() != 1) {
            throw new IllegalStateException(
                    "collections of the gallery with vectors: " + found + " (expected: one of " + among + ")");
        }
        return found.getFirst();
    }

    /**
     * A collection as the benchmark needs it.
     *
     * @param fields of all, the vector's included
     * @param vectorField empty if it has none
     */
    record Table(String name, String keyField, List<String> fields, String vectorField, int dimension) {}

    private Table table(String name) {
        DescribeCollectionResp found = client.describeCollection(
                DescribeCollectionReq.builder().collectionName(name).build());
        List<CreateCollectionReq.FieldSchema> fields =
                found.getCollectionSchema().getFieldSchemaList();
        CreateCollectionReq.FieldSchema vector = fields.stream()
                .filter(field -> field.getDataType() == DataType.FloatVector)
                .findFirst()
                .orElse(null);
        return new Table(
                name,
                found.getPrimaryFieldName(),
                fields.stream().map(CreateCollectionReq.FieldSchema::getName).toList(),
                vector == null ? "" : vector.getName(),
                vector == null ? 0 : vector.getDimension());
    }

    /** An empty collection with the same schema and indexes, loaded; one of an earlier run is dropped. */
    Table copy(Table table) {
        DescribeCollectionResp original = client.describeCollection(
                DescribeCollectionReq.builder().collectionName(table.name()).build());
        dropCopy();
        client.createCollection(CreateCollectionReq.builder()
                .collectionName(COPY)
                .collectionSchema(original.getCollectionSchema())
                .numShards(original.getShardsNum().intValue())
                .consistencyLevel(original.getConsistencyLevel())
                .build());
        List<IndexParam> indexes =
                indexes(table.name()).stream().map(RawMilvus::parameters).toList();
        client.createIndex(io.milvus.v2.service.index.request.CreateIndexReq.builder()
                .collectionName(COPY)
                .indexParams(indexes)
                .sync(false)
                .build());
        client.loadCollection(LoadCollectionReq.builder().collectionName(COPY).build());
        return new Table(COPY, table.keyField(), table.fields(), table.vectorField(), table.dimension());
    }

    void dropCopy() {
        if (collections().contains(COPY)) {
            client.dropCollection(
                    DropCollectionReq.builder().collectionName(COPY).build());
        }
    }

    private List<IndexDesc> indexes(String collection) {
        return client
                .listIndexes(ListIndexesReq.builder().collectionName(collection).build())
                .stream()
                .flatMap(name -> client
                        .describeIndex(DescribeIndexReq.builder()
                                .collectionName(collection)
                                .indexName(name)
                                .build())
                        .getIndexDescriptions()
                        .stream())
                .toList();
    }

    private static IndexParam parameters(IndexDesc index) {
        return IndexParam.builder()
                .fieldName(index.getFieldName())
                .indexName(index.getIndexName())
                .indexType(index.getIndexType())
                .metricType(index.getMetricType())
                .extraParams(new HashMap<>(index.getExtraParams()))
                .build();
    }

    /**
     * Whole rows, as they are stored.
     *
     * @throws IllegalStateException if one is missing
     */
    List<Map<String, Object>> rows(Table table, List<String> keys) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int from = 0; from < keys.size(); from += ROWS_PER_QUERY) {
            List<String> some = keys.subList(from, Math.min(keys.size(), from + ROWS_PER_QUERY));
            String filter = some.stream()
                    .map(key -> '"' + key + '"')
                    .collect(Collectors.joining(", ", table.keyField() + " in [", "]"));
            client.query(QueryReq.builder()
                            .collectionName(table.name())
                            .filter(filter)
                            .outputFields(table.fields())
                            .limit(some.size())
                            .consistencyLevel(ConsistencyLevel.STRONG)
                            .build())
                    .getQueryResults()
                    .forEach(found -> rows.add(found.getEntity()));
        }
        if (rows.size() != keys.size()) {
            throw new IllegalStateException("rows in " + table.name() + ": " + rows.size() + " (expected: "
                    + keys.size() + ", what was imported)");
        }
        return rows;
    }

    /**
     * How rows are inserted.
     *
     * @param batch rows per request
     * @param threads with one request under way each
     */
    record Setting(int batch, int threads) {

        static final List<Setting> CANDIDATES =
                List.of(new Setting(1000, 1), new Setting(1000, 2), new Setting(5000, 1), new Setting(5000, 2));

        @Override
        public String toString() {
            return "batches of " + batch + ", " + threads + (threads == 1 ? " thread" : " threads");
        }
    }

    /** Returns when all can be read, which is when the stream of an import ends as well. */
    void insert(Table table, List<Map<String, Object>> rows, Setting setting) {
        try (ExecutorService threads = Executors.newFixedThreadPool(setting.threads())) {
            List<Future<?>> requests = new ArrayList<>();
            for (int from = 0; from < rows.size(); from += setting.batch()) {
                List<Map<String, Object>> batch = rows.subList(from, Math.min(rows.size(), from + setting.batch()));
                requests.add(threads.submit(() -> client.insert(InsertReq.builder()
                        .collectionName(table.name())
                        .data(batch.stream().map(RawMilvus::json).toList())
                        .build())));
            }
            for (Future<?> request : requests) {
                request.get();
            }
            rows(table, List.of(String.valueOf(rows.getLast().get(table.keyField()))));
        } catch (ExecutionException e) {
            throw new IllegalStateException("inserting failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static JsonObject json(Map<String, Object> row) {
        JsonObject object = new JsonObject();
        row.forEach((field, value) ->
                object.add(field, value instanceof JsonElement element ? element : GSON.toJsonTree(value)));
        return object;
    }

    /**
     * How far a vector index is.
     *
     * @param rows in sealed segments
     */
    record IndexState(long rows, long indexed, long pending) {}

    IndexState index(Table table) {
        return indexes(table.name()).stream()
                .filter(index -> index.getFieldName().equals(table.vectorField()))
                .findFirst()
                .map(index -> new IndexState(index.getTotalRows(), index.getIndexedRows(), index.getPendingIndexRows()))
                .orElseThrow(() -> new IllegalStateException(table.name() + " has no index on its vectors"));
    }

    /** Seals what is growing, so that all of it is indexed. */
    void flush(Table table) {
        client.flush(FlushReq.builder().collectionNames(List.of(table.name())).build());
    }

    /** As a user of the SDK searches; the answer's fields are read. */
    int search(Table table, float[] vector, int most, int breadth, List<String> fields) {
        return client.search(SearchReq.builder()
                        .collectionName(table.name())
                        .annsField(table.vectorField())
                        .data(List.of(new FloatVec(vector)))
                        .limit(most)
                        .searchParams(Map.of("ef", breadth))
                        .outputFields(fields)
                        .consistencyLevel(ConsistencyLevel.BOUNDED)
                        .build())
                .getSearchResults()
                .getFirst()
                .size();
    }

    @Override
    public void close() {
        client.close();
    }
}
