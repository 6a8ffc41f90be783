package dev.mekiki.benchmarks;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * What an option may be.
 *
 * @param least of it
 * @param most of it
 */
record Range(double least, double most) {

    static final Range MEGAPIXELS = new Range(0.01, 12.5);
    static final Range CONNECTIONS = new Range(1, 1024);

    /** @throws ParameterException naming the option, if the value is outside */
    void require(CommandSpec command, String option, double value) {
        if (!(value >= least && value <= most)) {
            throw new ParameterException(
                    command.commandLine(),
                    option + ": " + text(value) + " (expected: " + text(least) + ".." + text(most) + ")");
        }
    }

    private static String text(double value) {
        return value == Math.rint(value) ? Long.toString(Math.round(value)) : Double.toString(value);
    }
}
