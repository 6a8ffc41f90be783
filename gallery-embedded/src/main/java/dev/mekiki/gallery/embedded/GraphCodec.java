package dev.mekiki.gallery.embedded;

import java.io.IOException;
import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;

/**
 * Lucene's own file formats with another shape of graph. Everything is written under Lucene's own format names, so that
 * an index is read without this class.
 */
final class GraphCodec {

    /** The largest dimension that an {@link dev.mekiki.core.embedding.EmbeddingSpace} may have. */
    private static final int MAX_DIMENSION = 32_768;

    private GraphCodec() {}

    /** @param graphFrom vectors of the smallest segment that gets a graph; smaller ones are searched exhaustively */
    static Codec of(int connections, int beam, int graphFrom) {
        KnnVectorsFormat graph = new LongVectors(
                new Lucene99HnswVectorsFormat(connections, beam, 1, null, tinySegmentsThreshold(graphFrom)));
        return new Lucene104Codec() {
            @Override
            public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return graph;
            }
        };
    }

    /** Lucene builds a graph of n vectors where n is more than the threshold times the natural logarithm of n. */
    private static int tinySegmentsThreshold(int graphFrom) {
        return graphFrom < 3 ? 0 : (int) (graphFrom / Math.log(graphFrom));
    }

    /** Lucene's limit of 1,024 dimensions is one of policy, not of the format. */
    private static final class LongVectors extends KnnVectorsFormat {

        private final KnnVectorsFormat format;

        LongVectors(KnnVectorsFormat format) {
            super(format.getName());
            this.format = format;
        }

        @Override
        public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
            return format.fieldsWriter(state);
        }

        @Override
        public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
            return format.fieldsReader(state);
        }

        @Override
        public int getMaxDimensions(String fieldName) {
            return MAX_DIMENSION;
        }
    }
}
