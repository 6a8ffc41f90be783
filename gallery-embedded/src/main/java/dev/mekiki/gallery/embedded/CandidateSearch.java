package dev.mekiki.gallery.embedded;

import dev.mekiki.core.gallery.Candidates;
import dev.mekiki.core.gallery.ExactScore;
import dev.mekiki.core.gallery.LookUp;
import dev.mekiki.core.gallery.Match;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.lucene.index.DocValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues.DocIndexIterator;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SortedDocValues;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.Weight;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.VectorUtil;
import org.jspecify.annotations.Nullable;

/**
 * One look-up in one state of an index.
 *
 * <p>Whatever is found goes into one {@link Pool} with its exact score, and the answer is always what the pool ranks
 * highest. Where there are few candidates the pool takes all of them. Otherwise it takes the nearest ones that the graph
 * brings; only if they leave a gap in the answer (the list too short because of a crowded label, no runner-up label, no
 * runner-up sub-label) the graph is asked again, without those that are known to be in the way.
 */
final class CandidateSearch {

    private final IndexSearcher searcher;
    private final List<LeafReaderContext> leaves;
    private final LookUp question;
    private final float[] target;
    private final int exhaustiveUpTo;
    private final int overFetch;
    private final Query scope;
    private final int inScope;
    private final Pool pool = new Pool();
    private final Map<Long, LabelPath> labels = new HashMap<>();

    CandidateSearch(IndexSearcher searcher, LookUp question, int exhaustiveUpTo, int overFetch) throws IOException {
        this.searcher = searcher;
        this.leaves = searcher.getIndexReader().leaves();
        this.question = question;
        this.target = question.query().vector();
        this.exhaustiveUpTo = exhaustiveUpTo;
        this.overFetch = overFetch;
        this.scope = RegistrationDocument.within(question.scope());
        this.inScope = searcher.count(scope);
    }

    Candidates run() throws IOException {
        int wanted = Math.max(overFetch, 2 * question.maxMatches());
        collect(scope, inScope, wanted);
        Ranking ranking = new Ranking();
        while (pool.size() < inScope && ranking.matches.size() < question.maxMatches()) {
            Query full = mains(ranking.fullLabels(question.maxPerLabel()));
            int left = inScope - searcher.count(both(scope, full));
            collect(without(scope, full), left, wanted);
            ranking = new Ranking();
            if (left <= Math.max(exhaustiveUpTo, wanted)) {
                break;
            }
            wanted *= 4;
        }
        if (pool.size() < inScope && ranking.mains.size() == 1) {
            Query winner = mains(List.of(ranking.mains.getFirst().label().main()));
            collect(without(scope, winner), inScope - searcher.count(both(scope, winner)), overFetch);
            ranking = new Ranking();
        }
        if (pool.size() < inScope && !ranking.mains.isEmpty() && ranking.paths.size() == 1 && ranking.morePaths) {
            LabelPath winner = ranking.mains.getFirst().label();
            Query others = without(withinMain(winner.main()), RegistrationDocument.underPath(winner));
            collect(others, searcher.count(others), overFetch);
            ranking = new Ranking();
        }
        return new Candidates(ranking.mains, ranking.paths, ranking.matches);
    }

    /**
     * Adds the nearest candidates to the pool, or all of them where they are few.
     *
     * @param count how many {@code candidates} there are
     * @param wanted how many of them to find
     */
    private void collect(Query candidates, int count, int wanted) throws IOException {
        if (count == 0) {
            return;
        }
        if (count <= Math.max(exhaustiveUpTo, wanted)) {
            collectAll(candidates);
            return;
        }
        @Nullable Query filter = candidates instanceof MatchAllDocsQuery ? null : candidates;
        ScoreDoc[] found = searcher.search(
                        new KnnFloatVectorQuery(RegistrationDocument.VECTOR, target, wanted, filter), wanted)
                .scoreDocs;
        Arrays.sort(found, Comparator.comparingInt(hit -> hit.doc));
        int next = 0;
        for (LeafReaderContext leaf : leaves) {
            Leaf documents = new Leaf(leaf);
            int end = leaf.docBase + leaf.reader().maxDoc();
            while (next < found.length && found[next].doc < end) {
                documents.add(found[next].doc - leaf.docBase);
                next++;
            }
        }
    }

    private void collectAll(Query candidates) throws IOException {
        Weight weight = searcher.createWeight(searcher.rewrite(candidates), ScoreMode.COMPLETE_NO_SCORES, 1);
        for (LeafReaderContext leaf : leaves) {
            @Nullable Scorer scorer = weight.scorer(leaf);
            if (scorer == null) {
                continue;
            }
            @Nullable Bits live = leaf.reader().getLiveDocs();
            Leaf documents = new Leaf(leaf);
            DocIdSetIterator iterator = scorer.iterator();
            for (int doc = iterator.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = iterator.nextDoc()) {
                if (live == null || live.get(doc)) {
                    documents.add(doc);
                }
            }
        }
    }

    /** Scores documents of one leaf, in ascending order. */
    private final class Leaf {

        private final int docBase;
        private final @Nullable FloatVectorValues vectors;
        private final @Nullable DocIndexIterator ordinals;
        private final SortedDocValues paths;

        Leaf(LeafReaderContext leaf) throws IOException {
            this.docBase = leaf.docBase;
            this.vectors = leaf.reader().getFloatVectorValues(RegistrationDocument.VECTOR);
            this.ordinals = vectors == null ? null : vectors.iterator();
            this.paths = DocValues.getSorted(leaf.reader(), RegistrationDocument.PATH);
        }

