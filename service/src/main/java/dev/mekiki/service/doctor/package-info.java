/** What the service needs, looked at before anybody depends on it: {@link dev.mekiki.service.doctor.Doctor}. */
@NullMarked
package dev.mekiki.service.doctor;

import org.jspecify.annotations.NullMarked;
