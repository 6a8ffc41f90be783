package dev.mekiki.cli.source;

import dev.mekiki.core.label.LabelPath;
import java.nio.file.Path;

/**
 * An image and what it shows.
 *
 * @param file the image
 * @param label read off its folders
 */
public record LabelledFile(Path file, LabelPath label) {}
