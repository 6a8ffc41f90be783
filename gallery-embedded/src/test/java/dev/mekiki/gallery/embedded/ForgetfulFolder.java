package dev.mekiki.gallery.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes of folders by a process that fails or dies after so many of them, on a disk that keeps, when the power goes,
 * only what was synchronised: a file that was not is empty then, and a renaming whose folder was not is undone.
 */
final class ForgetfulFolder implements FolderWrites {

    private record Move(Path from, Path to, byte @Nullable [] replaced) {}

    private final Deque<Move> unsyncedMoves = new ArrayDeque<>();
    private final Set<Path> unsyncedFiles = new HashSet<>();
    private int stepsLeft = Integer.MAX_VALUE;
    private int failuresLeft;

    /** After that many steps none succeeds any more. */
    void dieAfter(int steps) {
        stepsLeft = steps;
        failuresLeft = Integer.MAX_VALUE;
    }

    /** After that many steps one fails; those after it succeed. */
    void failOnceAfter(int steps) {
        stepsLeft = steps;
        failuresLeft = 1;
    }

    /** Whether all steps have succeeded so far. */
    boolean hasNotFailed() {
        return stepsLeft >= 0;
    }

    private void step() throws IOException {
        stepsLeft--;
        if (stepsLeft < 0 && failuresLeft > 0) {
            failuresLeft--;
            throw new IOException("Input/output error");
        }
    }

    @Override
    public void write(Path file, String text) throws IOException {
        step();
        ON_FILE_SYSTEM.write(file, text);
        unsyncedFiles.add(file);
    }

    @Override
    public void sync(Path fileOrFolder) throws IOException {
        step();
        unsyncedFiles.remove(fileOrFolder);
        unsyncedMoves.removeIf(move -> fileOrFolder.equals(move.to().getParent()));
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        step();
        byte @Nullable [] replaced = Files.isRegularFile(to) ? Files.readAllBytes(to) : null;
        ON_FILE_SYSTEM.move(from, to);
        unsyncedMoves.addLast(new Move(from, to, replaced));
        unsyncedFiles.remove(to);
        if (unsyncedFiles.remove(from)) {
            unsyncedFiles.add(to);
        }
    }

    void losePower() throws IOException {
        for (Path file : unsyncedFiles) {
            Files.write(file, new byte[0]);
        }
        while (!unsyncedMoves.isEmpty()) {
            Move move = unsyncedMoves.removeLast();
            ON_FILE_SYSTEM.move(move.to(), move.from());
            if (move.replaced() != null) {
                Files.write(move.to(), move.replaced());
            }
        }
    }
}
