package dev.mekiki.samples;

import java.util.random.RandomGenerator;

/** What a document is for; decides its proportions and furniture. */
public enum DocumentKind {
    /** Payment card with chip, number and loud artwork; sometimes upright. */
    BANK_CARD(1.586, 0.12),
    /** Identity card, driving licence or residence permit: portrait and fields. */
    IDENTITY_CARD(1.586, 0.06),
    /** Data page of a passport with lines for machine reading. */
    PASSPORT_PAGE(1.42, 0.1),
    /** Club, library or business card: little text, a large emblem or picture. */
    MEMBERSHIP_CARD(1.586, 0.2),
    /** Diploma or licence on paper: ornamental border, title, seal, signatures. */
    CERTIFICATE(1.414, 0.5),
    /** Entrance or travel ticket with a stub and codes. */
    TICKET(2.1, 0.1),
    /** Voucher or bond printed like a banknote. */
    VOUCHER(2.0, 0),
    /** Printed form with boxes, filled in. */
    FORM(1.414, 0.85),
    /** Letter with letterhead and paragraphs. */
    LETTER(1.414, 1),
    /** Invoice or receipt with a table of amounts. */
    INVOICE(1.414, 0.9);

    private final double proportion;
    private final double uprightShare;

    DocumentKind(double proportion, double uprightShare) {
        this.proportion = proportion;
        this.uprightShare = uprightShare;
    }

    /** Longer side divided by shorter side. */
    double proportion() {
        return proportion;
    }

    boolean upright(RandomGenerator random) {
        return random.nextDouble() < uprightShare;
    }
}
