package dev.mekiki.gallery.milvus;

import dev.mekiki.core.failure.Failure;
import dev.mekiki.core.failure.Unavailable;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.gallery.RegistrationKey;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes all changes that this process makes to one gallery. Thread-safe.
 *
 * <p>Three threads pass groups of changes on to each other. The decider takes all changes that wait and decides each on
 * what is there, taking for there what is decided but not shown yet. The writer writes what was decided, one group after
 * the other, which makes it durable. The confirmer waits until Milvus shows what was written. Callers go on after one or
 * the other, as they like. So Milvus is asked, written to and waited for at the same time, callers share the waiting, no
 * two of them decide on the same registration at once, and look-ups never wait.
 *
 * <p>Everything is written in such a way that writing it again does no harm: if Milvus goes away in the middle, the
 * callers are told, and may repeat. What was decided in the belief that a group would be there that then could not be
 * written is not written either.
 */
final class Scribe {

    /**
     * Decides on a change of single registrations.
     *
     * @param <T> what the caller is told
     */
    interface Change<T> {
        /** @throws Failure if the caller asked for something that cannot be; nothing may have been changed then */
        T decide(View present);
    }

    /** Finds the next registrations of a change of very many. */
    interface Step {
        /** What to do next; empty maps to the removal of a registration. */
        Map<RegistrationId, Optional<Row>> next();
    }

    private static final System.Logger LOG = System.getLogger(Scribe.class.getName());

    /** Bounds how long the first of a group waits for the others to be written. */
    private static final int LARGEST_GROUP = 8_192;

    /** Groups that are decided but not written; with them the decider stays ahead of the writer. */
    private static final int MOST_DECIDED = 1;

    /**
     * Registrations that are being written, or are written but not shown; bounds the memory that their keys take. Milvus
     * 2.3 takes some seconds to show anything when it takes over a segment that it has compacted.
     */
    private static final int MOST_UNSHOWN = 1 << 17;

    /** Requests of one group that are under way at once. */
    private static final int WRITES_AT_ONCE = 2;

    private static final int MOST_PATHS_REMEMBERED = 1 << 17;
    private static final int PATHS_AT_ONCE = 1_024;

    private final GalleryCollection collection;
    private final Connection connection;
    private final BlockingQueue<Item> waiting = new LinkedBlockingQueue<>();
    private final BlockingQueue<Decided> unwritten = new ArrayBlockingQueue<>(MOST_DECIDED);
    private final BlockingQueue<Written> unconfirmed = new LinkedBlockingQueue<>();
    private final Semaphore roomForUnshown = new Semaphore(MOST_UNSHOWN);
    private final List<Thread> threads;
    private final ExecutorService writes;

    /** What was decided but is not shown yet. */
    private final Map<RegistrationId, State> unseen = new ConcurrentHashMap<>();

    /** How many groups could not be written; raised by the writer only. */
    private volatile int unwritable;

    /** {@link #unwritable} up to which everything was forgotten; used by the decider only. */
    private int forgotten;

