package dev.mekiki.gallery.milvus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.Page;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelScope;
import dev.mekiki.gallery.contract.Specimens;
import dev.mekiki.milvus.server.MilvusServer;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.common.DataType;
import io.milvus.v2.common.IndexParam;
import io.milvus.v2.service.collection.request.AddFieldReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq;
import io.milvus.v2.service.collection.request.CreateCollectionReq.CollectionSchema;
import io.milvus.v2.service.collection.request.DropCollectionReq;
import io.milvus.v2.service.index.request.CreateIndexReq;
import io.milvus.v2.service.index.request.DropIndexReq;
import io.milvus.v2.service.utility.request.CreateAliasReq;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** What is said of a Milvus that cannot be used. */
@Execution(ExecutionMode.CONCURRENT)
class StartUpIT {

    private static final Gallery GALLERY = Specimens.gallery("documents", Specimens.space(8));
    private static final GalleryDescription DESCRIPTION = new GalleryDescription(GALLERY, Specimens.TIME);

    /** Far more than a call to a server on the same machine takes, far less than the deadlines of the defaults. */
    private static final Duration DEADLINE = Duration.ofMillis(500);

    @TempDir
    private Path folder;

    private TestMilvus milvus;
    private MilvusGallerySettings settings;
    private GalleryNames names;
    private String collection;

    @BeforeEach
    void connect() {
        milvus = new TestMilvus(MilvusServer.shared());
        settings =
                MilvusGallerySettings.at(MilvusServer.shared().uri()).withNames("default", TestMilvus.prefix(folder));
        names = new GalleryNames(settings.prefix());
        collection = names.newCollection(GALLERY.id());
    }

    @AfterEach
    void drop() {
        milvus.dropAll(settings.prefix());
        milvus.close();
    }

    @Test
    void opensWhatAnEarlierServiceLeft() {
        makeCollections(settings);
        makeAlias();

        try (MilvusGallery store = open(settings)) {
            assertThat(store.available()).isTrue();
            assertThat(store.catalogue().find(GALLERY.id())).contains(GALLERY);
        }
    }

    @Test
    void namesADatabaseThatDoesNotExist() {
        assertThatThrownBy(() -> open(settings.withNames("nowhere", settings.prefix())))
                .isInstanceOf(UnusableMilvus.class)
                .hasMessageContaining("database of " + settings.uri())
                .hasMessageContaining("none named \"nowhere\"")
                .hasMessageContaining("(expected: one of [default");
    }

    @Test
    void namesAFieldThatIsMissing() {
        Map<String, AddFieldReq> fields = fields(8);
        fields.remove(RegistrationRows.CONTENT);
        makeCollections(fields);

        assertThatThrownBy(() -> open(settings))
                .isInstanceOf(UnusableMilvus.class)
                .hasMessage("field \"content\" of collection " + collection + ": missing (expected: VarChar(64))");
    }

    @Test
    void namesAFieldOfAnotherType() {
        Map<String, AddFieldReq> fields = fields(8);
        fields.put(
                RegistrationRows.CREATE_TIME,
                text(RegistrationRows.CREATE_TIME, 32).build());
        makeCollections(fields);

        assertThatThrownBy(() -> open(settings))
                .isInstanceOf(UnusableMilvus.class)
                .hasMessage("field \"create_time\" of collection " + collection + ": VarChar(32) (expected: Int64)");
    }

    @Test
    void namesFieldsThatAreTooMany() {
        Map<String, AddFieldReq> fields = fields(8);
        fields.put("owner", text("owner", 32).build());
        makeCollections(fields);

        assertThatThrownBy(() -> open(settings))
                .isInstanceOf(UnusableMilvus.class)
                .hasMessageStartingWith("fields of collection " + collection + ": [")
                .hasMessageContaining("owner");
    }

    @Test
    void saysThatVectorsAreOfAnotherDimension() {
        makeCollections(fields(16));

        assertThatThrownBy(() -> open(settings))
                .isInstanceOf(UnusableMilvus.class)
                .hasMessage("field \"vector\" of collection " + collection
                        + ": FloatVector(16) (expected: FloatVector(8))");
    }

