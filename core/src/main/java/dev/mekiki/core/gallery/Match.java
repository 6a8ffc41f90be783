package dev.mekiki.core.gallery;

import dev.mekiki.core.label.LabelPath;

/**
 * A registration near a query.
 *
 * @param id the registration
 * @param label its label
 * @param score exact cosine with the query
 */
public record Match(RegistrationId id, LabelPath label, ExactScore score) {}
