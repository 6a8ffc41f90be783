package dev.mekiki.cli.drift;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as people write them. */
public final class PointInTime {

    private static final Pattern AGO = Pattern.compile("([0-9]{1,4})([dh])");

    private PointInTime() {}

    /**
     * Reads {@code 2026-11-20T00:00Z}, or {@code 7d} or {@code 12h} for so long before now.
     *
     * @throws IllegalArgumentException if it is something else, or not in the past
     */
    public static Instant parse(String text, Instant now) {
        Instant time;
        Matcher ago = AGO.matcher(text);
        if (ago.matches()) {
            int number = Integer.parseInt(ago.group(1));
            time = now.minus(ago.group(2).equals("d") ? Duration.ofDays(number) : Duration.ofHours(number));
        } else {
            try {
                time = OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeException e) {
                throw new IllegalArgumentException(
                        "\"" + text + "\" (expected: a time like 2026-11-20T00:00Z, or 7d or 12h ago)", e);
            }
        }
        if (!time.isBefore(now)) {
            throw new IllegalArgumentException("\"" + text + "\" (expected: in the past)");
        }
        return time;
    }
}