    @Test
    void saysThatTheVectorsAreComparedByAnotherMetric() {
        makeCollections(settings);
        makeAlias();
        MilvusClientV2 client = milvus.client();
        client.dropIndex(DropIndexReq.builder()
                .collectionName(collection)
                .fieldName(RegistrationRows.VECTOR)
                .indexName(RegistrationRows.VECTOR)
                .build());
        client.createIndex(CreateIndexReq.builder()
                .collectionName(collection)
                .indexParams(List.of(IndexParam.builder()
                        .fieldName(RegistrationRows.VECTOR)
                        .indexName(RegistrationRows.VECTOR)
                        .indexType(IndexParam.IndexType.FLAT)
                        .metricType(IndexParam.MetricType.L2)
                        .build()))
                .sync(false)
                .build());

        assertThatThrownBy(() -> open(settings))
                .isInstanceOf(UnusableMilvus.class)
                .hasMessage("index of the vectors of collection " + collection
                        + ": metric L2 (expected: metric IP, the inner product)");
    }

    @Test
    void saysThatTheVectorsAreNotIndexed() {
        makeCollections(settings);
        makeAlias();
        milvus.client()
                .dropIndex(DropIndexReq.builder()
                        .collectionName(collection)
                        .fieldName(RegistrationRows.VECTOR)
                        .indexName(RegistrationRows.VECTOR)
                        .build());

        assertThatThrownBy(() -> open(settings))
                .isInstanceOf(UnusableMilvus.class)
                .hasMessage("index of the vectors of collection " + collection
                        + ": none (expected: HNSW, IVF_FLAT or FLAT)");
    }

    @Test
    void takesAnotherIndexUnlessOneIsConfigured() {
        VectorIndex there = new VectorIndex.IvfFlat(32);
        makeCollections(settings.withIndex(there, 1));
        makeAlias();

        open(settings).close();
        open(settings.withIndex(there, 1)).close();
        for (VectorIndex other :
                List.of(new VectorIndex.Flat(), new VectorIndex.Hnsw(16, 200), new VectorIndex.IvfFlat(64))) {
            assertThatThrownBy(() -> open(settings.withIndex(other, 1)))
                    .isInstanceOf(UnusableMilvus.class)
                    .hasMessage("index of the vectors of collection " + collection + ": " + there + " (expected: "
                            + other + ")");
        }
    }

    @Test
    void saysThatLabelsAreMissing() {
        makeCollections(settings);
        makeAlias();
        String labels = names.labelsOf(collection);
        milvus.client()
                .dropCollection(
                        DropCollectionReq.builder().collectionName(labels).build());

        assertThatThrownBy(() -> open(settings))
                .isInstanceOf(UnusableMilvus.class)
                .hasMessageContaining(names.alias(GALLERY.id()))
                .hasMessageEndingWith(": " + collection + " only (expected: " + labels + ", too)");
    }

    @Test
    void saysThatADescriptionIsNotItsOwn() {
        makeCollection(fields(8), "somebody else's");
        makeAlias();

        assertThatThrownBy(() -> open(settings))
                .isInstanceOf(UnusableMilvus.class)
                .hasMessage("description of " + collection
                        + ": \"somebody else's\" (expected: one that this version wrote)");
    }

    @Test
    void changesNothingOfWhatItRefuses() {
        makeCollections(fields(16));
        List<String> before = milvus.client().listCollections().getCollectionNames();

        assertThatThrownBy(() -> open(settings)).isInstanceOf(UnusableMilvus.class);

        assertThat(milvus.client().listCollections().getCollectionNames()).containsAll(before);
    }

    @Test
    void nobodyListening() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        MilvusGallerySettings nobody = MilvusGallerySettings.at("http://127.0.0.1:" + port);
        long begin = System.nanoTime();

