package dev.mekiki.training;

import dev.mekiki.training.network.TrainedNetwork;
import java.io.IOException;

/** Measures the figure that early stopping goes by. */
@FunctionalInterface
interface OpenSetGauge {
    /** TPIR at an FPIR of 1 %, in [0, 1]; the same for the same network. */
    double measure(TrainedNetwork network) throws IOException;
}
