package dev.mekiki.cli.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mekiki.core.label.LabelPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabelTreeTest {

    @TempDir
    Path folder;

    @Test
    void readsMainAndSubLabelsOffTheFolders() throws IOException {
        Path main = file("passport/a.jpg");
        Path sub = file("passport/second generation/b.PNG");
        Path webp = file("身分証/c.webp");

        LabelTree tree = LabelTree.read(folder);

        assertThat(tree.files())
                .containsExactly(
                        new LabelledFile(main, LabelPath.of("passport")),
                        new LabelledFile(sub, LabelPath.of("passport", "second generation")),
                        new LabelledFile(webp, LabelPath.of("身分証")));
        assertThat(tree.rejected()).isEmpty();
    }

    @Test
    void rejectsImagesThatNoFolderNames() throws IOException {
        Path above = file("a.jpg");
        Path tooDeep = file("a/b/c/d.jpg");
        Path badName = file("-a/b.jpg");

        LabelTree tree = LabelTree.read(folder);

        assertThat(tree.files()).isEmpty();
        assertThat(tree.rejected())
                .containsExactlyInAnyOrder(
                        new Rejection(above, "folders: 0 above the image (expected: 1, main, or 2, main/sub)"),
                        new Rejection(tooDeep, "folders: 3 above the image (expected: 1, main, or 2, main/sub)"),
                        new Rejection(
                                badName,
                                "label.main: \"-a\" (expected: 1..128 letters, digits, spaces, '.', '_' or '-',"
                                        + " beginning with a letter or digit)"));
    }

    @Test
    void countsOtherFilesAndPassesOverHiddenOnes() throws IOException {
        file("passport/notes.txt");
        file("passport/.DS_Store");
        file(".git/objects/a.jpg");

        LabelTree tree = LabelTree.read(folder);

        assertThat(tree).isEqualTo(new LabelTree(java.util.List.of(), java.util.List.of(), 1));
    }

    private Path file(String path) throws IOException {
        Path file = folder.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, "");
    }
}
