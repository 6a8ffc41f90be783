package dev.mekiki.gallery.milvus;

import dev.mekiki.core.gallery.Addition;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.gallery.RegistrationKey;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What several threads did to one registration, and what they were told. Looks for an order that explains it: one in which
 * whatever had ended before another began comes first, and in which everybody was told what was so at that point.
 * Thread-safe.
 */
final class History {

    /** What was done to the registration, and what was told. */
    sealed interface Event {
        /** @return what is under the id afterwards; empty if this cannot have been told on what was there before */
        Optional<Optional<RegistrationKey>> after(Optional<RegistrationKey> before);
    }

    record Add(RegistrationKey key, Addition told) implements Event {
        @Override
        public Optional<Optional<RegistrationKey>> after(Optional<RegistrationKey> before) {
            boolean explained = switch (told) {
                case Addition.Added(var stored) ->
                    before.isEmpty() && stored.key().equals(key);
                case Addition.Present(var stored) ->
                    before.equals(Optional.of(key)) && stored.key().equals(key);
                case Addition.Taken(var by) -> before.equals(Optional.of(by)) && !by.equals(key);
            };
            return explained ? Optional.of(Optional.of(before.orElse(key))) : Optional.empty();
        }
    }

    /** @param told what it is now; empty if there was no such registration */
    record Relabel(Optional<RegistrationKey> told) implements Event {
        @Override
        public Optional<Optional<RegistrationKey>> after(Optional<RegistrationKey> before) {
            boolean explained = before.map(RegistrationKey::content).equals(told.map(RegistrationKey::content));
            return explained ? Optional.of(told) : Optional.empty();
        }
    }

    /** @param told whether there was such a registration */
    record Delete(boolean told) implements Event {
        @Override
        public Optional<Optional<RegistrationKey>> after(Optional<RegistrationKey> before) {
            return before.isPresent() == told ? Optional.of(Optional.empty()) : Optional.empty();
        }
    }

    record Read(Optional<RegistrationKey> told) implements Event {
        @Override
        public Optional<Optional<RegistrationKey>> after(Optional<RegistrationKey> before) {
            return before.equals(told) ? Optional.of(before) : Optional.empty();
        }
    }

    private record Timed(Event event, long begin, long end) {}

    /**
     * A point of the search that leads nowhere.
     *
     * @param done which events lie behind
     * @param there what is under the id then
     */
    private record DeadEnd(BitSet done, Optional<RegistrationKey> there) {}

    private final RegistrationId id;
    private final List<Timed> events = new ArrayList<>();

    History(RegistrationId id) {
        this.id = id;
    }

    RegistrationId id() {
        return id;
    }

    /**
     * @param begin {@code System.nanoTime()} before the call
     * @param end the same after it
     */
    synchronized void add(Event event, long begin, long end) {
        events.add(new Timed(event, begin, end));
    }

    /** Whether there is such an order, if nothing was under the id at first. */
    synchronized boolean isExplained() {
        return isExplained(new BitSet(), Optional.empty(), new HashSet<>());
    }

    private boolean isExplained(BitSet done, Optional<RegistrationKey> there, Set<DeadEnd> deadEnds) {
        if (done.cardinality() == events.size()) {
            return true;
        }
        if (deadEnds.contains(new DeadEnd(done, there))) {
            return false;
        }
        long firstEnd = Long.MAX_VALUE;
        for (int i = done.nextClearBit(0); i < events.size(); i = done.nextClearBit(i + 1)) {
            firstEnd = Math.min(firstEnd, events.get(i).end);
        }
        for (int i = done.nextClearBit(0); i < events.size(); i = done.nextClearBit(i + 1)) {
            Timed next = events.get(i);
            if (next.begin <= firstEnd) {
                Optional<Optional<RegistrationKey>> after = next.event.after(there);
                if (after.isPresent()) {
                    BitSet more = (BitSet) done.clone();
                    more.set(i);
                    if (isExplained(more, after.get(), deadEnds)) {
                        return true;
                    }
                }
            }
        }
        deadEnds.add(new DeadEnd((BitSet) done.clone(), there));
        return false;
    }

    @Override
    public synchronized String toString() {
        StringBuilder lines = new StringBuilder(id.value());
        long first = events.stream().mapToLong(Timed::begin).min().orElse(0);
        for (Timed timed : events) {
            lines.append("%n%10d..%10d us: %s"
                    .formatted((timed.begin - first) / 1000, (timed.end - first) / 1000, timed.event));
        }
        return lines.toString();
    }
}
