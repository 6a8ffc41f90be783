package dev.mekiki.cli.analyse;

import dev.mekiki.cli.archive.ArchiveNotes;

/**
 * Where a report is from.
 *
 * @param gallery the gallery's resource name
 * @param registrationsDigest of all its registrations
 * @param model that made the vectors
 * @param spaceDigest of their embedding space
 * @param codeVersion of this software
 * @param jvm name and version
 * @param seed of what was drawn
 */
public record Provenance(
        String gallery,
        String registrationsDigest,
        String model,
        String spaceDigest,
        String codeVersion,
        String jvm,
        long seed) {

    public static Provenance of(ArchiveNotes notes, String codeVersion, long seed) {
        return new Provenance(
                notes.gallery().getName(),
                notes.digest(),
                notes.gallery().getEmbeddingSpace().getModelId(),
                notes.gallery().getEmbeddingSpace().getDigest(),
                codeVersion,
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                seed);
    }
}
