/**
 * The one test suite that every gallery passes: {@link dev.mekiki.gallery.contract.GalleryContract}, which the tests of
 * a backend extend.
 */
@NullMarked
package dev.mekiki.gallery.contract;

import org.jspecify.annotations.NullMarked;
