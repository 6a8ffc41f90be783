/** The whole way of an image, shown: {@link dev.mekiki.cli.demo.Demo}. */
@NullMarked
package dev.mekiki.cli.demo;

import org.jspecify.annotations.NullMarked;
