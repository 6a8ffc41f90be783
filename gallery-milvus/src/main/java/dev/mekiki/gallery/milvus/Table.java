package dev.mekiki.gallery.milvus;

import com.google.protobuf.ByteString;
import dev.mekiki.core.failure.Unavailable;
import io.milvus.grpc.ConsistencyLevel;
import io.milvus.grpc.DeleteRequest;
import io.milvus.grpc.DslType;
import io.milvus.grpc.FieldData;
import io.milvus.grpc.KeyValuePair;
import io.milvus.grpc.LoadCollectionRequest;
import io.milvus.grpc.MutationResult;
import io.milvus.grpc.PlaceholderGroup;
import io.milvus.grpc.PlaceholderType;
import io.milvus.grpc.PlaceholderValue;
import io.milvus.grpc.QueryRequest;
import io.milvus.grpc.QueryResults;
import io.milvus.grpc.SearchRequest;
import io.milvus.grpc.SearchResultData;
import io.milvus.grpc.SearchResults;
import io.milvus.grpc.UpsertRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one collection. Thread-safe.
 *
 * <p>What Milvus has acknowledged is durable, but a while passes until it is seen. So whoever changes rows calls
 * {@link #awaitVisible} before telling anybody; reading then never waits. Until Milvus has loaded a collection, reading
 * waits for it, up to the deadline.
 *
 * <p>Every method throws {@link Gone} if the collection was dropped, and {@link Unavailable} if Milvus is away or refuses.
 */
final class Table {

    /** Most rows that one query may bring. */
    static final int MOST_ROWS = 16_384;

    /** How far Milvus lags behind at most in a bounded read, with a margin; after that the bound alone covers it. */
    private static final Duration RECENT = Duration.ofSeconds(10);

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);
    private static final Duration LOAD_AGAIN = Duration.ofSeconds(5);

    /** The time of a change that Milvus does not tell: 2.3 does not for deletions. */
    static final long UNKNOWN = 0;

    private final Connection connection;
    private final String name;

    /** What was confirmed to be seen last, and when; replaced together, under {@code this}. */
    private volatile Seen seen = new Seen(UNKNOWN, System.nanoTime());

    /**
     * How many changes failed, so that they may have been made or not. One more: what another process was told to be
     * durable, perhaps the one before this, has to be seen from the beginning.
     */
    private final AtomicLong doubts = new AtomicLong(1);

    /** Of how many of those a read has waited for since. */
    private final AtomicLong settled = new AtomicLong();

    /**
     * @param time as Milvus counts it
     * @param at {@code System.nanoTime()}
     */
    private record Seen(long time, long at) {}

    Table(Connection connection, String name) {
        this.connection = connection;
        this.name = name;
    }

    String name() {
        return name;
    }

    /**
     * Some of the rows that meet a condition, in no order.
     *
     * @param filter not {@link Filters#EVERYTHING}
     * @param most 1..{@value #MOST_ROWS}
     */
    Columns rows(String filter, List<String> fields, int most) {
        return new Columns(query(recent(request(filter, fields, most))).getFieldsDataList());
    }

    /**
     * Those of the rows that meet a condition that have the lowest keys, in ascending order of the keys' UTF-8.
     *
     * @param filter not {@link Filters#EVERYTHING}
     * @param most 1..{@value #MOST_ROWS}
     */
    Columns firstRows(String filter, List<String> fields, int most) {
        QueryRequest.Builder request = request(filter, fields, most);
        if (!connection.version().isAtLeast(2, 4)) {
            return new Columns(query(recent(request)).getFieldsDataList());
        }
        // Without these, later servers bring any rows. With these, a time that is given is the time of what is read,
        // so none may be given.
        request.addQueryParams(parameter("iterator", "True")).addQueryParams(parameter("reduce_stop_for_best", "True"));
        request.setConsistencyLevel(isRecent() || isDoubtful() ? ConsistencyLevel.Strong : ConsistencyLevel.Bounded);
        return new Columns(query(request).getFieldsDataList());
    }

    long count(String filter) {
        QueryResults found = query(recent(QueryRequest.newBuilder()
                .setCollectionName(name)
                .setExpr(filter)
                .addOutputFields("count(*)")));
        return found.getFieldsData(0).getScalars().getLongData().getData(0);
    }

    /**
     * The rows that are nearest to a vector, by an index that may miss some.
     *
     * @param parameters of the index, as JSON
     */
    SearchResultData nearest(float[] vector, String filter, List<String> fields, int most, String parameters) {
        SearchRequest.Builder request = SearchRequest.newBuilder()
                .setCollectionName(name)
                .setDslType(DslType.BoolExprV1)
                .setDsl(filter)
                .setPlaceholderGroup(placeholder(vector))
                .setNq(1)
                .addAllOutputFields(fields)
                .addSearchParams(parameter("anns_field", RegistrationRows.VECTOR))
                .addSearchParams(parameter("metric_type", "IP"))
                .addSearchParams(parameter("topk", Integer.toString(most)))
                .addSearchParams(parameter("params", parameters))
                .addSearchParams(parameter("round_decimal", "-1"));
        if (isDoubtful()) {
            request.setConsistencyLevel(ConsistencyLevel.Strong);
        } else if (isRecent()) {
            request.setConsistencyLevel(ConsistencyLevel.Session).setGuaranteeTimestamp(seen.time);
        } else {
            request.setConsistencyLevel(ConsistencyLevel.Bounded).setGuaranteeTimestamp(2);
        }
        SearchRequest built = request.build();
        return reading(built.getConsistencyLevel(), () -> {
                    SearchResults results =
                            connection.call(connection.settings().lookUpDeadline(), stub -> stub.search(built));
                    Refusal.check(results.getStatus());
                    return results;
                })
                .getResults();
    }

    /**
     * Puts rows in, each in the place of one with the same key; durable when it returns.
     *
     * @return for {@link #awaitVisible}
     */
    long upsert(int rows, List<FieldData> columns) {
        UpsertRequest request = UpsertRequest.newBuilder()
                .setCollectionName(name)
                .setNumRows(rows)
                .addAllFieldsData(columns)
                .build();
        return change(() -> connection.call(connection.settings().changeDeadline(), stub -> stub.upsert(request)));
    }

    /**
     * Deletes rows by their keys; durable when it returns.
     *
     * @return for {@link #awaitVisible}
     */
    long delete(String keyField, Collection<String> keys) {
        DeleteRequest request = DeleteRequest.newBuilder()
                .setCollectionName(name)
                .setExpr(Filters.oneOf(keyField, keys))
                .build();
        return change(() -> connection.call(connection.settings().changeDeadline(), stub -> stub.delete(request)));
    }

    /** The later of two times of changes. */
    static long later(long one, long other) {
        return one == UNKNOWN || other == UNKNOWN ? UNKNOWN : Math.max(one, other);
    }

    /**
     * Returns when everybody who reads through this object sees a change.
     *
     * @param time that the change returned
     */
    void awaitVisible(String keyField, long time) {
        QueryRequest.Builder request = request(Filters.equal(keyField, "-"), List.of(keyField), 1);
        if (time == UNKNOWN) {
            request.setConsistencyLevel(ConsistencyLevel.Strong);
        } else {
            request.setConsistencyLevel(ConsistencyLevel.Session).setGuaranteeTimestamp(time);
        }
        persist(connection.settings().changeDeadline(), () -> {
            QueryResults results =
                    connection.call(connection.settings().changeDeadline(), stub -> stub.query(request.build()));
            Refusal.check(results.getStatus());
            return results;
        });
        if (time != UNKNOWN) {
            synchronized (this) {
                if (time >= seen.time) {
                    seen = new Seen(time, System.nanoTime());
                }
            }
        }
    }

    /**
     * A change failed, so that it may have been made or not. Until a read has waited for everything that Milvus was told
     * before, every read does.
     */
    void doubt() {
        doubts.incrementAndGet();
    }

    /** Has Milvus begin to load the collection, unless it is loaded. */
    void load() {
        Refusal.check(connection.unwatched(
                connection.settings().changeDeadline(),
                stub -> stub.loadCollection(LoadCollectionRequest.newBuilder()
                        .setCollectionName(name)
                        .build())));
    }

    /** Whether the rows can be read now, also while Milvus counts as away. If not, Milvus is told to load them. */
    boolean isReadable(String keyField) {
        QueryRequest request = recent(request(Filters.equal(keyField, "-"), List.of(keyField), 1))
                .build();
        try {
            Refusal.check(connection
                    .unwatched(connection.settings().lookUpDeadline(), stub -> stub.query(request))
                    .getStatus());
            return true;
        } catch (Refusal e) {
            if (e.isNoCollection()) {
                return true; // whoever uses it is told
            }
            if (e.isNotLoaded()) {
                load();
            }
            return false;
        }
    }

    private QueryRequest.Builder request(String filter, List<String> fields, int most) {
        return QueryRequest.newBuilder()
                .setCollectionName(name)
                .setExpr(filter)
                .addAllOutputFields(fields)
                .addQueryParams(parameter("limit", Integer.toString(most)));
    }

    private boolean isDoubtful() {
        return doubts.get() != settled.get();
    }

    private boolean isRecent() {
        Seen last = seen;
        return last.time != UNKNOWN && System.nanoTime() - last.at < RECENT.toNanos();
    }

    /** Such that it sees what this process has changed, and is not far behind what others have. */
    private QueryRequest.Builder recent(QueryRequest.Builder request) {
        if (isDoubtful()) {
            return request.setConsistencyLevel(ConsistencyLevel.Strong);
        }
        return isRecent()
                ? request.setConsistencyLevel(ConsistencyLevel.Session).setGuaranteeTimestamp(seen.time)
                : request.setConsistencyLevel(ConsistencyLevel.Bounded).setGuaranteeTimestamp(2);
    }

    private QueryResults query(QueryRequest.Builder request) {
        QueryRequest built = request.build();
        return reading(built.getConsistencyLevel(), () -> {
            QueryResults results = connection.call(connection.settings().lookUpDeadline(), stub -> stub.query(built));
            Refusal.check(results.getStatus());
            return results;
        });
    }

    private <T> T reading(ConsistencyLevel level, Supplier<T> attempt) {
        long doubted = level == ConsistencyLevel.Strong ? doubts.get() : 0;
        T found = persist(connection.settings().lookUpDeadline(), attempt);
        settled.accumulateAndGet(doubted, Math::max);
        return found;
    }

    private long change(Supplier<MutationResult> attempt) {
        return persist(connection.settings().changeDeadline(), () -> {
                    MutationResult result = attempt.get();
                    Refusal.check(result.getStatus());
                    return result;
                })
                .getTimestamp();
    }

    /** Asks again while Milvus says that it will pass; whatever is asked here can be repeated. */
    private <T> T persist(Duration within, Supplier<T> attempt) {
        long begin = System.nanoTime();
        long loaded = begin - LOAD_AGAIN.toNanos();
        Duration pause = SHORTEST_PAUSE;
        while (true) {
            @Nullable Refusal refusal;
            try {
                return attempt.get();
            } catch (Refusal e) {
                refusal = e;
            }
            if (refusal.isNoCollection()) {
                throw new Gone(name);
            }
            long now = System.nanoTime();
            if (!refusal.isPassing() || now - begin > within.toNanos()) {
                throw connection.unavailable("Milvus refuses what is asked of " + name, refusal);
            }
            if (refusal.isNotLoaded() && now - loaded >= LOAD_AGAIN.toNanos()) {
                loaded = now;
                loadPatiently();
            }
            LockSupport.parkNanos(pause.toNanos());
            if (Thread.currentThread().isInterrupted()) {
                throw connection.unavailable("interrupted while waiting for " + name, refusal);
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    private void loadPatiently() {
        try {
            load();
        } catch (Refusal e) {
            if (e.isNoCollection()) {
                throw new Gone(name);
            }
            if (!e.isPassing()) {
                throw connection.unavailable(name + " cannot be loaded", e);
            }
        }
    }

    private static ByteString placeholder(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return PlaceholderGroup.newBuilder()
                .addPlaceholders(PlaceholderValue.newBuilder()
                        .setTag("$0")
                        .setType(PlaceholderType.FloatVector)
                        .addValues(ByteString.copyFrom(bytes)))
                .build()
                .toByteString();
    }

    private static KeyValuePair parameter(String key, String value) {
        return KeyValuePair.newBuilder().setKey(key).setValue(value).build();
    }
}
