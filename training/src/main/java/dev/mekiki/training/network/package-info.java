/**
 * The shape of the embedder, free of any engine: a list of {@link dev.mekiki.training.network.Layer layers} and where
 * their parameters lie in one flat array. Entry: {@link dev.mekiki.training.network.NetworkSettings}.
 */
@NullMarked
package dev.mekiki.training.network;

import org.jspecify.annotations.NullMarked;
