package dev.mekiki.gallery.embedded;

import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.gallery.contract.GalleryContract;
import java.nio.file.Path;

class EmbeddedGalleryTest extends GalleryContract {

    @Override
    protected GalleryBackend open(Path name) {
        return EmbeddedGallery.open(EmbeddedGallerySettings.in(name));
    }
}
