/**
 * The gallery for millions of classes: on Milvus. Entry type {@link dev.mekiki.gallery.milvus.MilvusGallery}.
 *
 * <p>Every gallery is a collection of its own: its vectors have one dimension, a look-up needs no filter that keeps other
 * galleries out, and deleting it is dropping a collection. The gallery's name is an alias of that collection, so that a
 * gallery exists from one moment to the next, and two galleries exchange their names without a row being touched. What a
 * gallery is (space, policy, times) stands in the collection's description.
 *
 * <p>A second, small collection holds one row per label path of the gallery, because Milvus cannot list the distinct
 * values of a field.
 */
@NullMarked
package dev.mekiki.gallery.milvus;

import org.jspecify.annotations.NullMarked;
