package dev.mekiki.gallery.embedded;

import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.LabelCount;
import dev.mekiki.core.gallery.LabelCount.SubLabelCount;
import dev.mekiki.core.gallery.Page;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.gallery.PageToken;
import dev.mekiki.core.label.LabelPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.MultiBits;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.index.TermsEnum.SeekStatus;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/** The labels of one state of an index, read off its dictionary of label paths. */
final class LabelListing {

    /** Sorts after the paths of a main label and before every other main label that begins with it. */
    private static final char AFTER_SUB_LABELS = '\1';

    private final IndexReader reader;
    private final GalleryId gallery;

    LabelListing(IndexReader reader, GalleryId gallery) {
        this.reader = reader;
        this.gallery = gallery;
    }

    Page<LabelCount> page(PageRequest request) throws IOException {
        PageToken token = new PageToken("labels\n" + gallery);
        Optional<String> last = token.lastOf(request);
        List<LabelCount> labels = new ArrayList<>();
        @Nullable Terms paths = MultiTerms.getTerms(reader, RegistrationDocument.PATH);
        if (paths == null) {
            return new Page<>(labels, Optional.empty());
        }
        TermsEnum path = paths.iterator();
        if (path.seekCeil(new BytesRef(last.map(main -> main + AFTER_SUB_LABELS).orElse(""))) == SeekStatus.END) {
            return new Page<>(labels, Optional.empty());
        }
        @Nullable Bits live = MultiBits.getLiveDocs(reader);
        @Nullable PostingsEnum documents = null;
        String main = "";
        long registrations = 0;
        List<SubLabelCount> subLabels = new ArrayList<>();
        for (@Nullable BytesRef term = path.term(); term != null; term = path.next()) {
            long count = path.docFreq();
            if (live != null) {
                documents = path.postings(documents, PostingsEnum.NONE);
                count = count(documents, live);
            }
            if (count == 0) {
                continue;
            }
            LabelPath label = RegistrationDocument.label(term);
            if (!label.main().equals(main)) {
                if (registrations > 0) {
                    labels.add(new LabelCount(main, registrations, subLabels));
                    if (labels.size() == request.size()) {
                        return new Page<>(labels, token.after(main));
                    }
                }
                main = label.main();
                registrations = 0;
                subLabels = new ArrayList<>();
            }
            registrations += count;
            if (label.sub().isPresent()) {
                subLabels.add(new SubLabelCount(label.sub().get(), count));
            }
        }
        if (registrations > 0) {
            labels.add(new LabelCount(main, registrations, subLabels));
        }
        return new Page<>(labels, Optional.empty());
    }

    private static long count(PostingsEnum documents, Bits live) throws IOException {
        long count = 0;
        for (int doc = documents.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = documents.nextDoc()) {
            if (live.get(doc)) {
                count++;
            }
        }
        return count;
    }
}
