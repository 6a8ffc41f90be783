package dev.mekiki.analysis.finding;

import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import java.util.List;
import java.util.Map;

/** What to do about a finding. */
public sealed interface Action {

    /** Give a registration another label. */
    record Relabel(RegistrationId registration, LabelPath to) implements Action {}

    /** Delete registrations. */
    record Delete(List<RegistrationId> registrations) implements Action {
        public Delete {
            registrations = List.copyOf(registrations);
        }
    }

    /** Give each part of a label a path of its own; the names are proposals. */
    record Split(Map<LabelPath, List<RegistrationId>> parts) implements Action {
        public Split {
            parts = Map.copyOf(parts);
        }
    }

    /** Move everything under one path to another. */
    record Merge(LabelPath from, LabelPath to) implements Action {}

    /** Register more images of a label. */
    record AddRegistrations(LabelPath label) implements Action {}

    /** Look at it: scores do not tell what is right. */
    record Review() implements Action {}
}
