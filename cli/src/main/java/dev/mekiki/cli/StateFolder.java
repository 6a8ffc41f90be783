package dev.mekiki.cli;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Where journals are kept that nobody named: {@code $XDG_STATE_HOME/mekiki}, else {@code ~/.local/state/mekiki}. */
final class StateFolder {

    private StateFolder() {}

    /**
     * A file for one piece of work.
     *
     * @param work begins its name
     * @param identity what is the same whenever this work is begun again
     */
    static Path journal(String work, String... identity) {
        String state = System.getenv("XDG_STATE_HOME");
        Path folder = state != null && !state.isBlank()
                ? Path.of(state)
                : Path.of(System.getProperty("user.home", "."), ".local", "state");
        return folder.resolve(Path.of("mekiki", work + "-" + digest(String.join("\n", identity)) + ".journal"));
    }

    private static String digest(String text) {
        try {
            byte[] all = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(all, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
