package dev.mekiki.gallery.embedded;

import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.gallery.Gallery;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.label.LabelPath;
import dev.mekiki.gallery.contract.Specimens;
import java.nio.file.Path;

/**
 * A process that changes a gallery until it is killed, and tells what was acknowledged: lines {@code added ID.},
 * {@code relabelled ID.}, {@code deleted ID.}
 */
final class WriterProcess {

    static final EmbeddingSpace SPACE = Specimens.space(32);
    static final Gallery GALLERY = Specimens.gallery("passports", SPACE);
    static final LabelPath MOVED = LabelPath.of("moved", "here");

    private WriterProcess() {}

    /** @param arguments directory, name of this round, number of writing threads */
    public static void main(String[] arguments) {
        EmbeddedGallery store;
        try {
            store = EmbeddedGallery.open(EmbeddedGallerySettings.in(Path.of(arguments[0])));
        } catch (UnusableGalleryDirectory e) {
            tell("refused", String.valueOf(e.getMessage()));
            return;
        }
        if (store.catalogue().find(GALLERY.id()).isEmpty()) {
            store.catalogue().create(GALLERY);
        }
        tell("opened", arguments[1]);
        for (int writer = 0; writer < Integer.parseInt(arguments[2]); writer++) {
            String prefix = arguments[1] + "-" + writer + "-";
            Thread.ofPlatform().start(() -> changeForever(store, prefix));
        }
    }

    private static void changeForever(EmbeddedGallery store, String prefix) {
        for (int i = 0; ; i++) {
            Registration registration = registration(prefix + i);
            store.registrations().add(registration);
            tell("added", registration.id().value());
            if (i % 5 == 1) {
                store.registrations().relabel(GALLERY.id(), registration.id(), MOVED);
                tell("relabelled", registration.id().value());
            }
            if (i % 7 == 2) {
                store.registrations().delete(GALLERY.id(), registration.id());
                tell("deleted", registration.id().value());
            }
        }
    }

    /** The registration of an id, the same in every process. */
    static Registration registration(String id) {
        return Specimens.registration(GALLERY, id, "label-" + id, new Specimens(SPACE, id.hashCode()).vector());
    }

    private static void tell(String what, String about) {
        synchronized (System.out) {
            System.out.println(what + " " + about + ".");
            System.out.flush();
        }
    }
}
