/** A service of one's own on this machine, as a child process: {@link dev.mekiki.cli.process.ServiceProcess}. */
@NullMarked
package dev.mekiki.cli.process;

import org.jspecify.annotations.NullMarked;
