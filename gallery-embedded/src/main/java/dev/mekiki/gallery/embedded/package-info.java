/**
 * The gallery for one machine: durable, in-process, on Lucene. Entry type
 * {@link dev.mekiki.gallery.embedded.EmbeddedGallery}.
 *
 * <p>Every gallery is a Lucene index of its own: its vectors have one dimension, a look-up needs no filter that keeps
 * other galleries out, and deleting it is removing a folder. What a gallery is (space, policy, times) stands in the
 * user data of every commit of its index, so that there is no second file that could disagree with it.
 */
@NullMarked
package dev.mekiki.gallery.embedded;

import org.jspecify.annotations.NullMarked;
