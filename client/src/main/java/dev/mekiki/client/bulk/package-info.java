/**
 * Registering many rows over one stream: {@link dev.mekiki.client.bulk.StreamingImport} sends what a
 * {@link dev.mekiki.client.bulk.RowSource} holds and goes on, after either side was killed, where its
 * {@link dev.mekiki.client.bulk.ImportJournal} says.
 */
@NullMarked
package dev.mekiki.client.bulk;

import org.jspecify.annotations.NullMarked;
