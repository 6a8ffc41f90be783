package dev.mekiki.cli.bulk;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Tells how far the import is, at most once in an interval. Thread-safe. */
public final class Progress {

    private final PrintStream out;
    private final long total;
    private final Duration interval;
    private final LongSupplier nanoTime;
    private final long start;
    private long lastTold;
    private long done;

    /** @param nanoTime {@code System::nanoTime}, or a test's clock */
    public Progress(PrintStream out, long total, Duration interval, LongSupplier nanoTime) {
        this.out = out;
        this.total = total;
        this.interval = interval;
        this.nanoTime = nanoTime;
        this.start = nanoTime.getAsLong();
        this.lastTold = start;
    }

    /** One more file is through, registered or not. */
    public synchronized void advance() {
        done++;
        long now = nanoTime.getAsLong();
        if (now - lastTold >= interval.toNanos() && done < total) {
            lastTold = now;
            double perSecond = done / ((now - start) / 1e9);
            Duration left = Duration.ofSeconds(Math.round((total - done) / perSecond));
            out.println(String.format(
                    Locale.ROOT,
                    "%,d of %,d (%.0f %%), %.1f a second, %s left",
                    done,
                    total,
                    100.0 * done / total,
                    perSecond,
                    forPeople(left)));
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
