package dev.mekiki.gallery.milvus;

import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.Registration;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.gallery.RegistrationKey;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.core.label.LabelPath;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** A registration as it is stored: without the gallery's name, because that may change hands. */
record Row(
        RegistrationId id,
        LabelPath label,
        ContentDigest content,
        Embedding embedding,
        Map<String, String> attributes,
        Instant createTime) {

    static Row of(Registration registration) {
        return new Row(
                registration.id(),
                registration.label(),
                registration.content(),
                registration.embedding(),
                registration.attributes(),
                registration.createTime().truncatedTo(ChronoUnit.MILLIS));
    }

    Registration in(GalleryId gallery) {
        return new Registration(gallery, id, label, content, embedding, attributes, createTime);
    }

    Row withLabel(LabelPath newLabel) {
        return new Row(id, newLabel, content, embedding, attributes, createTime);
    }

    /** Whether the id follows from label and content, as {@link RegistrationId#derived} says. */
    boolean isIdDerived(GalleryId gallery) {
        return id.hasDerivedForm() && id.equals(RegistrationId.derived(gallery, label, content));
    }

    RegistrationKey key() {
        return new RegistrationKey(id, label, content);
    }
}
