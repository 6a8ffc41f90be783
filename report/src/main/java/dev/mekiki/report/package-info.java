/**
 * Pages of what was measured, each one file that needs no other: {@link dev.mekiki.report.HtmlPage}. Their charts are in
 * {@link dev.mekiki.report.chart}.
 */
@NullMarked
package dev.mekiki.report;

import org.jspecify.annotations.NullMarked;
