package dev.mekiki.gallery.milvus;

import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.gallery.Candidates;
import dev.mekiki.core.gallery.ExactScore;
import dev.mekiki.core.gallery.LookUp;
import dev.mekiki.core.gallery.Match;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.core.label.LabelScope;
import io.milvus.grpc.SearchResultData;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One look-up.
 *
 * <p>Whatever is found goes into one pool with its exact score, computed from the vector itself, and the answer is always
 * what the pool ranks highest. Nearly always the first search fills it well enough. Only if it leaves a gap in the answer
 * (the list too short because of a crowded label, no runner-up label, no runner-up sub-label) Milvus is asked again,
 * without those that are known to be in the way. A search that brings fewer than it was asked for has brought all.
 */
final class CandidateSearch {

    private static final List<String> FIELDS =
            List.of(RegistrationRows.MAIN, RegistrationRows.SUB, RegistrationRows.VECTOR);
    private static final Comparator<Match> BEST_FIRST = Comparator.comparing(Match::score)
            .reversed()
            .thenComparing(match -> match.id().value());

    private final GalleryCollection collection;
    private final MilvusGallerySettings settings;
    private final LookUp question;
    private final float[] target;
    private final String scope;
    private final Map<RegistrationId, Match> pool = new HashMap<>();

    /** Whether the pool has all that is in the scope. */
    private boolean complete;

    CandidateSearch(GalleryCollection collection, MilvusGallerySettings settings, LookUp question) {
        this.collection = collection;
        this.settings = settings;
        this.question = question;
        this.target = question.query().vector();
        this.scope = Filters.within(question.scope());
    }

    Candidates run() {
        int wanted = Math.max(settings.overFetch(), 2 * question.maxMatches());
        complete = collect(scope, wanted);
        Ranking ranking = new Ranking();
        while (!complete && ranking.matches.size() < question.maxMatches()) {
            String others = Filters.noneOf(RegistrationRows.MAIN, ranking.fullLabels());
            boolean all = collect(Filters.both(scope, others), wanted);
            ranking = new Ranking();
            if (all || wanted == Table.MOST_ROWS) {
                break;
            }
            wanted = Math.min(wanted * 4, Table.MOST_ROWS);
        }
        if (!complete && ranking.mains.size() == 1) {
            String others = Filters.different(
                    RegistrationRows.MAIN, ranking.mains.getFirst().label().main());
            collect(Filters.both(scope, others), settings.overFetch());
            ranking = new Ranking();
        }
        if (!complete
                && ranking.paths.size() == 1
                && collectOtherPaths(ranking.paths.getFirst().label())) {
            ranking = new Ranking();
        }
        return new Candidates(ranking.mains, ranking.paths, ranking.matches);
    }

    /** @return whether it found any */
    private boolean collectOtherPaths(LabelPath winner) {
        Set<LabelPath> asked = question.scope().paths().stream()
                .filter(path -> path.main().equals(winner.main()))
                .collect(Collectors.toSet());
        boolean wholeMain = asked.isEmpty() || asked.contains(LabelPath.of(winner.main()));
        SubLabels known = collection.subLabels();
        if (!known.any() || (wholeMain ? known.isLonely(winner) : asked.equals(Set.of(winner)))) {
            return false;
        }
        String withinMain =
                wholeMain ? Filters.equal(RegistrationRows.MAIN, winner.main()) : Filters.within(new LabelScope(asked));
        long changes = known.changes();
        int before = pool.size();
        collect(
                Filters.both(
                        withinMain,
                        Filters.different(RegistrationRows.SUB, winner.sub().orElse(""))),
                settings.overFetch());
        if (wholeMain && pool.size() == before) {
            known.rememberLonely(winner, changes);
        }
        return pool.size() > before;
    }

    /** @return whether these were all */
    private boolean collect(String filter, int wanted) {
        SearchResultData found = collection
                .rows()
                .nearest(target, filter, FIELDS, wanted, parameters(collection.index(), wanted, settings.breadth()));
        Columns columns = new Columns(found.getFieldsDataList());
        List<String> ids = found.getIds().getStrId().getDataList();
        List<String> mains = columns.texts(RegistrationRows.MAIN);
        List<String> subs = columns.texts(RegistrationRows.SUB);
        for (int i = 0; i < ids.size(); i++) {
            RegistrationId id = new RegistrationId(ids.get(i));
            float[] vector = columns.vector(RegistrationRows.VECTOR, i, target.length);
            pool.put(
                    id,
                    new Match(
                            id,
                            RegistrationRows.label(mains.get(i), subs.get(i)),
                            new ExactScore(cosine(target, vector))));
        }
        return ids.size() < wanted;
    }

    /** As {@link Embedding#cosine} computes it. */
    private static double cosine(float[] one, float[] other) {
        float sum = 0;
        for (int i = 0; i < one.length; i++) {
            sum = Math.fma(one[i], other[i], sum);
        }
        return Math.clamp(sum, -1f, 1f);
    }

    private static String parameters(VectorIndex index, int wanted, int breadth) {
        return switch (index) {
            case VectorIndex.Hnsw _ -> "{\"ef\":" + Math.max(wanted, breadth) + "}";
            case VectorIndex.IvfFlat(int lists) -> "{\"nprobe\":" + Math.min(lists, breadth) + "}";
            case VectorIndex.Flat _, VectorIndex.Automatic _ -> "{}";
        };
    }

    /** The answer as the pool knows it. */
    private final class Ranking {

        final List<Match> mains = new ArrayList<>(2);
        final List<Match> paths = new ArrayList<>(2);
        final List<Match> matches = new ArrayList<>();

        private final Map<String, Integer> listed = new HashMap<>();

        Ranking() {
            pool.values().stream().sorted(BEST_FIRST).forEach(this::rank);
        }

        private void rank(Match match) {
            LabelPath label = match.label();
            if (mains.isEmpty()) {
                mains.add(match);
                paths.add(match);
            } else if (!label.main().equals(mains.getFirst().label().main())) {
                if (mains.size() == 1) {
                    mains.add(match);
                }
            } else if (paths.size() == 1 && !label.equals(paths.getFirst().label())) {
                paths.add(match);
            }
            if (matches.size() < question.maxMatches()
                    && listed.getOrDefault(label.main(), 0) < question.maxPerLabel()) {
                matches.add(match);
                listed.merge(label.main(), 1, Integer::sum);
            }
        }

        List<String> fullLabels() {
            return listed.entrySet().stream()
                    .filter(entry -> entry.getValue() >= question.maxPerLabel())
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }
}
