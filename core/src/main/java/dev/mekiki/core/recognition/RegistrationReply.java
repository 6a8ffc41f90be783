package dev.mekiki.core.recognition;

import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.time.StageDurations;

/**
 * A durable registration.
 *
 * @param registration as it is stored
 * @param durations how long each stage took
 */
public record RegistrationReply(Registration registration, StageDurations durations) {}
