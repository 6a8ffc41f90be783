package dev.mekiki.gallery.milvus;

import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.milvus.server.MilvusServer;
import io.milvus.v2.client.ConnectConfig;
import io.milvus.v2.client.MilvusClientV2;
import io.milvus.v2.service.collection.request.DescribeCollectionReq;
import io.milvus.v2.service.collection.request.DropCollectionReq;
import io.milvus.v2.service.utility.request.DropAliasReq;
import io.milvus.v2.service.utility.request.ListAliasesReq;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What the tests do to Milvus behind the gallery's back, each under a prefix of its own. */
final class TestMilvus implements AutoCloseable {

    private final MilvusClientV2 client;

    TestMilvus(MilvusServer server) {
        this.client =
                new MilvusClientV2(ConnectConfig.builder().uri(server.uri()).build());
    }

    /** A prefix that belongs to a test's folder alone. */
    static String prefix(Path folder) {
        return "t"
                + ContentDigest.of(folder.toString().getBytes(StandardCharsets.UTF_8))
                        .hex()
                        .substring(0, 12);
    }

    MilvusClientV2 client() {
        return client;
    }

    /** Takes away what a test has left, because Milvus 2.3 holds no more than 64 collections. */
    void dropAll(String prefix) {
        for (String collection : client.listCollections().getCollectionNames()) {
            if (collection.startsWith(prefix + "_")) {
                String name = client.describeCollection(DescribeCollectionReq.builder()
                                .collectionName(collection)
                                .build())
                        .getCollectionName();
                client.listAliases(ListAliasesReq.builder().collectionName(name).build())
                        .getAlias()
                        .forEach(alias -> client.dropAlias(
                                DropAliasReq.builder().alias(alias).build()));
                client.dropCollection(
                        DropCollectionReq.builder().collectionName(name).build());
            }
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
