package dev.mekiki.cli.demo;

import dev.mekiki.samples.ContactSheet;
import dev.mekiki.v1.RecognizeResponse;

/** How right an answer was. */
enum Verdict {
    RIGHT("right main and sub-label", ContactSheet.Mark.RIGHT),
    SUB_LABEL_OPEN("right main label, sub-label left open", ContactSheet.Mark.PARTLY),
    SUB_LABEL_WRONG("right main label, wrong sub-label", ContactSheet.Mark.PARTLY),
    WRONG("wrong main label", ContactSheet.Mark.WRONG),
    UNKNOWN("unknown", ContactSheet.Mark.UNKNOWN),
    REJECTED("rejected as unknown", ContactSheet.Mark.UNKNOWN),
    FALSELY_ACCEPTED("falsely accepted", ContactSheet.Mark.WRONG);

    private final String words;
    private final ContactSheet.Mark mark;

    Verdict(String words, ContactSheet.Mark mark) {
        this.words = words;
        this.mark = mark;
    }

    static Verdict of(Shot shot, RecognizeResponse response) {
        boolean known = response.hasKnown();
        if (!shot.registered()) {
            return known ? FALSELY_ACCEPTED : REJECTED;
        }
        if (!known) {
            return UNKNOWN;
        }
        if (!response.getKnown().getMainLabel().equals(shot.document().mainLabel())) {
            return WRONG;
        }
        String sub = response.getKnown().getSubLabel();
        if (sub.isEmpty()) {
            return SUB_LABEL_OPEN;
        }
        return sub.equals(shot.document().subLabel()) ? RIGHT : SUB_LABEL_WRONG;
    }

    String words() {
        return words;
    }

    ContactSheet.Mark mark() {
        return mark;
    }
}
