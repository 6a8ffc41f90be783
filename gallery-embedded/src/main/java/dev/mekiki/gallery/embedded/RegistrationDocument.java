package dev.mekiki.gallery.embedded;

import static java.util.Objects.requireNonNull;

import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.gallery.RegistrationKey;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.SortedDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues.DocIndexIterator;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** A registration as a Lucene document: how it is written, read and asked for. */
final class RegistrationDocument {

    static final String ID = "id";
    static final String MAIN = "main";
    static final String PATH = "path";
    static final String VECTOR = "vector";

    /** Missing from documents of galleries of the first version. */
    private static final String CONTENT = "content";

    private static final String RECORD = "record";

    /** Sorts before every character of a label, so that a main label's paths stand together. */
    private static final char SEPARATOR = '\0';

    private static final int RECORD_VERSION = 1;

    /** Bytes of a digest. */
    private static final int CONTENT_LENGTH = 32;

    private RegistrationDocument() {}

    static Document of(Registration registration) {
        Document document = new Document();
        BytesRef id = new BytesRef(registration.id().value());
        document.add(new StringField(ID, id, Field.Store.NO));
        document.add(new SortedDocValuesField(ID, id));
        BytesRef path = path(registration.label());
        document.add(new StringField(CONTENT, bytes(registration.content()), Field.Store.NO));
        document.add(new StringField(MAIN, registration.label().main(), Field.Store.NO));
        document.add(new StringField(PATH, path, Field.Store.NO));
        document.add(new SortedDocValuesField(PATH, path));
        document.add(new KnnFloatVectorField(
                VECTOR, registration.embedding().vector(), VectorSimilarityFunction.DOT_PRODUCT));
        document.add(new StoredField(RECORD, record(registration)));
        return document;
    }

    static Term idTerm(RegistrationId id) {
        return new Term(ID, id.value());
    }

    static BytesRef path(LabelPath label) {
        return new BytesRef(
                label.main() + label.sub().map(sub -> SEPARATOR + sub).orElse(""));
    }

    static LabelPath label(BytesRef path) {
        String text = path.utf8ToString();
        int separator = text.indexOf(SEPARATOR);
        return separator < 0
                ? LabelPath.of(text)
                : LabelPath.of(text.substring(0, separator), text.substring(separator + 1));
    }

    /** The registrations under a scope. */
    static Query within(LabelScope scope) {
        if (scope.isAll()) {
            return MatchAllDocsQuery.INSTANCE;
        }
        List<BytesRef> mains = new ArrayList<>();
        List<BytesRef> paths = new ArrayList<>();
        for (LabelPath path : scope.paths()) {
            if (path.sub().isEmpty()) {
                mains.add(new BytesRef(path.main()));
            } else {
                paths.add(path(path));
            }
        }
        BooleanQuery.Builder either = new BooleanQuery.Builder();
        if (!mains.isEmpty()) {
            either.add(new TermInSetQuery(MAIN, mains), Occur.SHOULD);
        }
        if (!paths.isEmpty()) {
            either.add(new TermInSetQuery(PATH, paths), Occur.SHOULD);
        }
        return either.build();
    }

    static Query underPath(LabelPath label) {
        return new TermQuery(new Term(PATH, path(label)));
    }

    /** The documents of those registrations that there are. */
    static Map<RegistrationId, Integer> documents(DirectoryReader reader, Collection<RegistrationId> ids)
            throws IOException {
        Map<BytesRef, RegistrationId> terms = new TreeMap<>();
        ids.forEach(id -> terms.put(new BytesRef(id.value()), id));
        Map<RegistrationId, Integer> documents = new HashMap<>();
        visit(reader, ID, terms.keySet(), (leaf, term, doc) -> {
            documents.put(requireNonNull(terms.get(term)), leaf.docBase + doc);
            return true;
        });
        return documents;
    }

    /** Of those registrations that there are, what tells them apart. */
    static List<RegistrationKey> withIds(DirectoryReader reader, Collection<RegistrationId> ids) throws IOException {
        SortedSet<BytesRef> terms = new TreeSet<>();
        ids.forEach(id -> terms.add(new BytesRef(id.value())));
        List<RegistrationKey> keys = new ArrayList<>();
        visit(reader, ID, terms, (leaf, _, doc) -> {
            keys.add(key(leaf.reader(), doc));
            return true;
        });
        return keys;
    }

    /** The registrations of some contents, at most so many of each. */
    static List<RegistrationKey> withContents(
            DirectoryReader reader, Collection<ContentDigest> contents, int mostOfEach) throws IOException {
        Map<BytesRef, Integer> found = new TreeMap<>();
        contents.forEach(content -> found.put(bytes(content), 0));
        List<RegistrationKey> keys = new ArrayList<>();
        visit(reader, CONTENT, found.keySet(), (leaf, term, doc) -> {
            int already = found.getOrDefault(term, 0);
            if (already < mostOfEach) {
                found.put(term, already + 1);
                keys.add(key(leaf.reader(), doc));
            }
            return already + 1 < mostOfEach;
        });
        return keys;
    }

    private interface Visitor {
        /** @return whether to show more documents of that term in that leaf */
        boolean visit(LeafReaderContext leaf, BytesRef term, int doc) throws IOException;
    }

