/** Calls to a running service: {@link dev.mekiki.cli.remote.Connection}. */
@NullMarked
package dev.mekiki.cli.remote;

import org.jspecify.annotations.NullMarked;
