package dev.mekiki.benchmarks.gallery;

import dev.mekiki.core.embedding.Embedding;
import dev.mekiki.core.embedding.EmbeddingSpace;
import dev.mekiki.core.gallery.GalleryBackend;
import dev.mekiki.core.gallery.GalleryId;
import dev.mekiki.core.gallery.LookUp;
import dev.mekiki.core.gallery.Match;
import dev.mekiki.core.label.LabelScope;
import dev.mekiki.v1.RecognitionGrpc;
import dev.mekiki.v1.RecognizeRequest;
import io.grpc.Channel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;

/**
 * What a gallery of a size is asked, and the right answers.
 *
 * @param vectors of things that are registered
 * @param truth {@code [vectors][10]} highest cosines
 * @param strangers vectors of things that are not registered
 * @param strangersTruth {@code [strangers][1]}
 */
record Questions(List<float[]> vectors, float[][] truth, List<float[]> strangers, float[][] strangersTruth) {

    static final int KNOWN = 1000;
    static final int STRANGERS = 200;

    /** As many as the service reports when it is not told otherwise. */
    static final int MATCHES = 5;

    private static final int DEEP = 10;
    private static final long DEADLINE_SECONDS = 60;

    /** Cosines of the same two vectors differ by less, whichever way they were summed. */
    private static final double ROUNDING = 1e-5;

    static Questions of(Population population, long registrations) {
        List<float[]> known = LongStream.range(0, KNOWN)
                .mapToObj(i -> population.query(i, registrations))
                .toList();
        List<float[]> strangers =
                LongStream.range(0, STRANGERS).mapToObj(population::stranger).toList();
        List<float[]> all = new ArrayList<>(known);
        all.addAll(strangers);
        float[][] truth = ExactNeighbours.scores(population, registrations, all, DEEP);
        return new Questions(
                known, Arrays.copyOf(truth, KNOWN), strangers, Arrays.copyOfRange(truth, KNOWN, truth.length));
    }

    /** Asks each question once. */
    Figures.Recall recall(GalleryBackend gallery, GalleryId id, EmbeddingSpace space) {
        int atOne = 0;
        int amongTen = 0;
        for (int i = 0; i < vectors.size(); i++) {
            List<Match> found = matches(gallery, id, space, vectors.get(i));
            atOne += isRight(found, truth[i]) ? 1 : 0;
            double tenth = truth[i][DEEP - 1] - ROUNDING;
            amongTen += (int) found.stream()
                    .filter(match -> match.score().cosine() >= tenth)
                    .count();
        }
        int strangersAtOne = 0;
        for (int i = 0; i < strangers.size(); i++) {
            strangersAtOne += isRight(matches(gallery, id, space, strangers.get(i)), strangersTruth[i]) ? 1 : 0;
        }
        return new Figures.Recall(
                vectors.size(),
                atOne / (double) vectors.size(),
                amongTen / (double) DEEP / vectors.size(),
                strangers.size(),
                strangersAtOne / (double) strangers.size());
    }

    private static List<Match> matches(GalleryBackend gallery, GalleryId id, EmbeddingSpace space, float[] vector) {
        return gallery.search()
                .lookUp(new LookUp(id, Embedding.ofUnit(space, vector), LabelScope.ALL, DEEP, DEEP))
                .matches();
    }

    private static boolean isRight(List<Match> found, float[] truth) {
        return !found.isEmpty() && found.getFirst().score().cosine() >= truth[0] - ROUNDING;
    }

    /** Looks up in this process, as the service does it. */
    LongConsumer inProcess(GalleryBackend gallery, GalleryId id, EmbeddingSpace space) {
        List<LookUp> questions = vectors.stream()
                .map(vector -> new LookUp(id, Embedding.ofUnit(space, vector), LabelScope.ALL, MATCHES, MATCHES))
                .toList();
        return number -> gallery.search().lookUp(questions.get((int) (number % questions.size())));
    }

    /** Recognises by the service. */
    LongConsumer through(Channel channel, GalleryId id, EmbeddingSpace space) {
        List<RecognizeRequest> questions = vectors.stream()
                .map(vector -> {
                    RecognizeRequest.Builder request =
                            RecognizeRequest.newBuilder().setGallery(id.resource());
                    request.getEmbeddingBuilder().setSpaceDigest(space.digest());
                    for (float value : vector) {
                        request.getEmbeddingBuilder().addValues(value);
                    }
                    return request.build();
                })
                .toList();
        RecognitionGrpc.RecognitionBlockingStub stub = RecognitionGrpc.newBlockingStub(channel);
        return number -> {
            var answer = stub.withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS)
                    .recognize(questions.get((int) (number % questions.size())));
            if (answer.getMatchesCount() == 0) {
                throw new IllegalStateException("the service found nothing");
            }
        };
    }

    /** Searches by the SDK alone. */
    LongConsumer raw(RawMilvus milvus, RawMilvus.Table table, int most, int breadth, List<String> fields) {
        return number -> {
            float[] vector = vectors.get((int) (number % vectors.size()));
            if (milvus.search(table, vector, most, breadth, fields) == 0) {
                throw new IllegalStateException("Milvus found nothing");
            }
        };
    }
}
