package dev.mekiki.gallery.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.failure.NotFound;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.LookUp;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelScope;
import dev.mekiki.gallery.contract.Specimens;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Segments too small for a graph, and what becomes of them while nobody changes anything. */
@Timeout(300)
class BackgroundMergesTest {

    private static final EmbeddingSpace SPACE = Specimens.space(16);
    private static final Gallery GALLERY = Specimens.gallery("passports", SPACE);
    private static final int GRAPH_FROM = 300;
    private static final int GROUP = 100;
    private static final int GROUPS = 20;

    private final Specimens specimens = new Specimens(SPACE, 1);
    private final List<Registration> registered = new ArrayList<>();
    private final MergesHeldBack disk = new MergesHeldBack();

    @TempDir
    private Path folder;

    /** Lets merges write only when told to, and tells when a commit has followed. */
    private static final class MergesHeldBack {

        private final CountDownLatch released = new CountDownLatch(1);
        private final AtomicInteger heldBack = new AtomicInteger();
        private volatile CountDownLatch committed = new CountDownLatch(0);

        Directory open(Path path) throws IOException {
            return new FilterDirectory(FSDirectory.open(path)) {
                @Override
                public IndexOutput createOutput(String name, IOContext context) throws IOException {
                    if (context.context() == IOContext.Context.MERGE) {
                        heldBack.incrementAndGet();
                        MergesHeldBack.await(released);
                    }
                    return super.createOutput(name, context);
                }

                @Override
                public void syncMetaData() throws IOException {
                    super.syncMetaData();
                    committed.countDown();
                }
            };
        }

        void release() {
            released.countDown();
        }

        void expectCommit() {
            committed = new CountDownLatch(1);
        }

        void awaitCommit() throws IOException {
            await(committed);
        }

        private static void await(CountDownLatch latch) throws IOException {
            try {
                if (!latch.await(240, TimeUnit.SECONDS)) {
                    throw new IOException("waited in vain");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
    }

    private GalleryIndex open() throws IOException {
        return GalleryIndex.open(folder, GALLERY.id(), settings(), disk::open);
    }

    private EmbeddedGallerySettings settings() {
        return EmbeddedGallerySettings.in(folder).withGraphFrom(GRAPH_FROM);
    }

    private GalleryIndex openWithGroups() throws IOException {
        GalleryIndex.create(folder, GALLERY, settings(), disk::open);
        GalleryIndex index = open();
        for (int group = 0; group < GROUPS; group++) {
            add(index, GROUP);
        }
        return index;
    }

    private void add(GalleryIndex index, int count) {
        List<Registration> group = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String id = "r%05d".formatted(registered.size());
            group.add(Specimens.registration(GALLERY, id, "label-" + id, specimens.vector()));
            registered.add(group.getLast());
        }
        index.change(Change.addAll(group));
    }

    /** What the scribe had before it has been done when this returns; it commits nothing itself. */
    private static void letTheScribeCatchUp(GalleryIndex index) {
        assertThatExceptionOfType(NotFound.class)
                .isThrownBy(() -> index.change(Change.delete(GALLERY.id(), new RegistrationId("nobody"))));
    }

    private static int segments(GalleryIndex index) {
        return index.read(searcher -> searcher.getIndexReader().leaves().size());
    }

    private int committedSegments() throws IOException {
        try (Directory directory = FSDirectory.open(folder);
                DirectoryReader reader = DirectoryReader.open(directory)) {
            return reader.leaves().size();
        }
    }

    /** How many vectors are in graphs. */
    private static int inGraphs(GalleryIndex index) {
        return index.read(searcher -> {
            int vectors = 0;
            for (LeafReaderContext leaf : searcher.getIndexReader().leaves()) {
                @Nullable KnnVectorsReader reader = ((CodecReader) leaf.reader()).getVectorReader();
                if (reader instanceof PerFieldKnnVectorsFormat.FieldsReader fields
                        && fields.getFieldReader(RegistrationDocument.VECTOR) instanceof HnswGraphProvider graphs) {
                    @Nullable HnswGraph graph = graphs.getGraph(RegistrationDocument.VECTOR);
                    vectors += graph == null ? 0 : graph.size();
                }
            }
            return vectors;
        });
    }

    private void requireEverythingFound(GalleryIndex index) {
        for (Registration registration : registered) {
            LookUp question = new LookUp(GALLERY.id(), registration.embedding(), LabelScope.ALL, 1, 1);
            assertThat(index.read(searcher -> new CandidateSearch(searcher, question, 0, 64).run())
                            .matches())
                    .extracting(match -> match.id())
                    .containsExactly(registration.id());
        }
    }

    @Test
    void everythingIsFoundWhereOnlySomeSegmentsHaveGraphs() throws IOException {
        GalleryIndex index = openWithGroups();
        try {
            assertThat(inGraphs(index)).isZero();
            requireEverythingFound(index);

            add(index, 1_000);
            add(index, GROUP);

            assertThat(inGraphs(index)).isEqualTo(1_000);
            requireEverythingFound(index);
        } finally {
            disk.release();
            index.close();
        }
    }

    @Test
    void changesDoNotWaitForMerges() throws IOException {
        GalleryIndex index = openWithGroups();
        try {
            for (int group = 0; group < 5 * GROUPS; group++) {
                add(index, 1);
            }
            assertThat(segments(index)).isEqualTo(GROUPS + 5 * GROUPS);
        } finally {
            disk.release();
            index.close();
        }
    }

    @Test
    void graphsAreBuiltOnHalfOfTheCores() throws IOException {
        GalleryIndex index = openWithGroups();
        try {
            for (int group = 0; group < 3 * GROUPS; group++) {
                add(index, GROUP);
            }
            List<Thread> merges = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().contains("Merge Thread"))
                    .toList();
            int cores = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
            assertThat(merges).hasSizeGreaterThan(cores);

            // each waits for its turn or for the disk
            while (merges.stream().anyMatch(thread -> thread.getState() == Thread.State.RUNNABLE)) {
                Thread.onSpinWait();
            }

            assertThat(disk.heldBack).hasValueLessThanOrEqualTo(cores);
        } finally {
            disk.release();
            index.close();
        }
    }

    @Test
    void whatWasMergedIsDurableAndShownWithoutAnotherChange() throws IOException {
        GalleryIndex index = openWithGroups();
        try {
            assertThat(segments(index)).isEqualTo(GROUPS);
            disk.expectCommit();

            disk.release();
            disk.awaitCommit();
            letTheScribeCatchUp(index);

            assertThat(committedSegments()).isLessThan(GROUPS);
            assertThat(segments(index)).isLessThan(GROUPS);
            assertThat(inGraphs(index)).isGreaterThanOrEqualTo(GRAPH_FROM);
            requireEverythingFound(index);
        } finally {
            index.close();
        }
    }

    @Test
    void mergesThatClosingBrokeOffAreResumedByOpening() throws IOException, InterruptedException {
        GalleryIndex index = openWithGroups();
        Thread closing = Thread.ofPlatform().start(index::close);
        // a merge that is still held back cannot notice that it is to end
        while (closing.getState() == Thread.State.RUNNABLE) {
            Thread.onSpinWait();
        }
        disk.release();
        closing.join();
        disk.expectCommit();

        index = open();
        try {
            disk.awaitCommit();
            letTheScribeCatchUp(index);

            assertThat(segments(index)).isLessThan(GROUPS);
            requireEverythingFound(index);
        } finally {
            index.close();
        }
    }
}
