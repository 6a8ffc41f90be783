package dev.mekiki.analysis.finding;

import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;

/**
 * Two registrations to look at side by side.
 *
 * @param cosine of their vectors
 */
public record Evidence(
        RegistrationId first, LabelPath firstLabel, RegistrationId second, LabelPath secondLabel, double cosine) {}
