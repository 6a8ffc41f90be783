/** What moved in the decisions of a service, in words and as JSON: {@link dev.mekiki.cli.drift.DriftReport}. */
@NullMarked
package dev.mekiki.cli.drift;

import org.jspecify.annotations.NullMarked;
