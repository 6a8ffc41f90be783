package dev.mekiki.gallery.milvus;

import dev.mekiki.core.gallery.GalleryId;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What galleries are called in Milvus, which takes letters, digits and underscores.
 *
 * <p>A gallery's alias is {@code PREFIX_GALLERY}, with underscores for hyphens. Names of galleries have neither
 * underscores nor capitals, so that everything else is told from an alias by its capitals: {@code PREFIX_GALLERY_RANDOM}
 * is a collection, {@code …_LABELS} the one of its label paths, and {@code PREFIX_SWAP_ONE_WITH_OTHER} the alias that
 * stands while two galleries exchange their names.
 *
 * @param prefix lower-case letters and digits
 */
record GalleryNames(String prefix) {

    /**
     * An exchange of names that is under way, or broke off.
     *
     * @param one its collection has the exchange's alias
     * @param other the other gallery
     */
    record Exchange(GalleryId one, GalleryId other) {}

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int RANDOM_LENGTH = 8;
    private static final String LABELS = "_LABELS";
    private static final String GALLERY = "([a-z][a-z0-9_]{0,62})";

    String alias(GalleryId gallery) {
        return prefix + "_" + inMilvus(gallery);
    }

    /** A name that no collection has. */
    String newCollection(GalleryId gallery) {
        StringBuilder name = new StringBuilder(alias(gallery)).append('_');
        for (int i = 0; i < RANDOM_LENGTH; i++) {
            name.append((char) ('A' + RANDOM.nextInt(26)));
        }
        return name.toString();
    }

    String labelsOf(String collection) {
        return collection + LABELS;
    }

    boolean isLabels(String collection) {
        return isOurs(collection) && collection.endsWith(LABELS);
    }

    boolean isRegistrations(String collection) {
        return isOurs(collection) && !collection.endsWith(LABELS);
    }

    /** The collection whose label paths a collection holds. */
    String registrationsOf(String labels) {
        return labels.substring(0, labels.length() - LABELS.length());
    }

    private boolean isOurs(String collection) {
        return collection.startsWith(prefix + "_");
    }

    Optional<GalleryId> gallery(String alias) {
        Matcher matcher = Pattern.compile(prefix + "_" + GALLERY).matcher(alias);
        return matcher.matches() ? Optional.of(fromMilvus(matcher.group(1))) : Optional.empty();
    }

    String alias(Exchange exchange) {
        return prefix + "_SWAP_" + inMilvus(exchange.one) + "_WITH_" + inMilvus(exchange.other);
    }

    Optional<Exchange> exchange(String alias) {
        Matcher matcher = Pattern.compile(prefix + "_SWAP_" + GALLERY + "_WITH_" + GALLERY)
                .matcher(alias);
        return matcher.matches()
                ? Optional.of(new Exchange(fromMilvus(matcher.group(1)), fromMilvus(matcher.group(2))))
                : Optional.empty();
    }

    private static String inMilvus(GalleryId gallery) {
        return gallery.value().replace('-', '_');
    }

    private static GalleryId fromMilvus(String name) {
        return new GalleryId(name.replace('_', '-'));
    }
}
