/**
 * Writes trained networks as ONNX files with their model cards ({@link dev.mekiki.training.export.ModelExport}), and
 * makes of such files ones for GPUs ({@link dev.mekiki.training.export.ModelConversion}) and ones in fewer bits
 * ({@link dev.mekiki.training.export.SmallerModel}).
 */
@NullMarked
package dev.mekiki.training.export;

import org.jspecify.annotations.NullMarked;
