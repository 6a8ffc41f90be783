package dev.mekiki.gallery.milvus;

import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.LabelCount;
import dev.mekiki.core.gallery.LabelCount.SubLabelCount;
import dev.mekiki.core.gallery.Page;
import dev.mekiki.core.gallery.PageRequest;
import dev.mekiki.core.gallery.PageToken;
import dev.mekiki.core.label.LabelPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The labels of a gallery in order, with their counts: the paths come from the collection of paths, in order; the counts
 * from the registrations, many paths at a time. Paths that no registration has any more are passed over.
 */
final class LabelListing {

    /** Paths whose counts are taken together. */
    private static final int PATHS_AT_ONCE = 2_000;

    private final GalleryCollection collection;
    private final GalleryId gallery;

    LabelListing(GalleryCollection collection, GalleryId gallery) {
        this.collection = collection;
        this.gallery = gallery;
    }

    Page<LabelCount> page(PageRequest request) {
        PageToken token = new PageToken("labels\n" + gallery);
        List<LabelCount> labels = new ArrayList<>();
        int pathsAtOnce = Math.clamp(2L * request.size(), 64, PATHS_AT_ONCE);
        String after = token.lastOf(request).map(LabelRows::afterMain).orElseGet(LabelRows::everything);
        while (true) {
            List<LabelPath> paths = LabelRows.read(collection.labels().firstRows(after, LabelRows.ALL, pathsAtOnce));
            boolean last = paths.size() < pathsAtOnce;
            if (!last) {
                paths = wholeMains(paths, pathsAtOnce);
            }
            for (LabelCount label : counted(paths)) {
                if (labels.size() == request.size()) {
                    return new Page<>(labels, token.after(labels.getLast().main()));
                }
                labels.add(label);
            }
            if (last) {
                return new Page<>(labels, Optional.empty());
            }
            after = LabelRows.afterMain(paths.getLast().main());
        }
    }

    /** Leaves off the last main label, of which there may be more paths, unless there is no other: then it is made whole. */
    private List<LabelPath> wholeMains(List<LabelPath> paths, int pathsAtOnce) {
        String lastMain = paths.getLast().main();
        List<LabelPath> others =
                paths.stream().filter(path -> !path.main().equals(lastMain)).toList();
        if (!others.isEmpty()) {
            return others;
        }
        List<LabelPath> all = new ArrayList<>(paths);
        List<LabelPath> next = paths;
        while (next.size() == pathsAtOnce) {
            next = LabelRows.read(collection
                    .labels()
                    .firstRows(
                            Filters.both(
                                    Filters.equal(RegistrationRows.MAIN, lastMain),
                                    Filters.after(LabelRows.PATH, LabelRows.path(all.getLast()))),
                            LabelRows.ALL,
                            pathsAtOnce));
            all.addAll(next);
        }
        return all;
    }

    /** @param paths all of their main labels, in order */
    private List<LabelCount> counted(List<LabelPath> paths) {
        Map<LabelPath, Long> counts = new HashMap<>();
        for (List<LabelPath> some : GalleryCollection.slices(paths, PATHS_AT_ONCE)) {
            count(some, counts);
        }
        Map<String, List<LabelPath>> byMain = new LinkedHashMap<>();
        for (LabelPath path : paths) {
            if (counts.containsKey(path)) {
                byMain.computeIfAbsent(path.main(), _ -> new ArrayList<>()).add(path);
            }
        }
        List<LabelCount> labels = new ArrayList<>();
        byMain.forEach((main, present) -> labels.add(new LabelCount(
                main,
                present.stream()
                        .mapToLong(path -> counts.getOrDefault(path, 0L))
                        .sum(),
                present.stream()
                        .filter(path -> path.sub().isPresent())
                        .map(path -> new SubLabelCount(path.sub().orElseThrow(), counts.getOrDefault(path, 0L)))
                        .toList())));
        return labels;
    }

    /**
     * Where the registrations are few enough to be brought, they are brought and counted here; where not, one half of
     * the paths is counted after the other, down to a single one, which Milvus counts.
     */
    private void count(List<LabelPath> paths, Map<LabelPath, Long> counts) {
        if (paths.isEmpty()) {
            return;
        }
        List<LabelPath> found = read(paths);
        if (found.size() < Table.MOST_ROWS) {
            Set<LabelPath> asked = new HashSet<>(paths);
            found.stream().filter(asked::contains).forEach(path -> counts.merge(path, 1L, Long::sum));
        } else if (paths.size() == 1) {
            LabelPath path = paths.getFirst();
            long count = collection
                    .rows()
                    .count(Filters.both(
                            Filters.equal(RegistrationRows.MAIN, path.main()),
                            Filters.equal(RegistrationRows.SUB, path.sub().orElse(""))));
            if (count > 0) {
                counts.put(path, count);
            }
        } else {
            count(paths.subList(0, paths.size() / 2), counts);
            count(paths.subList(paths.size() / 2, paths.size()), counts);
        }
    }

    /** The paths of up to {@link Table#MOST_ROWS} of the registrations under some paths. */
    private List<LabelPath> read(List<LabelPath> paths) {
        Columns columns = collection
                .rows()
                .rows(condition(paths), List.of(RegistrationRows.MAIN, RegistrationRows.SUB), Table.MOST_ROWS);
        List<String> mains = columns.texts(RegistrationRows.MAIN);
        List<String> subs = columns.texts(RegistrationRows.SUB);
        List<LabelPath> found = new ArrayList<>(mains.size());
        for (int i = 0; i < mains.size(); i++) {
            found.add(RegistrationRows.label(mains.get(i), subs.get(i)));
        }
        return found;
    }

    /** Of registrations under these paths, and, where they are of several main labels, some of their others, too. */
    private static String condition(List<LabelPath> paths) {
        Set<String> mains = paths.stream().map(LabelPath::main).collect(Collectors.toSet());
        String ofMains = Filters.oneOf(RegistrationRows.MAIN, mains);
        return mains.size() > 1
                ? ofMains
                : Filters.both(
                        ofMains,
                        Filters.oneOf(
                                RegistrationRows.SUB,
                                paths.stream()
                                        .map(path -> path.sub().orElse(""))
                                        .toList()));
    }
}
