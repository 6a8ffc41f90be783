package dev.mekiki.cli.measure;

import com.google.protobuf.UnsafeByteOperations;
import dev.mekiki.client.Connection;
import dev.mekiki.client.Retrying;
import dev.mekiki.training.evaluation.Material;
import dev.mekiki.training.evaluation.ServedDecisions.Answer;
import dev.mekiki.training.evaluation.ServedDecisions.Outcome;
import dev.mekiki.v1.CountRegistrationsRequest;
import dev.mekiki.v1.Known;
import dev.mekiki.v1.RecognizeRequest;
import dev.mekiki.v1.RecognizeResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/** What a gallery of a running service answers to photographs, by its own registrations and policy. */
public final class GalleryAnswers {

    private static final int IN_FLIGHT = 16;

    private final Connection connection;
    private final Retrying retrying;
    private final String gallery;

    /**
     * @param connection stays open
     * @param gallery {@code galleries/…}
     */
    public GalleryAnswers(Connection connection, Retrying retrying, String gallery) {
        this.connection = connection;
        this.retrying = retrying;
        this.gallery = gallery;
    }

    /**
     * Shows all photographs; changes nothing in the gallery.
     *
     * @throws io.grpc.StatusRuntimeException if the service refuses one, and goes on refusing it
     * @throws IOException if a photograph cannot be read
     */
    public List<Answer> to(Material material) throws IOException, InterruptedException {
        List<String> labels = material.labels();
        boolean[] registered = new boolean[labels.size()];
        for (int i = 0; i < registered.length; i++) {
            registered[i] = has(labels.get(i));
        }
        Semaphore places = new Semaphore(IN_FLIGHT);
        List<Future<Answer>> asked = new ArrayList<>();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            material.show((shot, file) -> {
                places.acquireUninterruptibly();
                asked.add(callers.submit(() -> {
                    try {
                        return new Answer(
                                shot.label(),
                                registered[shot.label()],
                                outcome(labels.get(shot.label()), recognise(file)));
                    } finally {
                        places.release();
                    }
                }));
            });
        }
        List<Answer> answers = new ArrayList<>();
        for (Future<Answer> answer : asked) {
            try {
                answers.add(answer.get());
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException refused) {
                    throw refused;
                }
                throw new IllegalStateException("a photograph was not answered", e.getCause());
            }
        }
        return answers;
    }

    private boolean has(String label) throws InterruptedException {
        CountRegistrationsRequest request = CountRegistrationsRequest.newBuilder()
                .setParent(gallery)
                .addLabelScope(label)
                .build();
        return retrying.call(
                        () -> connection.labels().countRegistrations(request).getRegistrationCount())
                > 0;
    }

    private RecognizeResponse recognise(byte[] file) throws InterruptedException {
        RecognizeRequest request = RecognizeRequest.newBuilder()
                .setGallery(gallery)
                .setImage(UnsafeByteOperations.unsafeWrap(file))
                .setMaxMatches(0)
                .build();
        return retrying.call(() -> connection.recognition().recognize(request));
    }

    /** What an answer is worth if the photograph shows {@code label}, main or main/sub. */
    static Outcome outcome(String label, RecognizeResponse response) {
        if (!response.hasKnown()) {
            return Outcome.UNNAMED;
        }
        Known known = response.getKnown();
        int slash = label.indexOf('/');
        String main = slash < 0 ? label : label.substring(0, slash);
        String sub = slash < 0 ? "" : label.substring(slash + 1);
        if (!known.getMainLabel().equals(main)) {
            return Outcome.WRONG;
        }
        if (sub.isEmpty() || known.getSubLabel().equals(sub)) {
            return Outcome.RIGHT;
        }
        return known.getSubLabel().isEmpty() ? Outcome.MAIN_ONLY : Outcome.WRONG;
    }
}
