/**
 * ONNX Runtime behind the batcher's port; the only package that sees it. Entry:
 * {@link dev.mekiki.inference.session.OnnxModel}.
 */
@NullMarked
package dev.mekiki.inference.session;

import org.jspecify.annotations.NullMarked;
