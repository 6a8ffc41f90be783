package dev.mekiki.training.evaluation;

import dev.mekiki.inference.ImageEmbedder;
import dev.mekiki.inference.model.ModelCard;
import dev.mekiki.inference.session.ExecutionProvider;
import dev.mekiki.inference.session.OnnxModel;
import dev.mekiki.inference.session.OnnxSession;
import dev.mekiki.inference.session.SessionSettings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * How fast a model runs on one thread of the CPU, without decoding and preprocessing.
 *
 * @param batch images in a run
 * @param imagesPerSecond median of the rounds
 * @param low slowest round
 * @param high fastest round
 */
public record Speed(int batch, double imagesPerSecond, double low, double high) {

    private static final List<Integer> BATCHES = List.of(1, 4);
    private static final int ROUNDS = 9;
    private static final long ROUND_NANOS = 300_000_000;

    /**
     * Measures models in turns, so that what else the machine does meets all of them.
     *
     * @param files ONNX models with their cards
     * @return for each file one speed for each batch size, 1 and 4
     * @throws Exception if a model fails
     */
    static List<List<Speed>> measure(List<Path> files) throws Exception {
        List<OnnxSession> sessions = new ArrayList<>();
        List<List<FloatBuffer>> images = new ArrayList<>();
        try {
            for (Path file : files) {
                ModelCard card = ModelCard.read(ImageEmbedder.cardOf(file));
                SessionSettings settings = new SessionSettings(List.of(ExecutionProvider.CPU), false, 0, 1, 1, BATCHES);
                sessions.addAll(OnnxModel.load(file, card, settings).sessions());
                images.add(noise(card));
            }
            List<List<Speed>> speeds = new ArrayList<>();
            files.forEach(_ -> speeds.add(new ArrayList<>()));
            for (int batch : BATCHES) {
                double[][] rates = new double[files.size()][ROUNDS];
                for (int round = 0; round < ROUNDS; round++) {
                    for (int m = 0; m < files.size(); m++) {
                        rates[m][round] = rate(sessions.get(m), images.get(m).subList(0, batch));
                    }
                }
                for (int m = 0; m < files.size(); m++) {
                    Arrays.sort(rates[m]);
                    speeds.get(m).add(new Speed(batch, rates[m][ROUNDS / 2], rates[m][0], rates[m][ROUNDS - 1]));
                }
            }
            return speeds;
        } finally {
            sessions.forEach(OnnxSession::close);
        }
    }

    private static double rate(OnnxSession session, List<FloatBuffer> batch) throws Exception {
        long start = System.nanoTime();
        long done = 0;
        long elapsed;
        do {
            session.run(batch);
            done += batch.size();
            elapsed = System.nanoTime() - start;
        } while (elapsed < ROUND_NANOS);
        return done * 1e9 / elapsed;
    }

    private static List<FloatBuffer> noise(ModelCard card) {
        SplittableRandom random = new SplittableRandom(1);
        List<FloatBuffer> images = new ArrayList<>();
        for (int i = 0; i < BATCHES.getLast(); i++) {
            int floats = 3 * card.input().height() * card.input().width();
            FloatBuffer image = ByteBuffer.allocateDirect(floats * Float.BYTES)
                    .order(ByteOrder.nativeOrder())
                    .asFloatBuffer();
            for (int f = 0; f < floats; f++) {
                image.put(f, random.nextFloat());
            }
            images.add(image);
        }
        return images;
    }
}
