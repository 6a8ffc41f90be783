/** The use cases: {@link dev.mekiki.core.recognition.Recogniser} and {@link dev.mekiki.core.recognition.Registrar}. */
@NullMarked
package dev.mekiki.core.recognition;

import org.jspecify.annotations.NullMarked;
