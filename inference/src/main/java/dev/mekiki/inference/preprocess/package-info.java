/**
 * From pixels to the model's input tensor, the same code in training and in serving:
 * {@link dev.mekiki.inference.preprocess.Preprocessor}.
 */
@NullMarked
package dev.mekiki.inference.preprocess;

import org.jspecify.annotations.NullMarked;
