/**
 * {@code bench gallery}: what galleries of up to millions of registrations take and give, on Milvus beside the raw SDK
 * and embedded; {@link dev.mekiki.benchmarks.gallery.GalleryBenchmark} is the command.
 */
@NullMarked
package dev.mekiki.benchmarks.gallery;

import org.jspecify.annotations.NullMarked;
