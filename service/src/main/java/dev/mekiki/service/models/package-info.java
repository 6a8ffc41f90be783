/**
 * The models that serve, by name and version, and how they come and go while the service runs:
 * {@link dev.mekiki.service.models.Models}.
 */
@NullMarked
package dev.mekiki.service.models;

import org.jspecify.annotations.NullMarked;