        assertThatThrownBy(() -> open(nobody))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining(nobody.uri() + " does not answer");

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(nobody.lookUpDeadline());
    }

    @Test
    void somebodyListeningWhoNeverAnswers() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            MilvusGallerySettings silent = MilvusGallerySettings.at("http://127.0.0.1:" + socket.getLocalPort())
                    .withDurations(DEADLINE, Duration.ofMinutes(1), Duration.ZERO);
            long begin = System.nanoTime();

            assertThatThrownBy(() -> open(silent))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining(silent.uri() + " does not answer");

            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isBetween(DEADLINE, MilvusGallerySettings.at(silent.uri()).lookUpDeadline());
        }
    }

    @Test
    void prefixesKeepTwoServicesApart() {
        // each begins with the other, so that a comparison that stops short would mix them up
        MilvusGallerySettings longer = settings.withNames("default", settings.prefix() + "x");
        try (MilvusGallery one = open(settings);
                MilvusGallery other = open(longer)) {
            one.catalogue().create(GALLERY);
            Gallery theirs = Specimens.gallery(GALLERY.id().value(), Specimens.space(16));
            assertThat(other.catalogue().find(GALLERY.id())).isEmpty();
            other.catalogue().create(theirs);
            one.registrations()
                    .add(Specimens.registration(GALLERY, "a", "a", new Specimens(GALLERY.space(), 1).vector()));

            assertThat(one.catalogue().list(PageRequest.first(10)))
                    .isEqualTo(new Page<>(List.of(GALLERY), Optional.empty()));
            assertThat(other.catalogue().list(PageRequest.first(10)))
                    .isEqualTo(new Page<>(List.of(theirs), Optional.empty()));
            assertThat(one.labels().count(GALLERY.id(), LabelScope.ALL)).isEqualTo(1);
            assertThat(other.labels().count(GALLERY.id(), LabelScope.ALL)).isZero();
            assertThat(other.registrations().find(GALLERY.id(), new RegistrationId("a")))
                    .isEmpty();

            one.catalogue().delete(GALLERY.id());
            assertThat(other.catalogue().find(GALLERY.id())).contains(theirs);
            assertThatThrownBy(() -> one.labels().count(GALLERY.id(), LabelScope.ALL))
                    .isInstanceOf(NotFound.class);
        } finally {
            milvus.dropAll(longer.prefix());
        }
    }

    private static MilvusGallery open(MilvusGallerySettings settings) {
        return MilvusGallery.open(settings, _ -> {});
    }

    /** As a service of these settings makes them. */
    private void makeCollections(MilvusGallerySettings of) {
        try (Connection connection = Connection.open(of, _ -> {})) {
            GallerySchema.createLabels(connection, names.labelsOf(collection), DESCRIPTION);
            GallerySchema.createRegistrations(connection, collection, DESCRIPTION);
        }
    }

    /** The same, but registrations with other fields. */
    private void makeCollections(Map<String, AddFieldReq> fields) {
        try (Connection connection = Connection.open(settings, _ -> {})) {
            GallerySchema.createLabels(connection, names.labelsOf(collection), DESCRIPTION);
        }
        makeCollection(fields, DESCRIPTION.write());
        makeAlias();
    }

    private void makeCollection(Map<String, AddFieldReq> fields, String description) {
        CollectionSchema schema = CollectionSchema.builder().build();
        fields.values().forEach(schema::addField);
        milvus.client()
                .createCollection(CreateCollectionReq.builder()
                        .collectionName(collection)
                        .collectionSchema(schema)
                        .description(description)
                        .build());
    }

    private void makeAlias() {
        milvus.client()
                .createAlias(CreateAliasReq.builder()
                        .alias(names.alias(GALLERY.id()))
                        .collectionName(collection)
                        .build());
    }

    /** Those of registrations. */
    private static Map<String, AddFieldReq> fields(int dimension) {
        Map<String, AddFieldReq> fields = new LinkedHashMap<>();
        List.of(
                        text(RegistrationRows.ID, RegistrationRows.ID_BYTES).isPrimaryKey(true),
                        AddFieldReq.builder()
                                .fieldName(RegistrationRows.VECTOR)
                                .dataType(DataType.FloatVector)
                                .dimension(dimension),
                        text(RegistrationRows.MAIN, RegistrationRows.LABEL_BYTES),
                        text(RegistrationRows.SUB, RegistrationRows.LABEL_BYTES),
                        text(RegistrationRows.CONTENT, RegistrationRows.CONTENT_BYTES),
                        AddFieldReq.builder()
                                .fieldName(RegistrationRows.ATTRIBUTES)
                                .dataType(DataType.JSON),
                        AddFieldReq.builder()
                                .fieldName(RegistrationRows.CREATE_TIME)
                                .dataType(DataType.Int64))
                .forEach(field -> {
                    AddFieldReq built = field.build();
                    fields.put(built.getFieldName(), built);
                });
        return fields;
    }

    private static AddFieldReq.AddFieldReqBuilder text(String name, int bytes) {
        return AddFieldReq.builder().fieldName(name).dataType(DataType.VarChar).maxLength(bytes);
    }
}
