package dev.mekiki.service.settings;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;
import java.util.Optional;

/** Whether the images of registrations are kept, so that a gallery can change to another model. */
@ConfigMapping(prefix = "mekiki.images")
public interface KeptImagesConfig {

    /**
     * Directory of the images, created if it is not there; about as large as all registered files together. An image is
     * kept from before its registration is acknowledged until no registration has its content any more. One process at
     * a time may have it open: services that share galleries in Milvus need one each. Left out: only vectors are kept,
     * and the images of what is registered meanwhile have to be imported again to change the model.
     */
    Optional<Path> directory();
}
