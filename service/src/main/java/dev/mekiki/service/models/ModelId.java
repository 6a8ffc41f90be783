package dev.mekiki.service.models;

import dev.mekiki.inference.model.ModelCard;

/**
 * What a model is known by.
 *
 * @param name of the card
 * @param version of the card, in decimal digits; a name may have several
 */
public record ModelId(String name, String version) {

    static ModelId of(ModelCard card) {
        return new ModelId(card.name(), Integer.toString(card.version()));
    }

    /** Whether {@code wanted} means this model: by its name, or as {@code NAME@VERSION}. */
    boolean isMeantBy(String wanted) {
        return name.equals(wanted) || toString().equals(wanted);
    }

    @Override
    public String toString() {
        return name + "@" + version;
    }
}
