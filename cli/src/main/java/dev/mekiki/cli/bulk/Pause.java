package dev.mekiki.cli.bulk;

import java.time.Duration;

/** Lets time pass. */
@FunctionalInterface
public interface Pause {

    void last(Duration duration) throws InterruptedException;
}
