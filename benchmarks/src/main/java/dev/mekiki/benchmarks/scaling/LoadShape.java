package dev.mekiki.benchmarks.scaling;

/** Loads, in multiples of what one replica can do at most. */
enum LoadShape {
    /** From a quiet load to five times as much within a moment, twenty minutes of it, and back. */
    STEP(60) {
        @Override
        double at(double minute) {
            return minute >= 15 && minute < 35 ? 5 : 1;
        }
    },

    /** The same growth over fifteen minutes. */
    RAMP(80) {
        @Override
        double at(double minute) {
            return 1 + 4 * Math.clamp(Math.min((minute - 10) / 15, (60 - minute) / 15), 0, 1);
        }
    },

    /** A day with a quiet night, a busy afternoon, and ten minutes at noon that are half as busy again. */
    DAY(24 * 60) {
        @Override
        double at(double minute) {
            double usual = 2.5 - 2 * Math.cos(2 * Math.PI * (minute / (24 * 60) - 0.08));
            return minute >= 12 * 60 && minute < 12 * 60 + 10 ? 1.5 * usual : usual;
        }
    };

    private final double minutes;

    LoadShape(double minutes) {
        this.minutes = minutes;
    }

    /** How long it lasts. */
    double minutes() {
        return minutes;
    }

    /** Replicas' worth of load at a minute, more than 0. */
    abstract double at(double minute);

    /** The most at any time. */
    double most() {
        double most = 0;
        for (double minute = 0; minute < minutes; minute += 0.25) {
            most = Math.max(most, at(minute));
        }
        return most;
    }
}
