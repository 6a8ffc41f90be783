package dev.mekiki.benchmarks.load;

import java.util.function.Consumer;

/** Something that can be asked, over and over. Thread-safe. */
@FunctionalInterface
public interface Caller {

    /**
     * Sends the next request; does not wait for its end.
     *
     * @param ended called once, on any thread, perhaps before this method returns
     */
    void ask(Consumer<Outcome> ended);
}
