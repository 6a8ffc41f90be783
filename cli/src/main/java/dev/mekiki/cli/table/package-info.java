/**
 * Parquet files: {@link dev.mekiki.cli.table.ParquetTable} reads them from any row on,
 * {@link dev.mekiki.cli.table.TableWriter} writes them.
 */
@NullMarked
package dev.mekiki.cli.table;

import org.jspecify.annotations.NullMarked;
