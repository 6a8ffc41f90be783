/** Every metric of the service: {@link dev.mekiki.service.telemetry.Telemetry}. */
@NullMarked
package dev.mekiki.service.telemetry;

import org.jspecify.annotations.NullMarked;
