/** Tests of the gallery on Milvus, against a real server. */
@NullMarked
package dev.mekiki.gallery.milvus;

import org.jspecify.annotations.NullMarked;
