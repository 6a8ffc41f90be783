package dev.mekiki.inference.batch;

import java.util.List;

/**
 * Something that works on several items at once. One thread at a time calls it, for its whole life the same one.
 *
 * @param <I> what goes in; the device reads items only while {@link #run} is under way
 * @param <O> what comes out
 */
public interface BatchDevice<I, O> extends AutoCloseable {

    /**
     * Works on a batch.
     *
     * @param items 1..largest size of the policy; a device that needs exactly an allowed size pads by itself
     * @return one output per item, in the same order
     * @throws DeviceOutOfMemory if there is not the memory for as many, or not now
     * @throws Exception if the whole batch failed; nothing of it counts
     */
    List<O> run(List<I> items) throws Exception;

    @Override
    void close();
}
