/**
 * What can be configured, one interface per concern: every property, its default and its range is described there.
 * {@link dev.mekiki.service.settings.Settings} joins them and refuses what cannot work.
 */
@NullMarked
package dev.mekiki.service.settings;

import org.jspecify.annotations.NullMarked;
