/**
 * What a service decided over time, what moved in it, and what another threshold would have decided:
 * {@link dev.mekiki.analysis.drift.DecisionSketch} of spans of time, compared by {@link dev.mekiki.analysis.drift.Drift},
 * decided anew by {@link dev.mekiki.analysis.drift.WhatIf}.
 */
@NullMarked
package dev.mekiki.analysis.drift;

import org.jspecify.annotations.NullMarked;
