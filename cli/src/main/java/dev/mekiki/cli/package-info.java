/** What a person types: {@link dev.mekiki.cli.Mekiki} and its commands. */
@NullMarked
package dev.mekiki.cli;

import org.jspecify.annotations.NullMarked;
