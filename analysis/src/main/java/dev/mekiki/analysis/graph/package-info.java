/**
 * Who is near whom: nearest neighbours ({@link dev.mekiki.analysis.graph.NearestNeighbours}), the graph that they make
 * ({@link dev.mekiki.analysis.graph.NeighbourGraph}), its communities ({@link dev.mekiki.analysis.graph.Communities})
 * beside the labels, and a classifier on it ({@link dev.mekiki.analysis.graph.GraphClassifier}).
 */
@NullMarked
package dev.mekiki.analysis.graph;

import org.jspecify.annotations.NullMarked;
