package dev.mekiki.gallery.embedded;

import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/**
 * The latest durable state together with what a group of changes has made of it so far, so that each change is decided
 * on what those before it have done. Not thread-safe.
 */
final class Draft {

    private static final int NOT_THERE = -1;

    private final Gallery gallery;
    private final IndexSearcher searcher;
    private final List<LeafReaderContext> leaves;

    /** Documents of the durable state, or {@link #NOT_THERE}, as far as somebody has asked. */
    private final Map<RegistrationId, Integer> documents = new HashMap<>();

    /** What is to be there; empty if it is to be deleted. */
    private final Map<RegistrationId, Optional<Registration>> drafted = new LinkedHashMap<>();

    /** What is to be said of the gallery; null if that stays as it is. */
    private @Nullable Gallery description;

    Draft(Gallery gallery, IndexSearcher searcher) {
        this.gallery = gallery;
        this.searcher = searcher;
        this.leaves = searcher.getIndexReader().leaves();
    }

    /** Looks for many at once, which is faster than one by one. */
    void seek(Collection<RegistrationId> ids) throws IOException {
        ids.forEach(id -> documents.put(id, NOT_THERE));
        documents.putAll(RegistrationDocument.documents((DirectoryReader) searcher.getIndexReader(), ids));
    }

    @Nullable
    Registration find(RegistrationId id) throws IOException {
        @Nullable Optional<Registration> draft = drafted.get(id);
        if (draft != null) {
            return draft.orElse(null);
        }
        int document = document(id);
        if (document == NOT_THERE) {
            return null;
        }
        LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(document, leaves));
        return RegistrationDocument.read(gallery, leaf.reader(), document - leaf.docBase);
    }

    private int document(RegistrationId id) throws IOException {
        @Nullable Integer known = documents.get(id);
        if (known == null) {
            seek(List.of(id));
            known = documents.getOrDefault(id, NOT_THERE);
        }
        return known;
    }

    /** Up to {@code most} of the registrations that a label covers. */
    List<RegistrationId> idsUnder(LabelPath label, int most) throws IOException {
        List<RegistrationId> ids = new ArrayList<>();
        drafted.forEach((id, draft) -> {
            if (ids.size() < most
                    && draft.isPresent()
                    && label.covers(draft.get().label())) {
                ids.add(id);
            }
        });
        Weight weight = searcher.createWeight(
                searcher.rewrite(RegistrationDocument.within(LabelScope.of(label))), ScoreMode.COMPLETE_NO_SCORES, 1);
        for (LeafReaderContext leaf : leaves) {
            @Nullable Scorer scorer = ids.size() < most ? weight.scorer(leaf) : null;
            if (scorer == null) {
                continue;
            }
            @Nullable Bits live = leaf.reader().getLiveDocs();
            DocIdSetIterator iterator = scorer.iterator();
            int doc = iterator.nextDoc();
            while (ids.size() < most && doc != DocIdSetIterator.NO_MORE_DOCS) {
                if (live == null || live.get(doc)) {
                    RegistrationId id = RegistrationDocument.id(leaf.reader(), doc);
                    if (!drafted.containsKey(id)) {
                        ids.add(id);
                        documents.put(id, leaf.docBase + doc);
                    }
                }
                doc = iterator.nextDoc();
            }
        }
        return ids;
    }

    void put(Registration registration) {
        drafted.put(registration.id(), Optional.of(registration));
    }

    void remove(RegistrationId id) {
        drafted.put(id, Optional.empty());
    }

    void describe(Gallery described) {
        description = described;
    }

    /** @return whether there is anything to commit */
    boolean writeTo(IndexWriter writer) throws IOException {
        boolean changed = false;
        if (description != null) {
            writer.setLiveCommitData(GalleryDescription.write(description).entrySet());
            changed = true;
        }
        for (Map.Entry<RegistrationId, Optional<Registration>> entry : drafted.entrySet()) {
            RegistrationId id = entry.getKey();
            boolean wasThere = document(id) != NOT_THERE;
            if (entry.getValue().isPresent()) {
                var document = RegistrationDocument.of(entry.getValue().get());
                if (wasThere) {
                    writer.updateDocument(RegistrationDocument.idTerm(id), document);
                } else {
                    writer.addDocument(document);
                }
                changed = true;
            } else if (wasThere) {
                writer.deleteDocuments(RegistrationDocument.idTerm(id));
                changed = true;
            }
        }
        return changed;
    }
}