    /** @param terms in ascending order, in which a dictionary is read fastest */
    private static void visit(DirectoryReader reader, String field, Iterable<BytesRef> terms, Visitor visitor)
            throws IOException {
        for (LeafReaderContext leaf : reader.leaves()) {
            @Nullable Terms dictionary = leaf.reader().terms(field);
            if (dictionary == null) {
                continue;
            }
            TermsEnum entry = dictionary.iterator();
            @Nullable Bits live = leaf.reader().getLiveDocs();
            @Nullable PostingsEnum documents = null;
            for (BytesRef term : terms) {
                if (!entry.seekExact(term)) {
                    continue;
                }
                documents = entry.postings(documents, PostingsEnum.NONE);
                boolean more = true;
                for (int doc = documents.nextDoc();
                        more && doc != DocIdSetIterator.NO_MORE_DOCS;
                        doc = documents.nextDoc()) {
                    if (live == null || live.get(doc)) {
                        more = visitor.visit(leaf, term, doc);
                    }
                }
            }
        }
    }

    /** A registration, or null if there is none. */
    static @Nullable Registration find(DirectoryReader reader, Gallery gallery, RegistrationId id) throws IOException {
        @Nullable Integer document = documents(reader, List.of(id)).get(id);
        if (document == null) {
            return null;
        }
        LeafReaderContext leaf = reader.leaves().get(ReaderUtil.subIndex(document, reader.leaves()));
        return read(gallery, leaf.reader(), document - leaf.docBase);
    }

    /** @param doc within the leaf */
    static Registration read(Gallery gallery, LeafReader leaf, int doc) throws IOException {
        @Nullable FloatVectorValues vectors = leaf.getFloatVectorValues(VECTOR);
        if (vectors == null) {
            throw new CorruptIndexException("a registration without vector", leaf.toString());
        }
        DocIndexIterator ordinals = vectors.iterator();
        if (ordinals.advance(doc) != doc) {
            throw new CorruptIndexException("a registration without vector", leaf.toString());
        }
        Embedding embedding = Embedding.ofUnit(gallery.space(), vectors.vectorValue(ordinals.index()));
        DataInputStream in = openRecord(leaf, doc);
        ContentDigest content = readContent(in);
        Instant createTime = Instant.ofEpochMilli(in.readLong());
        int count = in.readUnsignedByte();
        Map<String, String> attributes = new HashMap<>();
        for (int i = 0; i < count; i++) {
            String key = readText(in);
            attributes.put(key, readText(in));
        }
        return new Registration(
                gallery.id(), id(leaf, doc), label(leaf, doc), content, embedding, attributes, createTime);
    }

    /** @param doc within the leaf */
    static RegistrationId id(LeafReader leaf, int doc) throws IOException {
        return new RegistrationId(value(leaf, ID, doc).utf8ToString());
    }

    private static LabelPath label(LeafReader leaf, int doc) throws IOException {
        return label(value(leaf, PATH, doc));
    }

    private static RegistrationKey key(LeafReader leaf, int doc) throws IOException {
        return new RegistrationKey(id(leaf, doc), label(leaf, doc), readContent(openRecord(leaf, doc)));
    }

    private static DataInputStream openRecord(LeafReader leaf, int doc) throws IOException {
        @Nullable BytesRef record = leaf.storedFields().document(doc).getBinaryValue(RECORD);
        if (record == null) {
            throw new CorruptIndexException("a registration without record", leaf.toString());
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(record.bytes, record.offset, record.length));
        int version = in.readUnsignedByte();
        if (version != RECORD_VERSION) {
            throw new CorruptIndexException(
                    "record version: " + version + " (expected: " + RECORD_VERSION + ")", leaf.toString());
        }
        return in;
    }

    private static ContentDigest readContent(DataInputStream in) throws IOException {
        return new ContentDigest(HexFormat.of().formatHex(in.readNBytes(CONTENT_LENGTH)));
    }

    private static BytesRef bytes(ContentDigest content) {
        return new BytesRef(HexFormat.of().parseHex(content.hex()));
    }

    private static BytesRef value(LeafReader leaf, String field, int doc) throws IOException {
        SortedDocValues values = DocValues.getSorted(leaf, field);
        if (!values.advanceExact(doc)) {
            throw new CorruptIndexException("a registration without " + field, leaf.toString());
        }
        return values.lookupOrd(values.ordValue());
    }

    /** What is neither searched nor sorted by. */
    private static BytesRef record(Registration registration) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(RECORD_VERSION);
            out.write(HexFormat.of().parseHex(registration.content().hex()));
            out.writeLong(registration.createTime().toEpochMilli());
            out.writeByte(registration.attributes().size());
            for (Map.Entry<String, String> attribute : registration.attributes().entrySet()) {
                writeText(out, attribute.getKey());
                writeText(out, attribute.getValue());
            }
        } catch (IOException e) {
            throw new AssertionError("writing to memory does not fail", e);
        }
        return new BytesRef(bytes.toByteArray());
    }

    private static void writeText(DataOutputStream out, String text) throws IOException {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(utf8.length);
        out.write(utf8);
    }

    private static String readText(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }
}
