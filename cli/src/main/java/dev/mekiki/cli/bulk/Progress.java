package dev.mekiki.cli.bulk;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * Tells how far a piece of work is, at most once in an interval: on a terminal as a bar that stays in its line, else a
 * line each time. Thread-safe.
 */
public final class Progress implements AutoCloseable {

    private static final int BAR_WIDTH = 30;

    private final PrintStream out;
    private final long total;
    private final boolean bar;
    private final Duration interval;
    private final LongSupplier nanoTime;
    private final long start;
    private long startedAt;
    private long lastTold;
    private long done;
    private int shown;

    /**
     * @param total how much there is to do
     * @param bar whether what is told is overwritten by what is told next
     * @param nanoTime {@code System::nanoTime}, or a test's clock
     */
    public Progress(PrintStream out, long total, boolean bar, Duration interval, LongSupplier nanoTime) {
        this.out = out;
        this.total = total;
        this.bar = bar;
        this.interval = interval;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        this.lastTold = start;
    }

    /** On the standard error: a bar if it is a terminal. */
    public static Progress onStandardError(long total) {
        boolean terminal = System.console() != null && System.console().isTerminal();
        return new Progress(
                System.err,
                total,
                terminal,
                terminal ? Duration.ofMillis(200) : Duration.ofSeconds(2),
                System::nanoTime);
    }

    /** So much was done before and does not count as this work's speed. */
    public synchronized void startAt(long before) {
        startedAt = before;
        done = before;
    }

    /** One more is through. */
    public synchronized void advance() {
        advanceBy(1);
    }

    /** So many more are through. */
    public synchronized void advanceBy(long count) {
        reach(done + count);
    }

    /** So many are through, all in all. */
    public synchronized void reach(long count) {
        done = count;
        long now = nanoTime.getAsLong();
        if (now - lastTold >= interval.toNanos() && done < total) {
            lastTold = now;
            show(inWords(now));
        }
    }

    /** Tells something else, on a line of its own. */
    public synchronized void say(String line) {
        clear();
        out.println(line);
    }

    /** Leaves the line free. */
    @Override
    public synchronized void close() {
        clear();
    }

    private String inWords(long now) {
        double perSecond = (done - startedAt) / ((now - start) / 1e9);
        String left = perSecond > 0
                ? forPeople(Duration.ofSeconds(Math.round((total - done) / perSecond))) + " left"
                : "nothing yet";
        return String.format(
                Locale.ROOT,
                "%,d of %,d (%.0f %%), %,.1f a second, %s",
                done,
                total,
                100.0 * done / total,
                perSecond,
                left);
    }

    private void show(String words) {
        if (!bar) {
            out.println(words);
            return;
        }
        int full = (int) (BAR_WIDTH * done / total);
        String line = "[" + "=".repeat(full) + " ".repeat(BAR_WIDTH - full) + "] " + words;
        out.print("\r" + line + " ".repeat(Math.max(0, shown - line.length())));
        out.flush();
        shown = line.length();
    }

    private void clear() {
        if (shown > 0) {
            out.print("\r" + " ".repeat(shown) + "\r");
            out.flush();
            shown = 0;
        }
    }

    /** {@code 45 s}, {@code 3 min 20 s}, {@code 2 h 5 min}. */
    public static String forPeople(Duration duration) {
        long s = Math.max(0, duration.toSeconds());
        if (s < 60) {
            return s + " s";
        }
        return s < 3600 ? s / 60 + " min " + s % 60 + " s" : s / 3600 + " h " + s % 3600 / 60 + " min";
    }
}
