/**
 * What was decided in each gallery over time: {@link dev.mekiki.service.drift.DecisionLog} counts decisions and keeps the
 * counts.
 */
@NullMarked
package dev.mekiki.service.drift;

import org.jspecify.annotations.NullMarked;
