package dev.mekiki.gallery.milvus;

import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.gallery.contract.GalleryContract;
import dev.mekiki.milvus.server.MilvusServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class MilvusGalleryIT extends GalleryContract {

    @Override
    protected GalleryBackend open(Path name) {
        return MilvusGallery.open(
                MilvusGallerySettings.at(MilvusServer.shared().uri()).withNames("default", TestMilvus.prefix(name)),
                _ -> {});
    }

    @AfterEach
    void dropGalleries() {
        try (TestMilvus milvus = new TestMilvus(MilvusServer.shared())) {
            milvus.dropAll(TestMilvus.prefix(folder));
        }
    }
}
