/**
 * An analysis for people and for programs: {@link dev.mekiki.cli.analyse.AnalysisPage} with pictures,
 * {@link dev.mekiki.cli.analyse.AnalysisJson}, {@link dev.mekiki.cli.analyse.AnalysisSummary}.
 */
@NullMarked
package dev.mekiki.cli.analyse;

import org.jspecify.annotations.NullMarked;
