/**
 * From warming to draining: {@link dev.mekiki.service.lifecycle.Lifecycle} knows whether requests are taken, and
 * {@link dev.mekiki.service.lifecycle.Engine} is what serves them.
 */
@NullMarked
package dev.mekiki.service.lifecycle;

import org.jspecify.annotations.NullMarked;
