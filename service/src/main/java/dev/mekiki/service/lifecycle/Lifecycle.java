package dev.mekiki.service.lifecycle;

import dev.mekiki.core.failure.Unavailable;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Starting, serving, draining: whether requests are taken, and by what they are served. Goes forward only, except that
 * the store of galleries may go away and come back while the service serves. Thread-safe.
 */
public final class Lifecycle {

    /** Where the service is in its life. */
    public enum Phase {
        /** The model is being warmed, and the store of galleries opened. */
        STARTING,
        /** Requests are taken. */
        SERVING,
        /** As serving, but the store of galleries is away: only what needs none is taken. */
        AWAY,
        /** What was taken is being finished. */
        DRAINING
    }

    private final Duration retryAfter;
    private final OpenCalls calls = new OpenCalls();
    private final Set<Consumer<Phase>> watchers = new CopyOnWriteArraySet<>();

    /** Streams that are open; told when no more is taken. */
    private final Set<Runnable> streams = ConcurrentHashMap.newKeySet();

    private volatile Phase phase = Phase.STARTING;
    private volatile @Nullable Engine engine;
    private volatile @Nullable String away;

    /** @param retryAfter what a caller is told to wait who comes too early or too late */
    public Lifecycle(Duration retryAfter) {
        this.retryAfter = retryAfter;
    }

    public Phase phase() {
        return phase;
    }

    /** Calls that were taken and are not answered. */
    public int openCalls() {
        return calls.count();
    }

    /**
     * Takes a call; {@link #drain} waits for it.
     *
     * @throws Unavailable if the service drains
     */
    public void enterCall() {
        if (!calls.enter()) {
            throw stopping();
        }
    }

    /** A call that was taken has ended. */
    public void leaveCall() {
        calls.leave();
    }

    /** Tells {@code watcher} the phase, now and whenever it changes. */
    public synchronized void watch(Consumer<Phase> watcher) {
        watchers.add(watcher);
        watcher.accept(phase);
    }

    /** Requests are taken from now on, unless the service is being stopped already. */
    public synchronized void serve(Engine warm) {
        if (phase == Phase.STARTING) {
            // Before the phase, so that nobody sees it serving without.
            engine = warm;
            enter(away == null ? Phase.SERVING : Phase.AWAY);
        }
    }

    /**
     * The store of galleries cannot be reached; what needs it is refused until {@link #storeBack}.
     *
     * @param why for people
     */
    public synchronized void storeAway(String why) {
        away = why;
        if (phase == Phase.SERVING) {
            enter(Phase.AWAY);
        }
    }

    /** The store of galleries can be reached again. */
    public synchronized void storeBack() {
        away = null;
        if (phase == Phase.AWAY) {
            enter(Phase.SERVING);
        }
    }

    /** Whether the models are asked, be there galleries or not. */
    public boolean servesModels() {
        return switch (phase) {
            case SERVING, AWAY -> true;
            case STARTING, DRAINING -> false;
        };
    }

    /** Why the store of galleries cannot be reached, if it cannot. */
    public Optional<String> storeMissing() {
        return Optional.ofNullable(away);
    }

    /**
     * What serves requests that come now.
     *
     * @throws Unavailable before {@link #serve}, after {@link #drain}, and while the store of galleries is away
     */
    public Engine engine() {
        if (phase == Phase.AWAY) {
            throw new Unavailable("the store of galleries is away", retryAfter);
        }
        return engineWithoutStore();
    }

    /**
     * What serves requests that come now and need no gallery.
     *
     * @throws Unavailable before {@link #serve} and after {@link #drain}
     */
    public Engine engineWithoutStore() {
        if (phase == Phase.DRAINING) {
            throw stopping();
        }
        return engineOfTakenCall();
    }

    /**
     * What serves calls that were taken, even if the service drains by now.
     *
     * @throws Unavailable before {@link #serve}
     */
    public Engine engineOfTakenCall() {
        Engine serving = engine;
        if (serving == null) {
            throw new Unavailable("the service is starting", retryAfter);
        }
        return serving;
    }

    /**
     * Runs {@code onDrain} once draining begins, at once if it has begun, so that a stream ends by itself.
     *
     * @return to be run when the stream has ended
     */
    public Runnable streamOpened(Runnable onDrain) {
        streams.add(onDrain);
        if (phase == Phase.DRAINING) {
            onDrain.run();
        }
        return () -> streams.remove(onDrain);
    }

    /**
     * Takes nothing more, and waits until everything taken is answered.
     *
     * @return how many calls were not answered within {@code timeout}
     */
    public int drain(Duration timeout) {
        synchronized (this) {
            enter(Phase.DRAINING);
        }
        calls.close();
        streams.forEach(Runnable::run);
        return calls.awaitEmpty(timeout);
    }

    private Unavailable stopping() {
        return new Unavailable("the service is stopping", retryAfter);
    }

    private void enter(Phase next) {
        phase = next;
        watchers.forEach(watcher -> watcher.accept(next));
    }
}
