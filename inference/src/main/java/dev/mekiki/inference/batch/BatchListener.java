package dev.mekiki.inference.batch;

/** Hears of batches; called by device threads, must be quick and must not throw. */
public interface BatchListener {

    /**
     * A batch was run.
     *
     * @param items how many items it held
     * @param size the allowed size it was run as, at least {@code items}
     * @param nanos the device's time
     */
    void batchRan(int items, int size, long nanos);

    /**
     * A device failed on several items; the halves of them are run now, one after the other.
     *
     * @param items how many they are
     */
    void batchSplit(int items, Throwable cause);
}
