package dev.mekiki.core.decision;

import dev.mekiki.core.failure.InvalidInput;
import java.time.Instant;

/**
 * Where the thresholds of a policy come from, for whoever meets them later.
 *
 * @param method how they were found, for people; 1 to 256 characters
 * @param data what they were found on, a digest for example; at most 256 characters
 * @param time when
 * @param impostors scores of strangers that they were found from; not negative
 * @param lowestRate lower end of the 95 % interval of the rate that strangers are accepted at; 0..1
 * @param highestRate its upper end, not below; from 0 to 1 says that nobody knows
 */
public record Calibration(
        String method, String data, Instant time, long impostors, double lowestRate, double highestRate) {

    private static final String FIELD = "decision_policy.calibration.";
    private static final int LONGEST = 256;

    /** @throws InvalidInput if a component is out of its range */
    public Calibration {
        if (method.isEmpty() || method.length() > LONGEST) {
            throw new InvalidInput(
                    FIELD + "method", method.length() + " characters", "1 to " + LONGEST + " characters");
        }
        if (data.length() > LONGEST) {
            throw new InvalidInput(FIELD + "data", data.length() + " characters", "at most " + LONGEST + " characters");
        }
        if (impostors < 0) {
            throw new InvalidInput(FIELD + "impostor_count", Long.toString(impostors), "0 or more");
        }
        if (!(lowestRate >= 0 && lowestRate <= highestRate && highestRate <= 1)) {
            throw new InvalidInput(
                    FIELD + "false_accept_rate_interval", lowestRate + ".." + highestRate, "an interval within 0..1");
        }
    }

    /** Whether anybody knows what rate strangers are accepted at. */
    public boolean isIntervalKnown() {
        return lowestRate > 0 || highestRate < 1;
    }
}
