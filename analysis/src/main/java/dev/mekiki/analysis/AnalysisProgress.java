package dev.mekiki.analysis;

/** Hears how far an analysis is, and may end it. Called by several threads. */
public interface AnalysisProgress {

    /** What an analysis does, in this order. */
    enum Stage {
        /** Compares every registration with every other; by far the longest. */
        NEIGHBOURS,
        FINDINGS,
        MEASURES,
        COMMUNITIES,
        THRESHOLDS,
        MAP
    }

    /**
     * How far a stage is.
     *
     * @param share of the stage that is done, in [0, 1]
     */
    void at(Stage stage, double share);

    /** Whether the analysis is to end with a {@link java.util.concurrent.CancellationException}; asked often. */
    boolean isCancelled();

    /** Nobody listens and nobody cancels. */
    AnalysisProgress NONE = new AnalysisProgress() {
        @Override
        public void at(Stage stage, double share) {}

        @Override
        public boolean isCancelled() {
            return false;
        }
    };
}
