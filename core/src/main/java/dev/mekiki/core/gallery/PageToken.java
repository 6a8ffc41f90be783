package dev.mekiki.core.gallery;

import dev.mekiki.core.failure.InvalidInput;
import dev.mekiki.core.image.ContentDigest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Where a listing goes on: after the last item of the page before. The token names the listing that it belongs to, so
 * that one of another gallery, scope or kind is refused rather than misread.
 *
 * @param listing identifies the listing, for example its kind, gallery and scope
 */
public record PageToken(String listing) {

    private static final int FINGERPRINT_LENGTH = 16;

    /**
     * @return the key of the last item of the page before; empty for the first page
     * @throws InvalidInput if the token is not one of this listing
     */
    public Optional<String> lastOf(PageRequest page) {
        return page.token().map(this::read);
    }

    /** The token of the page that begins after an item, by that item's key. */
    public Optional<String> after(String lastKey) {
        String text = fingerprint() + lastKey;
        return Optional.of(
                Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    }

    private String read(String token) {
        try {
            String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
            if (text.startsWith(fingerprint())) {
                return text.substring(FINGERPRINT_LENGTH);
            }
        } catch (IllegalArgumentException e) {
            // not Base64: refused like any other text that is not of this listing
        }
        String shown = token.length() <= 40 ? "\"" + token + "\"" : token.length() + " characters";
        throw new InvalidInput("page_token", shown, "next_page_token of the page before, of the same listing");
    }

    private String fingerprint() {
        return ContentDigest.of(listing.getBytes(StandardCharsets.UTF_8)).hex().substring(0, FINGERPRINT_LENGTH);
    }
}
