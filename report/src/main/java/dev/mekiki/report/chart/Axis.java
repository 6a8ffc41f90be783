package dev.mekiki.report.chart;

/**
 * From 0 to a round number, in round steps.
 *
 * @param most where it ends
 * @param step between marks
 */
record Axis(double most, double step) {

    private static final int LEAST_STEPS = 4;

    /** One that {@code largest} is on; of 0, one up to 1. */
    static Axis upTo(double largest) {
        double most = largest > 0 && Double.isFinite(largest) ? largest : 1;
        double decade = Math.pow(10, Math.floor(Math.log10(most / LEAST_STEPS)));
        double step = decade;
        for (double multiple : new double[] {2, 5, 10}) {
            if (most / step > 2 * LEAST_STEPS) {
                step = multiple * decade;
            }
        }
        return new Axis(Math.ceil(most / step - 1e-9) * step, step);
    }
}
