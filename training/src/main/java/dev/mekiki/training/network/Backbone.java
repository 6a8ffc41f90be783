package dev.mekiki.training.network;

/** What comes before the neck: from an image to a small map of channels. */
public enum Backbone {
    /** {@link LcNet} of a quarter of the channels. */
    LCNET_025,
    /** {@link LcNet} of half the channels; the published model's. */
    LCNET_050,
    /** {@link LcNet} of full width. */
    LCNET_100,
    /** {@link IrResNet} of 18 layers: faces and large data; some fifty times the work of {@link #LCNET_050}. */
    IR_18
}
