package dev.mekiki.cli.demo;

import dev.mekiki.v1.RecognizeResponse;
import java.time.Duration;

/**
 * What the service said to a photograph.
 *
 * @param roundTrip from sending to the answer, as the caller sees it
 */
record Answer(Shot shot, RecognizeResponse response, Duration roundTrip) {

    Verdict verdict() {
        return Verdict.of(shot, response);
    }

    /** {@code main}, {@code main/sub} or {@code unknown}. */
    String said() {
        if (!response.hasKnown()) {
            return "unknown";
        }
        String sub = response.getKnown().getSubLabel();
        return response.getKnown().getMainLabel() + (sub.isEmpty() ? "" : "/" + sub);
    }

    /** Cosine of the nearest registration, or -1 without any. */
    double score() {
        return response.hasKnown()
                ? response.getKnown().getScore()
                : response.getUnknown().hasBestScore() ? response.getUnknown().getBestScore() : -1;
    }
}
