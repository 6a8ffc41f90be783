package dev.mekiki.inference.batch;

import java.time.Duration;

/**
 * One item's output.
 *
 * @param output what the device made of it
 * @param queued from submission until a device took its batch
 * @param ran the device's time for the whole batch
 * @param items how many items shared the batch
 */
public record Batched<O>(O output, Duration queued, Duration ran, int items) {}
