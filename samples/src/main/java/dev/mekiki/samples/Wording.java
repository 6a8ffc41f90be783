package dev.mekiki.samples;

import java.util.Locale;
import java.util.random.RandomGenerator;

/** Invents words, names, numbers and dates. Nothing here is taken from a real document. */
final class Wording {
    private static final String[][] ONSETS = {
        {"b", "br", "d", "f", "g", "gr", "h", "k", "l", "m", "n", "p", "r", "s", "st", "t", "tr", "v", "w"},
        {"c", "ch", "d", "f", "gl", "j", "l", "m", "n", "p", "pl", "qu", "r", "s", "t", "v", "z"},
        {"b", "cz", "d", "g", "h", "k", "kr", "m", "n", "p", "rz", "s", "sz", "t", "w", "z", "zd"},
        {"h", "k", "m", "n", "r", "s", "sh", "t", "y", "ch", "w"}
    };
    private static final String[][] RIMES = {
        {"and", "ar", "e", "eld", "en", "er", "in", "o", "olm", "or", "und", "ing", "ast", "ig"},
        {"a", "ado", "ale", "e", "elle", "i", "ione", "o", "ora", "our", "u", "anz"},
        {"a", "ek", "e", "ich", "o", "ow", "ska", "y", "un", "an"},
        {"a", "i", "u", "e", "o", "an", "en", "ai", "ou"}
    };
    private static final String[] FIELDS = {
        "Surname",
        "Given names",
        "Date of birth",
        "Place of birth",
        "Date of issue",
        "Date of expiry",
        "Authority",
        "No.",
        "Sex",
        "Height",
        "Address",
        "Signature",
        "Class",
        "Category",
        "Valid from",
        "Valid until",
        "Holder",
        "Member since",
        "Nationality",
        "Personal no.",
        "Account",
        "Reference",
        "Blood group",
        "Remarks"
    };
    private static final String[] PATTERNS = {
        "4,4,4,4", "4,6,5", "A2,7", "9", "3,3,3", "2.3.3", "A1,8", "5-4", "A3-5", "12", "A1,3-3-3-3"
    };

    private final RandomGenerator random;
    private final int tongue;

    Wording(RandomGenerator random) {
        this.random = random;
        this.tongue = random.nextInt(ONSETS.length);
    }

    String word(int minSyllables, int maxSyllables) {
        int syllables = random.nextInt(minSyllables, maxSyllables + 1);
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < syllables; i++) {
            word.append(pick(ONSETS[tongue])).append(pick(RIMES[tongue]));
        }
        return word.toString();
    }

    String name() {
        String word = word(1, 3);
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
    }

    String capitals() {
        return word(1, 3).toUpperCase(Locale.ROOT);
    }

    String sentence(int words) {
        StringBuilder text = new StringBuilder(name());
        for (int i = 1; i < words; i++) {
            text.append(' ').append(word(1, 3));
        }
        return text.append('.').toString();
    }

    String field() {
        return random.nextInt(3) == 0 ? name() : pick(FIELDS);
    }

    String date() {
        int day = random.nextInt(1, 29);
        int month = random.nextInt(1, 13);
        int year = random.nextInt(1950, 2035);
        return switch (random.nextInt(4)) {
            case 0 -> String.format(Locale.ROOT, "%02d.%02d.%d", day, month, year);
            case 1 -> String.format(Locale.ROOT, "%d-%02d-%02d", year, month, day);
            case 2 -> String.format(Locale.ROOT, "%02d/%02d", month, year % 100);
            default -> String.format(Locale.ROOT, "%02d %s %d", day, capitals().substring(0, 2), year);
        };
    }

    /** A number in a random customary grouping. */
    String number() {
        return number(pick(PATTERNS));
    }

    /** @param pattern runs of digits as counts, {@code A} before a count for letters, joined by {@code , . -} */
    String number(String pattern) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            boolean letters = c == 'A';
            if (letters) {
                c = pattern.charAt(++i);
            }
            if (Character.isDigit(c)) {
                int count = c - '0';
                if (i + 1 < pattern.length() && Character.isDigit(pattern.charAt(i + 1))) {
                    count = 10 * count + pattern.charAt(++i) - '0';
                }
                for (int k = 0; k < count; k++) {
                    out.append(letters ? (char) ('A' + random.nextInt(26)) : (char) ('0' + random.nextInt(10)));
                }
            } else {
                out.append(c == ',' ? ' ' : c);
            }
        }
        return out.toString();
    }

    String amount() {
        return String.format(Locale.ROOT, "%d.%02d", random.nextInt(1, 5000), random.nextInt(100));
    }

    /** A line for machine reading, 44 characters of capitals, digits and fillers. */
    String machineLine() {
        StringBuilder line = new StringBuilder("P<" + number("A3") + capitals() + "<<" + capitals() + "<" + capitals());
        if (random.nextBoolean()) {
            line = new StringBuilder(number("A1,8").replace(' ', 'X') + number("A3") + number("7") + "M" + number("7"));
        }
        while (line.length() < 44) {
            line.append('<');
        }
        return line.substring(0, 44);
    }

    String pick(String... from) {
        return from[random.nextInt(from.length)];
    }
}
