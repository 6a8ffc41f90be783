/**
 * Calls to a running service: {@link dev.mekiki.client.Connection} makes them, {@link dev.mekiki.client.Refusal} says
 * why one was not answered, {@link dev.mekiki.client.Backoff} when to try again.
 */
@NullMarked
package dev.mekiki.client;

import org.jspecify.annotations.NullMarked;
