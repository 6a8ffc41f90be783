/**
 * Writes trained networks as ONNX files with their model cards. Entry:
 * {@link dev.mekiki.training.export.ModelExport}.
 */
@NullMarked
package dev.mekiki.training.export;

import org.jspecify.annotations.NullMarked;
