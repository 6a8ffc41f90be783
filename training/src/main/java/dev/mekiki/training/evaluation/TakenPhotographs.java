package dev.mekiki.training.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Photographs that somebody took, in folders by label. The first of each label, in the order of their names, are
 * registered; the others are shown. A label with no more photographs than that is registered and never shown.
 */
final class TakenPhotographs implements Material {

    private final DocumentFolder folder;
    private final List<Integer> registered = new ArrayList<>();
    private final List<Integer> shown = new ArrayList<>();

    /**
     * @param registrations how many of each label, at least 1
     * @throws IOException if nothing is left to show
     */
    TakenPhotographs(DocumentFolder folder, int registrations) throws IOException {
        this.folder = folder;
        int[] seen = new int[folder.names().size()];
        for (int i = 0; i < folder.labels().length; i++) {
            (seen[folder.labels()[i]]++ < registrations ? registered : shown).add(i);
        }
        if (shown.isEmpty()) {
            throw new IOException("photographs: none left to show, with " + registrations + " of each of "
                    + folder.names().size() + " labels registered (expected: labels with more, as"
                    + " main/image.jpg or main/sub/image.jpg)");
        }
    }

    @Override
    public List<String> labels() {
        return folder.names();
    }

    @Override
    public List<Registration> registrations() {
        return registered.stream()
                .map(i -> new Registration(folder.labels()[i], name(i)))
                .toList();
    }

    @Override
    public byte[] registered(int index) throws IOException {
        return Files.readAllBytes(folder.files().get(registered.get(index)));
    }

    @Override
    public void show(Viewer viewer) throws IOException {
        for (int i : shown) {
            viewer.show(
                    new Shot(folder.labels()[i], name(i), "real", Map.of()),
                    Files.readAllBytes(folder.files().get(i)));
        }
    }

    @Override
    public byte[] photograph(int index) throws IOException {
        return Files.readAllBytes(folder.files().get(shown.get(index)));
    }

    private String name(int file) {
        Path name = folder.files().get(file).getFileName();
        return name.toString();
    }
}
