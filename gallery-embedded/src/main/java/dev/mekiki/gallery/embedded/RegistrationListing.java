package dev.mekiki.gallery.embedded;

import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.Page;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.gallery.PageToken;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.FieldDoc;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** The registrations of one state of an index in order of their ids. */
final class RegistrationListing {

    private static final Sort BY_ID = new Sort(new SortField(RegistrationDocument.ID, SortField.Type.STRING));

    private final IndexSearcher searcher;
    private final Gallery gallery;

    RegistrationListing(IndexSearcher searcher, Gallery gallery) {
        this.searcher = searcher;
        this.gallery = gallery;
    }

    Page<Registration> page(LabelScope scope, PageRequest request) throws IOException {
        PageToken token = new PageToken("registrations\n" + gallery.id() + "\n" + identity(scope));
        @Nullable FieldDoc last = token.lastOf(request).map(this::afterId).orElse(null);
        ScoreDoc[] found =
                searcher.searchAfter(last, RegistrationDocument.within(scope), request.size() + 1, BY_ID).scoreDocs;
        IndexReader reader = searcher.getIndexReader();
        List<Registration> registrations = new ArrayList<>();
        for (int i = 0; i < Math.min(found.length, request.size()); i++) {
            LeafReaderContext leaf = reader.leaves().get(ReaderUtil.subIndex(found[i].doc, reader.leaves()));
            registrations.add(RegistrationDocument.read(gallery, leaf.reader(), found[i].doc - leaf.docBase));
        }
        Optional<String> next = found.length > request.size()
                ? token.after(registrations.getLast().id().value())
                : Optional.empty();
        return new Page<>(registrations, next);
    }

    /** Later than any document of that id, so that the id itself is not listed again. */
    private FieldDoc afterId(String id) {
        int lastDocument = Math.max(0, searcher.getIndexReader().maxDoc() - 1);
        return new FieldDoc(lastDocument, Float.NaN, new Object[] {new BytesRef(id)});
    }

    private static String identity(LabelScope scope) {
        return scope.paths().stream().sorted().map(LabelPath::toString).collect(Collectors.joining("\n"));
    }
}
