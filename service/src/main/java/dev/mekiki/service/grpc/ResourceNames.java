package dev.mekiki.service.grpc;

import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.RegistrationId;

/** Resource names as they come in requests. */
final class ResourceNames {

    private static final String GALLERIES = "galleries/";
    private static final String REGISTRATIONS = "/registrations/";
    private static final int MOST_SHOWN = 80;

    private ResourceNames() {}

    /**
     * A registration within its gallery.
     *
     * @param gallery the gallery
     * @param id the registration
     */
    record RegistrationName(GalleryId gallery, RegistrationId id) {}

    /** Reads {@code galleries/GALLERY}; what is wrong is wrong with field {@code gallery}. */
    static GalleryId gallery(String name) {
        if (!name.startsWith(GALLERIES)) {
            throw new InvalidInput("gallery", shown(name), "galleries/{gallery}");
        }
        return new GalleryId(name.substring(GALLERIES.length()));
    }

    /** Reads {@code galleries/GALLERY/registrations/REGISTRATION}; what is wrong is wrong with field {@code name}. */
    static RegistrationName registration(String name) {
        // A gallery may be called "registrations" as well.
        int middle = name.indexOf(REGISTRATIONS, GALLERIES.length());
        if (!name.startsWith(GALLERIES) || middle < 0) {
            throw new InvalidInput("name", shown(name), "galleries/{gallery}/registrations/{registration}");
        }
        return new RegistrationName(
                gallery(name.substring(0, middle)),
                new RegistrationId(name.substring(middle + REGISTRATIONS.length())));
    }

    private static String shown(String name) {
        return name.length() > MOST_SHOWN ? name.length() + " characters" : "\"" + name + "\"";
    }
}
