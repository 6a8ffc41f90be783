/**
 * The server: wires domain, inference and gallery together and serves them. {@link dev.mekiki.service.Startup} is where
 * it begins and ends.
 */
@NullMarked
package dev.mekiki.service;

import org.jspecify.annotations.NullMarked;
