package dev.mekiki.gallery.embedded;

import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.gallery.contract.GalleryContract;
import java.nio.file.Path;

/** The contract where nothing is small enough to be compared exhaustively, so that the graph answers. */
class GraphSearchTest extends GalleryContract {

    @Override
    protected GalleryBackend open(Path name) {
        return EmbeddedGallery.open(
                EmbeddedGallerySettings.in(name).withGraphFrom(300).withSearch(0, 64));
    }
}
