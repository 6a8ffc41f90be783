package dev.mekiki.core.reembedding;

import dev.mekiki.core.failure.Failure;
import dev.mekiki.core.gallery.RegistrationId;

/**
 * A registration that is not in the target as it is in the source.
 *
 * @param id its name in both
 * @param why what is wrong with it
 */
public record ReembedFailure(RegistrationId id, Failure why) {}
