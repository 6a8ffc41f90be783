package dev.mekiki.cli.source;

import java.nio.file.Path;

/**
 * A file that was not registered and will not be by trying again.
 *
 * @param file the file
 * @param reason one line, for people
 */
public record Rejection(Path file, String reason) {}