        void add(int doc) throws IOException {
            if (vectors == null || ordinals == null || ordinals.advance(doc) != doc || !paths.advanceExact(doc)) {
                throw new IOException("document " + doc + " has no vector or no label");
            }
            float cosine = VectorUtil.dotProduct(target, vectors.vectorValue(ordinals.index()));
            pool.add(docBase + doc, paths.ordValue(), Math.clamp(cosine, -1f, 1f));
        }
    }

    /** The answer as the pool knows it. */
    private final class Ranking {

        final List<Match> mains = new ArrayList<>(2);
        final List<Match> paths = new ArrayList<>(2);
        final List<Match> matches = new ArrayList<>();

        /** Whether the best main label has other paths than the best one. */
        boolean morePaths;

        private final Map<String, Integer> listed = new HashMap<>();

        Ranking() throws IOException {
            int[] ranked = pool.ranked();
            int next = 0;
            while (next < ranked.length && !isComplete()) {
                int end = next + 1;
                while (end < ranked.length && pool.score(ranked[end]) == pool.score(ranked[next])) {
                    end++;
                }
                rankEqual(Arrays.copyOfRange(ranked, next, end));
                next = end;
            }
        }

        private boolean isComplete() {
            return mains.size() == 2 && (paths.size() == 2 || !morePaths) && matches.size() >= question.maxMatches();
        }

        private void rankEqual(int[] positions) throws IOException {
            if (positions.length == 1) {
                rank(positions[0], null);
                return;
            }
            Map<RegistrationId, Integer> byId = new HashMap<>();
            for (int position : positions) {
                byId.put(id(pool.document(position)), position);
            }
            List<RegistrationId> ids = new ArrayList<>(byId.keySet());
            ids.sort(Comparator.comparing(RegistrationId::value));
            for (RegistrationId id : ids) {
                rank(byId.getOrDefault(id, -1), id);
            }
        }

        private void rank(int position, @Nullable RegistrationId id) throws IOException {
            LabelPath label = label(position);
            boolean best = mains.isEmpty();
            boolean secondMain = mains.size() == 1
                    && !label.main().equals(mains.getFirst().label().main());
            boolean secondPath = paths.size() == 1
                    && label.main().equals(paths.getFirst().label().main())
                    && !label.equals(paths.getFirst().label());
            boolean listing = matches.size() < question.maxMatches()
                    && listed.getOrDefault(label.main(), 0) < question.maxPerLabel();
            if (!best && !secondMain && !secondPath && !listing) {
                return;
            }
            Match match = new Match(
                    id != null ? id : id(pool.document(position)), label, new ExactScore(pool.score(position)));
            if (best || secondMain) {
                mains.add(match);
            }
            if (best || secondPath) {
                paths.add(match);
            }
            if (best) {
                morePaths = searcher.count(withinMain(label.main()))
                        > searcher.count(RegistrationDocument.underPath(label));
            }
            if (listing) {
                matches.add(match);
                listed.merge(label.main(), 1, Integer::sum);
            }
        }

        List<String> fullLabels(int most) {
            return listed.entrySet().stream()
                    .filter(entry -> entry.getValue() >= most)
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }

    private RegistrationId id(int document) throws IOException {
        LeafReaderContext leaf = leaves.get(ReaderUtil.subIndex(document, leaves));
        SortedDocValues ids = DocValues.getSorted(leaf.reader(), RegistrationDocument.ID);
        if (!ids.advanceExact(document - leaf.docBase)) {
            throw new IOException("document " + document + " has no id");
        }
        return new RegistrationId(ids.lookupOrd(ids.ordValue()).utf8ToString());
    }

    private LabelPath label(int position) throws IOException {
        int leaf = ReaderUtil.subIndex(pool.document(position), leaves);
        int ordinal = pool.pathOrdinal(position);
        long key = ((long) leaf << 32) | ordinal;
        @Nullable LabelPath known = labels.get(key);
        if (known != null) {
            return known;
        }
        SortedDocValues paths = DocValues.getSorted(leaves.get(leaf).reader(), RegistrationDocument.PATH);
        LabelPath label = RegistrationDocument.label(paths.lookupOrd(ordinal));
        labels.put(key, label);
        return label;
    }

    /** What of the scope is under one main label. */
    private Query withinMain(String main) {
        LabelScope asked = question.scope();
        if (asked.isAll() || asked.paths().contains(LabelPath.of(main))) {
            return new TermQuery(new Term(RegistrationDocument.MAIN, main));
        }
        return RegistrationDocument.within(new LabelScope(
                asked.paths().stream().filter(path -> path.main().equals(main)).collect(Collectors.toSet())));
    }

    private static Query mains(List<String> mains) {
        return mains.size() == 1
                ? new TermQuery(new Term(RegistrationDocument.MAIN, mains.getFirst()))
                : new TermInSetQuery(
                        RegistrationDocument.MAIN,
                        mains.stream().map(BytesRef::new).toList());
    }

    private static Query both(Query one, Query other) {
        if (one instanceof MatchAllDocsQuery) {
            return other;
        }
        return new BooleanQuery.Builder()
                .add(one, Occur.FILTER)
                .add(other, Occur.FILTER)
                .build();
    }

    private static Query without(Query candidates, Query excluded) {
        return new BooleanQuery.Builder()
                .add(candidates, Occur.FILTER)
                .add(excluded, Occur.MUST_NOT)
                .build();
    }
}