    /** Paths that have a row, least used first; used by the writer only. */
    private final Map<LabelPath, Boolean> knownPaths = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<LabelPath, Boolean> eldest) {
            return size() > MOST_PATHS_REMEMBERED;
        }
    };

    /** Of rows of paths that are not known to be shown, or null; used by the confirmer only. */
    private @Nullable Long unseenPaths;

    /** Guarded by {@code this}. */
    private Ending ending = Ending.NONE;

    private enum Ending {
        NONE,
        CLOSED,
        DELETED
    }

    private sealed interface Item {}

    /**
     * A change.
     *
     * @param ids all that the change may look at
     * @param derived those of them that follow from a content
     */
    private record Quick<T>(
            Collection<RegistrationId> ids,
            Map<RegistrationId, ContentDigest> derived,
            Change<T> change,
            Pending<T> pending)
            implements Item {}

    private record Stepping(Step step, Pending<Integer> pending) implements Item {}

    /** The last one. */
    private record Stop() implements Item {}

    /**
     * What is, or will be, under an id. Identity is what counts.
     *
     * @param key null if nothing is
     * @param row null if nothing is, or only the key is known
     */
    private record State(
            @Nullable RegistrationKey key, @Nullable Row row) {
        static State nothing() {
            return new State(null, null);
        }

        static State of(Row row) {
            return new State(row.key(), row);
        }

        State withoutRow() {
            return row == null ? this : new State(key, null);
        }
    }

    /**
     * What the writer has to write.
     *
     * @param basis {@link #unwritable} before it was decided
     */
    private record Decided(Map<RegistrationId, State> states, List<Reply<?>> replies, int basis, boolean last) {}

    /**
     * What the confirmer has to wait for, and whom it tells then.
     *
     * @param states what was decided; without the rows, if it was written
     * @param rowsTime of the last change of rows, or null if there was none
     * @param pathsTime of the last new path, or null
     * @param failure why it was not written, or null if it was
     */
    private record Written(
            Map<RegistrationId, State> states,
            List<Reply<?>> replies,
            int room,
            @Nullable Long rowsTime,
            @Nullable Long pathsTime,
            Collection<LabelPath> paths,
            @Nullable Throwable failure,
            boolean last) {

        static Written not(Decided decided, int room, Throwable failure) {
            return new Written(decided.states, decided.replies, room, null, null, List.of(), failure, decided.last);
        }

        List<ContentDigest> contents() {
            return states.values().stream()
                    .flatMap(state -> Stream.ofNullable(state.key))
                    .map(RegistrationKey::content)
                    .toList();
        }
    }

    /**
     * What a caller waits for.
     *
     * @param durable the result, once what was decided for it is durable
     * @param shown completes when it is shown; fails if Milvus went away before
     */
    record Pending<T>(CompletableFuture<T> durable, CompletableFuture<Void> shown) {

        Pending() {
            this(new CompletableFuture<>(), new CompletableFuture<>());
        }

        private void fail(Throwable why) {
            durable.completeExceptionally(why);
            shown.completeExceptionally(why);
        }
    }

    /** What is told to a caller, unless writing fails: a result, or what it did wrong. */
    private static final class Reply<T> {
        private final Pending<T> to;
        private final Supplier<T> result;

        Reply(Pending<T> to, Supplier<T> result) {
            this.to = to;
            this.result = result;
        }

        void durable() {
            try {
                to.durable.complete(result.get());
            } catch (Failure failure) {
                to.durable.completeExceptionally(failure);
            }
        }

        void shown() {
            to.shown.complete(null);
        }

        void fail(Throwable why) {
            to.fail(why);
        }
    }

    Scribe(GalleryCollection collection, Connection connection) {
        this.collection = collection;
        this.connection = connection;
        this.writes = Executors.newFixedThreadPool(
                WRITES_AT_ONCE,
                Thread.ofVirtual().name("write " + collection.name() + " ", 0).factory());
        this.threads = List.of(
                Thread.ofVirtual().name("decide " + collection.name()).start(this::decide),
                Thread.ofVirtual().name("scribe " + collection.name()).start(this::write),
                Thread.ofVirtual().name("confirm " + collection.name()).start(this::confirm));
    }

    /**
     * Makes a change, and waits until it is durable and shown.
     *
     * @param ids all that the change may look at
     * @throws Gone if the gallery was deleted
     */
    <T> T change(Collection<RegistrationId> ids, Change<T> change) {
        return awaitShown(submit(ids, Map.of(), change));
    }

    /**
     * Makes a change without waiting for anything.
     *
     * @param derived those of the ids that no registration of another content can have; they are not asked for where the
     *     content is known to be absent
     */
    <T> Pending<T> submit(
            Collection<RegistrationId> ids, Map<RegistrationId, ContentDigest> derived, Change<T> change) {
        Pending<T> pending = new Pending<>();
        enqueue(new Quick<>(ids, derived, change, pending));
        return pending;
    }

    /**
     * Makes a step, and waits until it is durable and shown.
     *
     * @return how many registrations it changed
     * @throws Gone if the gallery was deleted
     */
    int step(Step step) {
        Pending<Integer> pending = new Pending<>();
        enqueue(new Stepping(step, pending));
        return awaitShown(pending);
    }

    private <T> T awaitShown(Pending<T> pending) {
        T result = await(pending.durable);
        await(pending.shown);
        return result;
    }

    /** @throws Failure if the change failed, or the caller's thread is interrupted */
    <T> T await(CompletableFuture<T> part) {
        try {
            return part.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw connection.unavailable("interrupted while a change was becoming durable", e);
        }
    }

    private void enqueue(Item item) {
        connection.requireAvailable();
        synchronized (this) {
            switch (ending) {
                case NONE -> waiting.add(item);
                case CLOSED -> throw new Unavailable("the gallery store is closed", Connection.RETRY_AFTER);
                case DELETED -> throw new Gone(collection.name());
            }
        }
    }

    /** Waits for changes under way. */
    void close() {
        end(Ending.CLOSED);
    }

    /** As {@link #close}; later calls are told that the collection is gone. */
    void closeToDelete() {
        end(Ending.DELETED);
    }

    private void end(Ending how) {
        synchronized (this) {
            if (ending == Ending.NONE) {
                ending = how;
                waiting.add(new Stop());
            }
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        writes.shutdown();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void decide() {
        @Nullable Item next = null;
        while (true) {
            Item first = next == null ? take(waiting) : next;
            next = null;
            switch (first) {
                case Stop _ -> {
                    put(unwritten, new Decided(Map.of(), List.of(), unwritable, true));
                    return;
                }
                case Stepping stepping -> makeStep(stepping);
                case Quick<?> quick -> {
                    List<Quick<?>> group = new ArrayList<>(List.of(quick));
                    int size = quick.ids.size();
                    while (size < LARGEST_GROUP && next == null) {
                        @Nullable Item following = waiting.poll();
                        if (following == null) {
                            break;
                        }
                        if (following instanceof Quick<?> another) {
                            group.add(another);
                            size += another.ids.size();
                        } else {
                            next = following;
                        }
                    }
                    makeChanges(group);
                }
            }
        }
    }

    private void makeChanges(List<Quick<?>> group) {
        try {
            int basis = basis();
            Set<RegistrationId> ids = new HashSet<>();
            Map<RegistrationId, ContentDigest> derived = new HashMap<>();
            for (Quick<?> quick : group) {
                ids.addAll(quick.ids);
                derived.putAll(quick.derived);
            }
            View view = new View(ids, derived);
            List<Reply<?>> replies = new ArrayList<>();
            group.forEach(quick -> replies.add(decide(quick, view)));
            decided(view.changed, replies, basis);
        } catch (RuntimeException | Error e) {
            Throwable failure = failure(e);
            group.forEach(quick -> quick.pending.fail(failure));
        }
    }

    private static <T> Reply<T> decide(Quick<T> quick, View view) {
        try {
            T result = quick.change.decide(view);
            return new Reply<>(quick.pending, () -> result);
        } catch (Unavailable e) {
            throw e; // nobody's own fault: none of the group can be decided
        } catch (Failure e) {
            return new Reply<>(quick.pending, () -> {
                throw e;
            });
        }
    }

    private void makeStep(Stepping stepping) {
        try {
            int basis = basis();
            awaitShown(); // it goes by what is shown, so everything has to be
            Map<RegistrationId, State> states = new HashMap<>();
            stepping.step
                    .next()
                    .forEach((id, row) -> states.put(id, row.map(State::of).orElseGet(State::nothing)));
            decided(states, List.of(new Reply<>(stepping.pending, states::size)), basis);
        } catch (RuntimeException | Error e) {
            stepping.pending.fail(failure(e));
        }
    }

    private Throwable failure(Throwable e) {
        if (!(e instanceof Failure) && !(e instanceof Gone)) {
            LOG.log(Level.ERROR, () -> "writing " + collection.name() + " failed", e);
        }
        return e;
    }

    /**
     * What the next decision rests upon. After a group could not be written, it waits until that group, and those that
     * were decided in the belief that it would be there, are forgotten.
     */
    private int basis() {
        while (forgotten != unwritable) {
            int next = unwritable;
            awaitShown();
            forgotten = next;
        }
        return forgotten;
    }

    /** Waits until everything that was decided is shown, or forgotten. */
    private void awaitShown() {
        Pending<Boolean> pending = new Pending<>();
        decided(Map.of(), List.of(new Reply<>(pending, () -> true)), unwritable);
        try {
            pending.shown.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException why ? why : e;
        }
    }

    private void decided(Map<RegistrationId, State> states, List<Reply<?>> replies, int basis) {
        unseen.putAll(states);
        put(unwritten, new Decided(states, replies, basis, false));
    }

    private void write() {
        boolean last = false;
        while (!last) {
            Decided next = take(unwritten);
            last = next.last;
            int room = Math.min(next.states.size(), MOST_UNSHOWN);
            roomForUnshown.acquireUninterruptibly(room);
            try {
                if (next.basis != unwritable && !next.states.isEmpty()) {
                    throw new Unavailable("a change before this one could not be written", Connection.RETRY_AFTER);
                }
                Written written = store(next, room);
                next.replies.forEach(Reply::durable);
                put(unconfirmed, written);
            } catch (RuntimeException | Error e) {
                Throwable failure = failure(e);
                collection.doubt(); // some of it may have been written
                unwritable++;
                put(unconfirmed, Written.not(next, room, failure));
            }
        }
    }

    /** From now on only the keys are needed, to decide by. */
    private Map<RegistrationId, State> withoutRows(Map<RegistrationId, State> states) {
        Map<RegistrationId, State> keys = HashMap.newHashMap(states.size());
        states.forEach((id, state) -> {
            State key = state.withoutRow();
            keys.put(id, key);
            unseen.computeIfPresent(id, (_, newest) -> newest == state ? key : newest);
        });
        return keys;
    }

    /** Writes what is to be, the paths first: a path without a registration harms nobody. */
    private Written store(Decided decided, int room) {
        List<Row> rows = new ArrayList<>();
        List<RegistrationId> removed = new ArrayList<>();
        Set<LabelPath> paths = new LinkedHashSet<>();
        decided.states.forEach((id, state) -> {
            if (state.row != null) {
                rows.add(state.row);
                paths.add(state.row.label());
            } else {
                removed.add(id);
            }
        });
        @Nullable Long pathsTime = storePaths(paths);
        collection.subLabels().written(paths);
        @Nullable Long rowsTime = storeRows(rows);
        if (!removed.isEmpty()) {
            rowsTime = later(rowsTime, collection.delete(removed));
        }
        return new Written(
                withoutRows(decided.states), decided.replies, room, rowsTime, pathsTime, paths, null, decided.last);
    }

    /** Several requests at once, because Milvus works on each with one processor. */
    private @Nullable Long storeRows(List<Row> rows) {
        List<CompletableFuture<Long>> requests = GalleryCollection.slices(rows, collection.rowsAtOnce()).stream()
                .map(some -> CompletableFuture.supplyAsync(
                        () -> collection.rows().upsert(some.size(), RegistrationRows.write(some, collection.space())),
                        writes))
                .toList();
        @Nullable RuntimeException failure = null;
        @Nullable Long time = null;
        // None may still be under way when the next group, which may change the same rows, is written.
        for (CompletableFuture<Long> request : requests) {
            try {
                time = later(time, request.join());
            } catch (CompletionException e) {
                failure = e.getCause() instanceof RuntimeException why ? why : e;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return time;
    }

    private void forget(Written written) {
        written.states.forEach(
                (id, state) -> unseen.computeIfPresent(id, (_, newest) -> newest == state ? null : newest));
        roomForUnshown.release(written.room);
    }

    private @Nullable Long storePaths(Set<LabelPath> paths) {
        List<LabelPath> unknown =
                paths.stream().filter(path -> knownPaths.get(path) == null).toList();
        @Nullable Long time = null;
        for (List<LabelPath> some : GalleryCollection.slices(unknown, PATHS_AT_ONCE)) {
            Set<LabelPath> present = new HashSet<>(LabelRows.read(collection
                    .labels()
                    .rows(
                            Filters.oneOf(
                                    LabelRows.PATH,
                                    some.stream().map(LabelRows::path).toList()),
                            LabelRows.ALL,
                            some.size())));
            List<LabelPath> absent =
                    some.stream().filter(path -> !present.contains(path)).toList();
            if (!absent.isEmpty()) {
                time = later(time, collection.labels().upsert(absent.size(), LabelRows.write(absent)));
            }
            some.forEach(path -> knownPaths.put(path, true));
        }
        return time;
    }

    private static Long later(@Nullable Long one, long other) {
        return one == null ? other : Table.later(one, other);
    }

    private void confirm() {
        List<Written> group = new ArrayList<>();
        boolean last = false;
        while (!last) {
            group.clear();
            group.add(take(unconfirmed));
            unconfirmed.drainTo(group);
            last = group.getLast().last;
            @Nullable Throwable failure = awaitVisible(group);
            for (Written written : group) {
                // Before it is forgotten, so that the decider learns of it from one or the other.
                collection.absentContents().present(written.contents());
                forget(written);
                @Nullable Throwable why = written.failure == null ? failure : written.failure;
                written.replies.forEach(why == null ? Reply::shown : reply -> reply.fail(why));
            }
        }
    }

    /** @return why it failed, or null */
    private @Nullable Throwable awaitVisible(List<Written> group) {
        try {
            @Nullable Long rowsTime = null;
            List<LabelPath> paths = new ArrayList<>();
            for (Written written : group) {
                rowsTime = written.rowsTime == null ? rowsTime : later(rowsTime, written.rowsTime);
                unseenPaths = written.pathsTime == null ? unseenPaths : later(unseenPaths, written.pathsTime);
                paths.addAll(written.paths);
            }
            if (rowsTime != null) {
                collection.rows().awaitVisible(RegistrationRows.ID, rowsTime);
            }
            // Written before the rows, so that this hardly ever waits.
            if (unseenPaths != null) {
                collection.labels().awaitVisible(LabelRows.PATH, unseenPaths);
                unseenPaths = null;
            }
            collection.subLabels().confirmed(paths);
            return null;
        } catch (RuntimeException | Error e) {
            collection.doubt();
            return failure(e);
        }
    }

    private static <T> void put(BlockingQueue<T> queue, T next) {
        while (true) {
            try {
                queue.put(next);
                return;
            } catch (InterruptedException e) {
                // nobody has this thread but the JVM's owner
            }
        }
    }

    private static <T> T take(BlockingQueue<T> queue) {
        while (true) {
            try {
                return queue.take();
            } catch (InterruptedException e) {
                // nobody has this thread but the JVM's owner
            }
        }
    }

    /** What is there as the changes of a group see it one after the other. Used by the decider only. */
    final class View {

        private static final State NOTHING = State.nothing();

        private final Map<RegistrationId, State> before = new HashMap<>();
        private final Map<RegistrationId, State> changed = new HashMap<>();

        /** Those of which only the key is known, because they are written, but were not shown. */
        private final Set<RegistrationId> unshown = new HashSet<>();

        private View(Set<RegistrationId> ids, Map<RegistrationId, ContentDigest> derived) {
            List<RegistrationId> unread = new ArrayList<>();
            for (RegistrationId id : ids) {
                @Nullable State written = unseen.get(id);
                @Nullable ContentDigest content = derived.get(id);
                if (written != null) {
                    before.put(id, written);
                    if (written.key != null && written.row == null) {
                        unshown.add(id);
                    }
                } else if (content == null
                        || collection.foreignIds().isKnown()
                        || !collection.absentContents().isAbsent(content)) {
                    unread.add(id);
                }
            }
            collection.keys(unread).forEach(key -> before.put(key.id(), new State(key, null)));
        }

        Optional<RegistrationKey> key(RegistrationId id) {
            return Optional.ofNullable(state(id).key);
        }

        /**
         * What is there, whole. One that somebody else has deleted since its key was read is left out, and no longer
         * there.
         */
        Map<RegistrationId, Row> rows(Collection<RegistrationId> ids) {
            List<RegistrationId> unread = ids.stream()
                    .filter(id -> state(id).key != null && state(id).row == null)
                    .toList();
            if (!Collections.disjoint(unshown, unread)) {
                awaitShown();
                unshown.clear();
            }
            unread.forEach(before::remove);
            collection.wholeRows(unread).forEach(row -> before.put(row.id(), State.of(row)));
            Map<RegistrationId, Row> rows = new HashMap<>();
            for (RegistrationId id : ids) {
                @Nullable Row row = state(id).row;
                if (row != null) {
                    rows.put(id, row);
                }
            }
            return rows;
        }

        void put(Row row) {
            changed.put(row.id(), State.of(row));
        }

        void remove(RegistrationId id) {
            changed.put(id, State.nothing());
        }

        private State state(RegistrationId id) {
            @Nullable State now = changed.get(id);
            return now != null ? now : before.getOrDefault(id, NOTHING);
        }
    }
}
