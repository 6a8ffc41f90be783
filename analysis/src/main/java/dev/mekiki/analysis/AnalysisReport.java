package dev.mekiki.analysis;

import dev.mekiki.analysis.finding.Finding;
import dev.mekiki.analysis.finding.ScoreSeparation;
import dev.mekiki.analysis.threshold.CalibratedThreshold;
import dev.mekiki.core.gallery.RegistrationId;
import dev.mekiki.core.label.LabelPath;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an analysis saw. Figures that there was nothing to measure with are NaN.
 *
 * @param extent of what it looked at
 * @param space how the whole is organised
 * @param scores how registrations score with their own label and with others
 * @param labels every main label, by name
 * @param communities what lies together, beside what is called the same
 * @param findings what is wrong, the surest first within a kind
 * @param thresholds for the false-accept rate asked for; empty if there is too little to calibrate with
 * @param map of the space; empty if there are too few to draw
 * @param took how long each stage took
 */
public record AnalysisReport(
        Extent extent,
        Space space,
        Scores scores,
        List<Label> labels,
        Communities communities,
        List<Finding> findings,
        Optional<Thresholds> thresholds,
        List<Place> map,
        Map<AnalysisProgress.Stage, Duration> took) {

    public AnalysisReport {
        labels = List.copyOf(labels);
        findings = List.copyOf(findings);
        map = List.copyOf(map);
        took = Map.copyOf(took);
    }

    /**
     * What was looked at, of what there was.
     *
     * @param registrations analysed
     * @param labels main labels analysed
     * @param registrationsSeen all there were; more than {@code registrations} if those are a sample
     * @param labelsSeen all main labels there were
     */
    public record Extent(int registrations, int labels, long registrationsSeen, long labelsSeen) {

        public boolean isSample() {
            return registrationsSeen > registrations;
        }
    }

    /**
     * How the space is organised.
     *
     * @param relativeLocalDensity at several scales
     * @param densityRegistrations how many registrations that was measured on; of more, a sample is drawn
     * @param homogeneity of neighbourhoods of several sizes
     * @param homogeneityRegistrations around how many registrations that was measured
     * @param calinskiHarabasz the index
     * @param intrinsicDimension number of dimensions that the registrations spread in
     */
    public record Space(
            List<AtScale> relativeLocalDensity,
            int densityRegistrations,
            List<OfSize> homogeneity,
            int homogeneityRegistrations,
            double calinskiHarabasz,
            double intrinsicDimension) {

        public Space {
            relativeLocalDensity = List.copyOf(relativeLocalDensity);
            homogeneity = List.copyOf(homogeneity);
        }
    }

    /** Relative local density at a scale τ. */
    public record AtScale(double scale, double density) {}

    /** H(p). */
    public record OfSize(int neighbours, double homogeneity) {}

    /**
     * Scores of registrations with each other.
     *
     * @param own best cosines to others of the same main label, of sound registrations
     * @param other best cosines to other main labels
     */
    public record Scores(ScoreSeparation separation, Histogram own, Histogram other) {}

    /**
     * Counts of cosines in 100 bins of equal width from -1 to 1.
     *
     * @param counts ascending
     */
    public record Histogram(List<Integer> counts) {

        static final int BINS = 100;

        public Histogram {
            counts = List.copyOf(counts);
        }
    }

    /**
     * A main label.
     *
     * @param registrations how many it has
     * @param concentration φ, small for a compact label
     * @param ownCosine mean of the best cosines among its sound registrations
     * @param rival the label that is nearest to most of its registrations; empty in a gallery of one label
     * @param rivalCosine the highest cosine of one of its registrations with any other label
     * @param density mean cosine of its registrations to their nearest neighbours
     * @param misrecognised share of its registrations that are nearer to a sound one of another label than to the rest of their own
     */
    public record Label(
            String label,
            int registrations,
            double concentration,
            double ownCosine,
            Optional<String> rival,
            double rivalCosine,
            double density,
            double misrecognised) {}

    /**
     * Communities of the neighbour graph, which know nothing of labels.
     *
     * @param neighbours of a registration in the graph
     * @param modularity of the communities
     * @param modularityOfLabels the same if main labels were the communities
     * @param mutualInformation normalised, of communities and main labels
     * @param misclustered registrations whose community is mostly of another label. Where communities are much fewer than
     *     labels each is of several, and this says little
     * @param largest the largest 100 of them
     * @param count how many there are
     */
    public record Communities(
            int neighbours,
            int count,
            double modularity,
            double modularityOfLabels,
            double mutualInformation,
            List<RegistrationId> misclustered,
            List<Community> largest) {

        public Communities {
            misclustered = List.copyOf(misclustered);
            largest = List.copyOf(largest);
        }
    }

    /**
     * A community.
     *
     * @param label that most of it has
     * @param share of it that has that label
     * @param representatives a few registrations of that label, drawn at random
     */
    public record Community(int size, String label, double share, List<RegistrationId> representatives) {

        public Community {
            representatives = List.copyOf(representatives);
        }
    }

    /**
     * Thresholds as the gallery's own registrations give them: each label in turn is taken for unknown, and what its
     * registrations score with the others is what strangers score. Queries that are worse images than registrations score
     * lower.
     *
     * @param common for all labels
     * @param base what single thresholds start from; a label that is not in {@code labels} has it
     * @param labels thresholds of single main labels that lie apart from {@code base}
     * @param trueAccepts share of registrations that others of their label let pass, with the common threshold and with
     *     single ones, on scores that these were not chosen with
     * @param falseAccepts likewise the share that the other labels let pass
     */
    public record Thresholds(
            CalibratedThreshold common,
            CalibratedThreshold base,
            Map<String, Double> labels,
            Compared trueAccepts,
            Compared falseAccepts) {

        public Thresholds {
            labels = Map.copyOf(labels);
        }

        /** Whether single thresholds let more pass that should, and no more that should not. */
        public boolean singleOnesAreBetter() {
            return singleOnesAreBetter(trueAccepts, falseAccepts);
        }

        /** The same of figures that were written down. */
        public static boolean singleOnesAreBetter(Compared trueAccepts, Compared falseAccepts) {
            return trueAccepts.single > trueAccepts.common && falseAccepts.single <= falseAccepts.common;
        }
    }

    /** A rate with one threshold for all and with one for each label. */
    public record Compared(double common, double single) {}

    /** Where a registration is on the map. */
    public record Place(RegistrationId registration, LabelPath label, float x, float y) {}
}
