package dev.mekiki.training.evaluation;

import dev.mekiki.core.embedding.Embedder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Vectors of what was registered and shown.
 *
 * @param labels names, by number
 * @param registered unit vectors
 * @param registeredLabels their labels
 * @param photographs unit vectors
 * @param shots what the photographs are
 * @param digest SHA-256 over names and bytes of everything registered and shown
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record EmbeddedMaterial(
        List<String> labels,
        List<float[]> registered,
        int[] registeredLabels,
        List<float[]> photographs,
        List<Shot> shots,
        String digest) {

    /** Shows the material to several models at once; one result for each, in order. */
    static List<EmbeddedMaterial> of(List<? extends Embedder> embedders, Material material) throws IOException {
        List<Material.Registration> registrations = material.registrations();
        int[] registeredLabels =
                registrations.stream().mapToInt(Material.Registration::label).toArray();
        MessageDigest digest = sha256();
        List<EmbeddingRun> registered = runs(embedders);
        for (int i = 0; i < registrations.size(); i++) {
            addTo(registered, digest, registrations.get(i).name(), material.registered(i));
        }
        List<EmbeddingRun> shown = runs(embedders);
        List<Shot> shots = new ArrayList<>();
        material.show((shot, file) -> {
            shots.add(shot);
            addTo(shown, digest, shot.name(), file);
        });
        String hex = HexFormat.of().formatHex(digest.digest());
        List<EmbeddedMaterial> result = new ArrayList<>();
        for (int m = 0; m < embedders.size(); m++) {
            result.add(new EmbeddedMaterial(
                    material.labels(),
                    registered.get(m).finish(),
                    registeredLabels,
                    shown.get(m).finish(),
                    List.copyOf(shots),
                    hex));
        }
        return result;
    }

    private static List<EmbeddingRun> runs(List<? extends Embedder> embedders) {
        return embedders.stream().map(EmbeddingRun::new).toList();
    }

    private static void addTo(List<EmbeddingRun> runs, MessageDigest digest, String name, byte[] file)
            throws IOException {
        digest.update(name.getBytes(StandardCharsets.UTF_8));
        digest.update(file);
        for (EmbeddingRun run : runs) {
            run.add(name, file);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    /** Labels of the photographs. */
    int[] photographLabels() {
        return shots.stream().mapToInt(Shot::label).toArray();
    }

    /** Sorts of conditions that the photographs have, in their order. */
    List<String> conditions() {
        return shots.stream().map(Shot::conditions).distinct().toList();
    }

    /** The photographs under one sort of conditions alone. */
    EmbeddedMaterial under(String conditions) {
        int[] chosen = IntStream.range(0, shots.size())
                .filter(i -> shots.get(i).conditions().equals(conditions))
                .toArray();
        return new EmbeddedMaterial(
                labels,
                registered,
                registeredLabels,
                IntStream.of(chosen).mapToObj(photographs::get).toList(),
                IntStream.of(chosen).mapToObj(shots::get).toList(),
                digest);
    }
}
