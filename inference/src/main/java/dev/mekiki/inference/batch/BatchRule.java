package dev.mekiki.inference.batch;

/** When waiting items become a batch, and how many of them. Asked under the queue's lock, so it must be quick. */
public interface BatchRule {

    /**
     * How many items an idle device takes now.
     *
     * @param waiting at least 1
     * @param waitedNanos how long the oldest of them has waited, time in which no device was idle included
     * @param largest the largest of the sizes that may run now
     * @return 1..{@code waiting} and no more than {@code largest}, or 0 to wait for companions
     */
    int take(int waiting, long waitedNanos, int largest);

    /**
     * How much longer an idle device waits for companions if none comes; asked where {@link #take} gave 0.
     *
     * @return nanoseconds; zero or less to ask again at once
     */
    long patience(int waiting, long waitedNanos, int largest);
}
