package dev.mekiki.analysis;

import dev.mekiki.analysis.space.Grouping;
import dev.mekiki.analysis.space.Points;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Registrations of a gallery as they were at one moment, or a sample of them; a registration is known by its number from
 * 0. Immutable, thread-safe. Made by a {@link SnapshotSampler}.
 */
public final class Snapshot {

    private final List<RegistrationId> ids;
    private final List<LabelPath> labels;
    private final List<ContentDigest> contents;
    private final Points vectors;
    private final long registrationsSeen;
    private final long labelsSeen;
    private final List<String> mainLabels = new ArrayList<>();
    private final List<LabelPath> paths = new ArrayList<>();
    private final Grouping byMainLabel;
    private final Grouping byPath;

    /**
     * @param ids one for each vector, and so the other lists
     * @param registrationsSeen how many there were, of which these are all or some
     * @param labelsSeen how many main labels those had
     */
    Snapshot(
            List<RegistrationId> ids,
            List<LabelPath> labels,
            List<ContentDigest> contents,
            Points vectors,
            long registrationsSeen,
            long labelsSeen) {
        this.ids = List.copyOf(ids);
        this.labels = List.copyOf(labels);
        this.contents = List.copyOf(contents);
        this.vectors = vectors;
        this.registrationsSeen = registrationsSeen;
        this.labelsSeen = labelsSeen;
        Map<String, Integer> mains = new HashMap<>();
        Map<LabelPath, Integer> numbers = new HashMap<>();
        int[] main = new int[labels.size()];
        int[] path = new int[labels.size()];
        for (int i = 0; i < main.length; i++) {
            LabelPath label = labels.get(i);
            main[i] = mains.computeIfAbsent(label.main(), m -> {
                mainLabels.add(m);
                return mainLabels.size() - 1;
            });
            path[i] = numbers.computeIfAbsent(label, p -> {
                paths.add(p);
                return paths.size() - 1;
            });
        }
        byMainLabel = new Grouping(main, mainLabels.size());
        byPath = new Grouping(path, paths.size());
    }

    /** How many registrations it has. */
    public int count() {
        return ids.size();
    }

    public RegistrationId id(int registration) {
        return ids.get(registration);
    }

    public LabelPath label(int registration) {
        return labels.get(registration);
    }

    public ContentDigest content(int registration) {
        return contents.get(registration);
    }

    /** The unit vectors. */
    public Points vectors() {
        return vectors;
    }

    /** Registrations by main label; {@link #mainLabel} names the groups. */
    public Grouping byMainLabel() {
        return byMainLabel;
    }

    public String mainLabel(int group) {
        return mainLabels.get(group);
    }

    /** Registrations by whole label path; {@link #path} names the groups. */
    public Grouping byPath() {
        return byPath;
    }

    public LabelPath path(int group) {
        return paths.get(group);
    }

    /** How many registrations there were, of which these are all or some. */
    public long registrationsSeen() {
        return registrationsSeen;
    }

    /** How many main labels there were. */
    public long labelsSeen() {
        return labelsSeen;
    }

    /** Whether there were more than these. */
    public boolean isSample() {
        return registrationsSeen > count();
    }
}
