package dev.mekiki.client;

import java.time.Duration;

/** Lets time pass. */
@FunctionalInterface
public interface Pause {

    /** @param duration zero or more */
    void last(Duration duration) throws InterruptedException;
}
