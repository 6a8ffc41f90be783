/**
 * Writes trained networks as ONNX files with their model cards ({@link dev.mekiki.training.export.ModelExport}), and
 * makes of such files ones in fewer bits, or for GPUs ({@link dev.mekiki.training.export.ModelConversion}).
 */
@NullMarked
package dev.mekiki.training.export;

import org.jspecify.annotations.NullMarked;
