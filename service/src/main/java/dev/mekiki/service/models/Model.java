package dev.mekiki.service.models;

import dev.mekiki.core.decision.Calibration;
import dev.mekiki.core.decision.DecisionPolicy;
import dev.mekiki.core.embedding.Embedder;
import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.InferenceSettings;
import dev.mekiki.inference.model.ModelCard;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A model that serves, warm.
 *
 * @param id what it is known by
 * @param embedder runs it
 * @param patient the same for work in the background
 * @param settings how it is run
 * @param activity what it has done
 * @param configured whether the configuration names it, so that it stays as long as the service runs
 */
public record Model(
        ModelId id,
        ImageEmbedder embedder,
        Embedder patient,
        InferenceSettings settings,
        ModelActivity activity,
        boolean configured) {

    public Model(
            ImageEmbedder embedder,
            Embedder patient,
            InferenceSettings settings,
            ModelActivity activity,
            boolean configured) {
        this(ModelId.of(embedder.card()), embedder, patient, settings, activity, configured);
    }

    public ModelCard card() {
        return embedder.card();
    }

    /** Most images that one request may bring. */
    public int mostImages() {
        return Math.min(card().maxBatch(), settings.maxInFlight());
    }

    /**
     * What its thresholds were calibrated to; the policy of galleries in its space that bring none.
     *
     * @param now when a gallery takes it over
     */
    public DecisionPolicy calibrated(Instant now) {
        ModelCard.Calibration calibration = card().calibration();
        return new DecisionPolicy(
                calibration.falseAcceptRate(),
                calibration.threshold(),
                Map.of(),
                calibration.subLabelMargin(),
                Optional.of(new Calibration(
                        "card of model " + id,
                        "model of SHA-256 " + card().sha256(),
                        now,
                        calibration.impostors(),
                        0,
                        1)));
    }
}
