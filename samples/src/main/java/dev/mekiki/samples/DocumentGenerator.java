package dev.mekiki.samples;

import java.util.Locale;
import java.util.random.RandomGenerator;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * Draws documents of invented issuers. Stateless; any number of threads may draw at once.
 *
 * <p>Images are 8-bit with three channels, blue first, filled to the edge (cards have square corners: a photograph
 * rounds them). The caller closes them.
 */
public final class DocumentGenerator {
    /** Smallest longest side that can be asked for, in pixels. */
    public static final int MIN_LONGEST_SIDE = 64;

    /** Largest longest side that can be asked for, in pixels. */
    public static final int MAX_LONGEST_SIDE = 2048;

    // Payment and identity cards are what people photograph most, and each kind of artwork on them is a class of its
    // own, so they take the larger share.
    private static final DocumentKind[] MIX = {
        DocumentKind.BANK_CARD,
        DocumentKind.BANK_CARD,
        DocumentKind.BANK_CARD,
        DocumentKind.BANK_CARD,
        DocumentKind.BANK_CARD,
        DocumentKind.BANK_CARD,
        DocumentKind.BANK_CARD,
        DocumentKind.IDENTITY_CARD,
        DocumentKind.IDENTITY_CARD,
        DocumentKind.IDENTITY_CARD,
        DocumentKind.IDENTITY_CARD,
        DocumentKind.PASSPORT_PAGE,
        DocumentKind.PASSPORT_PAGE,
        DocumentKind.MEMBERSHIP_CARD,
        DocumentKind.MEMBERSHIP_CARD,
        DocumentKind.CERTIFICATE,
        DocumentKind.TICKET,
        DocumentKind.VOUCHER,
        DocumentKind.FORM,
        DocumentKind.LETTER,
        DocumentKind.INVOICE
    };

    private DocumentGenerator() {}

    /**
     * Draws a document of a random design for a random holder: a new class for each seed.
     *
     * @param longestSide of the image in pixels, 64..2,048
     */
    public static Mat drawRandom(long seed, int longestSide) {
        RandomGenerator random = Seeds.random(seed, 0);
        DocumentKind kind = MIX[random.nextInt(MIX.length)];
        DocumentDesign design =
                new DocumentDesign(kind, inventTitle(kind, random), random.nextLong(), random.nextLong());
        return draw(design, random.nextLong(), longestSide);
    }

    /**
     * Draws a document of the given design.
     *
     * @param holder seed of what differs from copy to copy: name, number, dates, portrait, signature
     * @param longestSide of the image in pixels, 64..2,048
     */
    public static Mat draw(DocumentDesign design, long holder, int longestSide) {
        if (longestSide < MIN_LONGEST_SIDE || longestSide > MAX_LONGEST_SIDE) {
            throw new IllegalArgumentException(
                    "longestSide: " + longestSide + " (expected: " + MIN_LONGEST_SIDE + ".." + MAX_LONGEST_SIDE + ")");
        }
        OpenCv.load();
        RandomGenerator proportions = Seeds.random(design.generation(), 1);
        double proportion = design.kind().proportion() * (0.96 + 0.08 * proportions.nextDouble());
        int shortSide = Math.max(16, (int) Math.round(longestSide / proportion));
        boolean upright = design.kind().upright(proportions);
        // Made before the scope opens, so that it outlives it and belongs to the caller's scope, if there is one.
        Mat image = OpenCv.image(upright ? shortSide : longestSide, upright ? longestSide : shortSide, Colour.WHITE);
        try (PointerScope scope = new PointerScope()) {
            new Printer(new Canvas(image), design, holder).print();
            return image;
        } catch (Throwable e) {
            image.close();
            throw e;
        }
    }

    private static String inventTitle(DocumentKind kind, RandomGenerator random) {
        Wording wording = new Wording(random);
        String issuer = wording.capitals();
        String thing = switch (kind) {
            case BANK_CARD -> wording.pick("BANK", "CREDIT", "CARD", "SAVINGS", "TRUST", "PAY", "GROUP");
            case IDENTITY_CARD ->
                wording.pick("IDENTITY CARD", "DRIVING LICENCE", "PERMIT", "RESIDENT CARD", "HEALTH CARD");
            case PASSPORT_PAGE -> wording.pick("PASSPORT", "TRAVEL DOCUMENT", "SEAMAN BOOK");
            case MEMBERSHIP_CARD -> wording.pick("CLUB", "LIBRARY", "STUDIO", "SOCIETY", "MARKET");
            case CERTIFICATE -> wording.pick("DIPLOMA", "CERTIFICATE", "LICENCE", "CHARTER");
            case TICKET -> wording.pick("RAIL", "CONCERT", "MUSEUM", "FERRY", "THEATRE");
            case VOUCHER -> wording.pick("VOUCHER", "BOND", "COUPON", "NOTE");
            case FORM -> wording.pick("APPLICATION", "DECLARATION", "REGISTER", "CLAIM");
            case LETTER -> wording.pick("OFFICE", "PARTNERS", "COUNCIL", "INSTITUTE");
            case INVOICE -> wording.pick("SUPPLIES", "TRADING", "WORKS", "SERVICE");
        };
        String title = issuer + " " + thing;
        return random.nextInt(4) == 0 ? title.charAt(0) + title.substring(1).toLowerCase(Locale.ROOT) : title;
    }
}
