/**
 * What the service must know of a model that it did not train: {@link dev.mekiki.inference.model.ModelCard}.
 */
@NullMarked
package dev.mekiki.inference.model;

import org.jspecify.annotations.NullMarked;
