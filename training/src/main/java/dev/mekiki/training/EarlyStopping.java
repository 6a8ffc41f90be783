package dev.mekiki.training;

/**
 * When a run ends before its images are through: when the open-set figure (share of photographs of known documents named
 * rightly while one in a hundred of unknown ones gets a name) no longer grows. The figure is of documents held out of
 * the training for this alone, apart from those that the finished model is measured with. The network of the best figure
 * is the one that is exported.
 *
 * @param labels how many documents, or folders of images, are held out; 0 for no early stopping, else 4..100,000
 * @param everyImages images between two measurements
 * @param patience measurements without gain after which the run ends, 1..1000
 * @param leastGain what counts as gain, 0..0.5
 */
public record EarlyStopping(int labels, long everyImages, int patience, double leastGain) {

    public EarlyStopping {
        if (labels != 0) {
            Recipe.require("labels", labels, 4, 100_000);
        }
        Recipe.require("everyImages", everyImages, 1, 1e12);
        Recipe.require("patience", patience, 1, 1000);
        Recipe.require("leastGain", leastGain, 0, 0.5);
    }

    /** Whether a run may end early. */
    public boolean used() {
        return labels > 0;
    }

    /** Whether a measurement is due after {@code step} steps of {@code batch} images. */
    boolean due(long step, int batch) {
        return step * batch / everyImages > (step - 1) * batch / everyImages;
    }
}
