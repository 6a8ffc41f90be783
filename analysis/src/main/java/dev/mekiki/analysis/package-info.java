/**
 * What a gallery is like and what is wrong with it. Entry: {@link dev.mekiki.analysis.GalleryAnalysis}, which turns a
 * {@link dev.mekiki.analysis.Snapshot} into an {@link dev.mekiki.analysis.AnalysisReport}.
 */
@NullMarked
package dev.mekiki.analysis;

import org.jspecify.annotations.NullMarked;
