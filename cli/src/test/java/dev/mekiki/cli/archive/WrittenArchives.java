package dev.mekiki.cli.archive;

import dev.mekiki.cli.bulk.Progress;
import dev.mekiki.core.image.ContentDigest;
import dev.mekiki.v1.DecisionPolicy;
import dev.mekiki.v1.EmbeddingSpace;
import dev.mekiki.v1.Gallery;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Archives for tests of what reads them. */
public final class WrittenArchives {

    private static final int DIMENSION = 16;

    private WrittenArchives() {}

    /** The bytes that registration i was made of. */
    public static byte[] content(int i) {
        return ("image " + i).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Labels of ten registrations each about a direction of their own; the first registration of the first label is under
     * the second one.
     */
    public static GalleryArchive withOneSwapped(Path file, int labels) throws IOException, InterruptedException {
        SplittableRandom random = new SplittableRandom(3);
        double[][] centres = new double[labels][DIMENSION];
        for (double[] centre : centres) {
            for (int d = 0; d < DIMENSION; d++) {
                centre[d] = random.nextGaussian();
            }
        }
        Gallery gallery = Gallery.newBuilder()
                .setName("galleries/g")
                .setEmbeddingSpace(EmbeddingSpace.newBuilder()
                        .setModelId("m@1")
                        .setDimension(DIMENSION)
                        .setDigest("abc"))
                .setDecisionPolicy(DecisionPolicy.newBuilder().setFalseAcceptRate(.01))
                .build();
        RegistrationCursor rows = new RegistrationCursor() {
            private int next;

            @Override
            public @Nullable ArchivedRegistration next() {
                if (next == 10 * labels) {
                    return null;
                }
                int i = next++;
                return new ArchivedRegistration(
                        String.format("r%04d", i),
                        "label " + (i == 0 ? 1 : i / 10),
                        ContentDigest.of(content(i)).hex(),
                        0,
                        Map.of(),
                        near(centres[i / 10], random));
            }

            @Override
            public void close() {}
        };
        GalleryArchive.write(rows, gallery, file, "test", quiet());
        return GalleryArchive.open(file);
    }

    public static Progress quiet() {
        return new Progress(
                new PrintStream(OutputStream.nullOutputStream()), 1, false, Duration.ofDays(1), System::nanoTime);
    }

    private static float[] near(double[] centre, SplittableRandom random) {
        float[] vector = new float[DIMENSION];
        double squares = 0;
        for (int d = 0; d < DIMENSION; d++) {
            vector[d] = (float) (centre[d] + .3 * random.nextGaussian());
            squares += vector[d] * vector[d];
        }
        for (int d = 0; d < DIMENSION; d++) {
            vector[d] /= (float) Math.sqrt(squares);
        }
        return vector;
    }
}
