package dev.mekiki.service.grpc;

import dev.mekiki.core.decision.Recognition;
import dev.mekiki.core.embedding.EmbeddedImage;
import dev.mekiki.core.gallery.LabelCount;
import dev.mekiki.core.gallery.Page;
import dev.mekiki.core.recognition.RecognitionReply;
import dev.mekiki.core.reembedding.ReembedStep;
import dev.mekiki.core.time.Stage;
import dev.mekiki.core.time.StageDurations;
import dev.mekiki.v1.Calibration;
import dev.mekiki.v1.DecisionPolicy;
import dev.mekiki.v1.EmbedResponse;
import dev.mekiki.v1.Embedding;
import dev.mekiki.v1.EmbeddingSpace;
import dev.mekiki.v1.Gallery;
import dev.mekiki.v1.Known;
import dev.mekiki.v1.Label;
import dev.mekiki.v1.Match;
import dev.mekiki.v1.RateInterval;
import dev.mekiki.v1.RecognizeResponse;
import dev.mekiki.v1.ReembedFailure;
import dev.mekiki.v1.ReembedGalleryResponse;
import dev.mekiki.v1.Registration;
import dev.mekiki.v1.RegistrationView;
import dev.mekiki.v1.SubLabel;
import dev.mekiki.v1.Unknown;
import java.time.Duration;
import java.util.Map;

/** The domain's answers as messages. */
final class Replies {

    private Replies() {}

    static RecognizeResponse recognition(dev.mekiki.core.gallery.GalleryId gallery, RecognitionReply reply) {
        RecognizeResponse.Builder response = RecognizeResponse.newBuilder()
                .setEmbeddingSpace(space(reply.space()))
                .setDurations(durations(reply.durations()));
        switch (reply.recognition()) {
            case Recognition.Known known -> response.setKnown(known(known));
            case Recognition.Unknown unknown -> response.setUnknown(unknown(unknown));
        }
        reply.matches()
                .forEach(match -> response.addMatches(Match.newBuilder()
                        .setRegistration(dev.mekiki.core.gallery.Registration.resource(gallery, match.id()))
                        .setLabel(match.label().toString())
                        .setScore(match.score().cosine())));
        return response.build();
    }

    static EmbedResponse embedding(EmbeddedImage embedded) {
        return EmbedResponse.newBuilder()
                .setEmbedding(embedding(embedded.embedding()))
                .setEmbeddingSpace(space(embedded.embedding().space()))
                .setDurations(durations(embedded.durations()))
                .build();
    }

    static Registration registration(dev.mekiki.core.gallery.Registration registration, RegistrationView view) {
        Registration.Builder message = Registration.newBuilder()
                .setName(registration.resource())
                .setLabel(registration.label().toString())
                .putAllAttributes(registration.attributes())
                .setContentDigest(registration.content().hex())
                .setCreateTime(Times.proto(registration.createTime()));
        if (view == RegistrationView.REGISTRATION_VIEW_FULL) {
            message.setEmbedding(embedding(registration.embedding()));
        }
        return message.build();
    }

    static Label label(LabelCount count) {
        Label.Builder label = Label.newBuilder().setMain(count.main()).setRegistrationCount(count.registrations());
        count.subLabels()
                .forEach(sub -> label.addSubLabels(
                        SubLabel.newBuilder().setSub(sub.sub()).setRegistrationCount(sub.registrations())));
        return label.build();
    }

    static Gallery gallery(dev.mekiki.core.gallery.Gallery gallery) {
        return Gallery.newBuilder()
                .setName(gallery.id().resource())
                .setDisplayName(gallery.displayName())
                .setEmbeddingSpace(space(gallery.space()))
                .setDecisionPolicy(policy(gallery.policy()))
                .setCreateTime(Times.proto(gallery.createTime()))
                .build();
    }

