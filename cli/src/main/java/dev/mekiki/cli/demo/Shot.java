package dev.mekiki.cli.demo;

import dev.mekiki.samples.SampleDocument;

/**
 * A photograph with what it shows.
 *
 * @param document what was photographed
 * @param registered whether the gallery knows it
 * @param light how well it was taken
 * @param jpeg the file that is sent; shared, read only
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; several megabytes are not copied.
record Shot(SampleDocument document, boolean registered, Light light, byte[] jpeg) {}
