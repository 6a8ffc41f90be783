package dev.mekiki.samples;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * A fixed set of labelled documents of invented issuers, and another set of documents that share no issuer with it,
 * to be shown to a gallery that has never seen them. The issues of one main label share colours, emblem and title and
 * differ in layout and artwork.
 */
public final class SampleCatalogue {
    private static final String[] ISSUES = {"first-generation", "second-generation", "third-generation"};

    private static final List<SampleDocument> REGISTERED = issues(
            0x6d656b696b69L,
            new Line("northland-passport", DocumentKind.PASSPORT_PAGE, 3),
            new Line("southmark-passport", DocumentKind.PASSPORT_PAGE, 2),
            new Line("isle-of-varn-passport", DocumentKind.PASSPORT_PAGE, 2),
            new Line("aurora-bank-card", DocumentKind.BANK_CARD, 3),
            new Line("meridian-credit-card", DocumentKind.BANK_CARD, 3),
            new Line("tallow-savings-card", DocumentKind.BANK_CARD, 2),
            new Line("bluefin-pay-card", DocumentKind.BANK_CARD, 3),
            new Line("citadel-trust-card", DocumentKind.BANK_CARD, 2),
            new Line("northland-identity-card", DocumentKind.IDENTITY_CARD, 3),
            new Line("harbour-permit", DocumentKind.IDENTITY_CARD, 2),
            new Line("lowmere-driving-licence", DocumentKind.IDENTITY_CARD, 3),
            new Line("quill-health-card", DocumentKind.IDENTITY_CARD, 2),
            new Line("alder-library-card", DocumentKind.MEMBERSHIP_CARD, 2),
            new Line("summit-climbing-club", DocumentKind.MEMBERSHIP_CARD, 3),
            new Line("orrery-diploma", DocumentKind.CERTIFICATE, 2),
            new Line("guild-of-millers-charter", DocumentKind.CERTIFICATE, 2),
            new Line("saltline-rail-ticket", DocumentKind.TICKET, 3),
            new Line("lantern-theatre-ticket", DocumentKind.TICKET, 2),
            new Line("bank-of-ember-voucher", DocumentKind.VOUCHER, 3),
            new Line("toll-declaration", DocumentKind.FORM, 2),
            new Line("vessel-register", DocumentKind.FORM, 2),
            new Line("council-of-fen-letter", DocumentKind.LETTER, 2),
            new Line("ironwood-works-invoice", DocumentKind.INVOICE, 2));

    private static final List<SampleDocument> UNREGISTERED = issues(
            0x7374_7261_6e67L,
            new Line("duskfall-passport", DocumentKind.PASSPORT_PAGE, 3),
            new Line("ostmere-travel-document", DocumentKind.PASSPORT_PAGE, 2),
            new Line("pinnacle-bank-card", DocumentKind.BANK_CARD, 3),
            new Line("vireo-credit-card", DocumentKind.BANK_CARD, 3),
            new Line("old-quay-savings-card", DocumentKind.BANK_CARD, 3),
            new Line("zephyr-debit-card", DocumentKind.BANK_CARD, 3),
            new Line("redmoor-identity-card", DocumentKind.IDENTITY_CARD, 3),
            new Line("kestrel-residence-permit", DocumentKind.IDENTITY_CARD, 3),
            new Line("tamarack-driving-licence", DocumentKind.IDENTITY_CARD, 3),
            new Line("delta-rowing-club", DocumentKind.MEMBERSHIP_CARD, 2),
            new Line("night-market-card", DocumentKind.MEMBERSHIP_CARD, 3),
            new Line("academy-of-tides-diploma", DocumentKind.CERTIFICATE, 3),
            new Line("highline-ferry-ticket", DocumentKind.TICKET, 3),
            new Line("winter-bond", DocumentKind.VOUCHER, 3),
            new Line("grazing-application", DocumentKind.FORM, 2),
            new Line("office-of-bells-letter", DocumentKind.LETTER, 2),
            new Line("copperfield-supplies-invoice", DocumentKind.INVOICE, 2));

    private SampleCatalogue() {}

    private record Line(String mainLabel, DocumentKind kind, int issues) {}

    private static List<SampleDocument> issues(long seed, Line... lines) {
        List<SampleDocument> documents = new ArrayList<>();
        for (int line = 0; line < lines.length; line++) {
            String mainLabel = lines[line].mainLabel();
            String title = mainLabel.replace('-', ' ').toUpperCase(Locale.ROOT);
            for (int issue = 0; issue < lines[line].issues(); issue++) {
                DocumentDesign design = new DocumentDesign(
                        lines[line].kind(), title, Seeds.mix(seed, line), Seeds.mix(seed, 1000L + 10L * line + issue));
                documents.add(new SampleDocument(
                        mainLabel, ISSUES[issue], design, Seeds.mix(seed, 100_000L + 10L * line + issue)));
            }
        }
        return List.copyOf(documents);
    }

    /** Documents to be registered: 23 main labels, each with two or three sub-labels. */
    public static List<SampleDocument> registered() {
        return REGISTERED;
    }

    /** At least 40 documents of other issuers, never to be registered. Their labels are for captions only. */
    public static List<SampleDocument> unregistered() {
        return UNREGISTERED;
    }

    /**
     * Draws a document.
     *
     * @param longestSide of the image in pixels, 64..2,048
     * @return 8-bit, three channels, blue first; to be closed by the caller
     */
    public static Mat draw(SampleDocument document, int longestSide) {
        return DocumentGenerator.draw(document.design(), document.holder(), longestSide);
    }
}