    private static DecisionPolicy policy(dev.mekiki.core.decision.DecisionPolicy policy) {
        DecisionPolicy.Builder built = DecisionPolicy.newBuilder()
                .setFalseAcceptRate(policy.falseAcceptRate())
                .setThreshold(policy.threshold())
                .putAllLabelThresholds(policy.labelThresholds())
                .setSubLabelMargin(policy.subLabelMargin());
        policy.calibration().ifPresent(calibration -> built.setCalibration(calibration(calibration)));
        return built.build();
    }

    private static Calibration calibration(dev.mekiki.core.decision.Calibration calibration) {
        Calibration.Builder built = Calibration.newBuilder()
                .setMethod(calibration.method())
                .setData(calibration.data())
                .setCalibrateTime(Times.proto(calibration.time()))
                .setImpostorCount(calibration.impostors());
        if (calibration.isIntervalKnown()) {
            built.setFalseAcceptRateInterval(
                    RateInterval.newBuilder().setLow(calibration.lowestRate()).setHigh(calibration.highestRate()));
        }
        return built.build();
    }

    static ReembedGalleryResponse reembedded(dev.mekiki.core.gallery.GalleryId source, ReembedStep step) {
        ReembedGalleryResponse.Builder response = ReembedGalleryResponse.newBuilder()
                .setEmbeddedCount(step.embedded())
                .setPresentCount(step.present())
                .setCorrectedCount(step.corrected())
                .setDeletedCount(step.deleted())
                .setNextPageToken(step.nextToken().orElse(""));
        step.failures()
                .forEach(failure -> response.addFailures(ReembedFailure.newBuilder()
                        .setRegistration(dev.mekiki.core.gallery.Registration.resource(source, failure.id()))
                        .setError(FailureStatus.of(failure.why(), RequestFields.AS_THEY_ARE))));
        return response.build();
    }

    static String nextToken(Page<?> page) {
        return page.nextToken().orElse("");
    }

    private static Known known(Recognition.Known known) {
        Known.Builder message = Known.newBuilder()
                .setMainLabel(known.label().main())
                .setSubLabel(known.label().sub().orElse(""))
                .setScore(known.score().cosine())
                .setThreshold(known.threshold());
        known.margin().ifPresent(message::setMargin);
        return message.build();
    }

    private static Unknown unknown(Recognition.Unknown unknown) {
        Unknown.Builder message = Unknown.newBuilder()
                .setReason(
                        switch (unknown.reason()) {
                            case NO_CANDIDATES -> Unknown.Reason.REASON_NO_CANDIDATES;
                            case BELOW_THRESHOLD -> Unknown.Reason.REASON_BELOW_THRESHOLD;
                        })
                .setThreshold(unknown.threshold());
        unknown.nearest()
                .ifPresent(nearest -> message.setBestScore(nearest.score().cosine()));
        return message.build();
    }

    private static Embedding embedding(dev.mekiki.core.embedding.Embedding embedding) {
        Embedding.Builder message =
                Embedding.newBuilder().setSpaceDigest(embedding.space().digest());
        for (float value : embedding.vector()) {
            message.addValues(value);
        }
        return message.build();
    }

    private static EmbeddingSpace space(dev.mekiki.core.embedding.EmbeddingSpace space) {
        return EmbeddingSpace.newBuilder()
                .setModelId(space.modelId())
                .setDimension(space.dimension())
                .setDigest(space.digest())
                .build();
    }

    private static dev.mekiki.v1.StageDurations durations(StageDurations durations) {
        dev.mekiki.v1.StageDurations.Builder message = dev.mekiki.v1.StageDurations.newBuilder();
        for (Map.Entry<Stage, Duration> entry : durations.byStage().entrySet()) {
            com.google.protobuf.Duration duration = Times.proto(entry.getValue());
            switch (entry.getKey()) {
                case ADMISSION -> message.setAdmission(duration);
                case DECODE -> message.setDecode(duration);
                case PREPROCESS -> message.setPreprocess(duration);
                case QUEUE -> message.setQueue(duration);
                case INFERENCE -> message.setInference(duration);
                case SEARCH -> message.setSearch(duration);
                case STORE -> {
                    // No reply of a registration carries durations.
                }
            }
        }
        return message.build();
    }
}
