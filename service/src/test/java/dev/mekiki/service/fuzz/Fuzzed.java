package dev.mekiki.service.fuzz;

/** What Jazzer calls, with inputs that it makes up. */
public final class Fuzzed {

    private static final Target TARGET = Target.valueOf(System.getProperty("mekiki.fuzz.target", "none"));

    private Fuzzed() {}

    /** By Jazzer's name for it. */
    public static void fuzzerTestOneInput(byte[] input) {
        TARGET.read(input);
    }
}
