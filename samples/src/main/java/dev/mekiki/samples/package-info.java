/**
 * Sample documents of invented issuers and simulated photographs of them, for the demo, the tests and training.
 *
 * <p>Start at {@link dev.mekiki.samples.SampleCatalogue} for a fixed set of labelled documents,
 * {@link dev.mekiki.samples.DocumentGenerator} for any number of unlabelled ones, {@link dev.mekiki.samples.Photographer}
 * to photograph them as a hurried person with a phone would, and {@link dev.mekiki.samples.ContactSheet} to look at
 * the outcome.
 *
 * <p>Everything is drawn with OpenCV's own primitives and its built-in stroke fonts, so nothing depends on installed
 * fonts or a display. The same seed gives the same decisions everywhere and the same pixels on one machine; between
 * processor families OpenCV's vectorised kernels may round a pixel differently by a grey level.
 *
 * <p>Images are {@code Mat}s outside the Java heap; whoever receives one closes it.
 */
@NullMarked
package dev.mekiki.samples;

import org.jspecify.annotations.NullMarked;
