package dev.mekiki.benchmarks.vitals;

/**
 * What a process holds.
 *
 * @param heapBytes live objects, after a collection
 * @param residentBytes main memory of the process; with a heap that is fixed and touched in advance, what it grows by is
 *     native
 * @param threads of the process, native ones included
 * @param openFiles its file descriptors
 */
public record Footprint(long heapBytes, long residentBytes, long threads, long openFiles) {}
